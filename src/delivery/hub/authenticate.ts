// AUTH checked by the hub: name and password are tried there by AUTH PLAIN (RFC 4616), on a connection of their own that ends with the
// answer. Nothing is kept but that a guess was wrong, as a keyed hash and for a minute: a client that tries again and again is answered
// from here.
import { createHmac, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { createFairQueue } from '../../lib/fair-queue.ts';
import { afterOne, waitOf, type Rate } from '../../lib/gcra.ts';
import { networkOf } from '../../lib/ip.ts';
import { LruMap } from '../../lib/lru-map.ts';
import type { AuthResult, AuthService } from '../../model/auth.ts';
import { oneLine } from '../../model/reply.ts';
import { isLost, type HubClient } from './client.ts';
import { openHubClient, type OpenOptions } from './opening.ts';

export interface HubAuthOptions extends Omit<OpenOptions, 'now'> {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when the hub could not be asked. */
  readonly onTrouble: (why: string) => void;
  /** Connections at once, and attempts that wait. */
  readonly atOnce?: number;
  readonly maxWaiting?: number;
}

const longestName = 255;
const longestPassword = 1024;
/** A wrong guess is remembered so long, in milliseconds: a password that was just set works soon. */
const wrongKeptMs = 60_000;
const wrongKept = 10_000;
/** Wrong guesses of one network that the hub is asked about: the hub sees only our address, and would shut out everybody. */
const guesses: Rate = { everyMs: 2000, burst: 10 };
const networksKept = 10_000;

export function createHubAuth(options: HubAuthOptions): AuthService {
  const { now, onTrouble, atOnce = 4, maxWaiting = 64 } = options;
  const queue = createFairQueue({ atOnce, maxWaiting });
  const key = randomBytes(32);
  const wrong = new LruMap<string, true>({ capacity: wrongKept, now });
  const guessing = new LruMap<string, number>({ capacity: networksKept, now });

  async function ask(name: string, password: string): Promise<AuthResult> {
    const outcome = await tryAtHub(options, name, password);
    if (!('failed' in outcome)) return outcome;
    onTrouble(outcome.failed);
    return { ok: false, why: 'unavailable' };
  }

  return {
    mechanisms: () => ['PLAIN', 'LOGIN'],
    async verify(name, password, { ip }) {
      if (name === '' || password === '' || name.length > longestName || password.length > longestPassword || /[\0\r\n]/.test(name + password))
        return { ok: false, why: 'wrong' };
      const guess = createHmac('sha256', key).update(`${name}\0${password}`).digest('base64');
      const network = networkOf(ip, 24, 48);
      if (wrong.get(guess) === true) return { ok: false, why: 'wrong' };
      if (waitOf(guessing.get(network) ?? 0, guesses, now()) > 0) return { ok: false, why: 'unavailable' };
      const result = (await queue.run(network, () => ask(name, password))) ?? ({ ok: false, why: 'unavailable' } as const);
      if (!result.ok && result.why === 'wrong') {
        wrong.set(guess, true, wrongKeptMs);
        guessing.set(network, afterOne(guessing.get(network) ?? 0, guesses, now()), guesses.everyMs * guesses.burst * 2);
      }
      return result;
    },
    // The hub is asked by password alone: a proof made for us is of no use there.
    begin: () => ({ next: () => ({ kind: 'refused', why: 'wrong', user: '' }), cancel: () => {} }),
  };
}

async function tryAtHub(options: HubAuthOptions, name: string, password: string): Promise<AuthResult | { readonly failed: string }> {
  const client = await openHubClient(options, new AbortController().signal);
  if ('failed' in client) return client;
  try {
    return await login(client, options, name, password);
  } finally {
    client.quit();
  }
}

async function login(
  client: HubClient,
  { target, commandMs }: HubAuthOptions,
  name: string,
  password: string,
): Promise<AuthResult | { readonly failed: string }> {
  if (!client.secure && !isLoopback(target.host)) return { failed: 'the hub has no TLS, and a password does not travel in clear' };
  if (!client.capabilities.auth.has('PLAIN')) return { failed: 'the hub does not offer AUTH PLAIN' };
  client.send(`AUTH PLAIN ${Buffer.from(`\0${name}\0${password}`).toString('base64')}`);
  const answer = await client.read(commandMs);
  if (isLost(answer)) return { failed: `at AUTH: ${answer.lost}` };
  // Names that differ in case are one user to most hubs, and must be one to quotas.
  if (answer.code === 235) return { ok: true, user: name.normalize('NFC').toLowerCase() };
  // RFC 4954 6: 535 is the answer to wrong credentials. Any other refusal is between the hub and us.
  return answer.code === 535 ? { ok: false, why: 'wrong' } : { failed: `AUTH was answered ${oneLine(answer)}` };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
