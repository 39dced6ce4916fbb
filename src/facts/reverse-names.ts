// The reverse name of a client, confirmed by asking the name for its address (FCrDNS, RFC 8601 3). Always answers in time.
import { Resolver } from 'node:dns/promises';
import { networkOf } from '../lib/ip.ts';
import { LruMap } from '../lib/lru-map.ts';
import type { ReverseName } from '../model/client.ts';

/** At once when known; a promise never rejects and never takes longer than the DNS deadline. */
export type ReverseNames = (ip: string) => ReverseName | Promise<ReverseName>;

/** The part of a DNS resolver that is used here; rejects with a `code` as node:dns does. */
export interface NameResolver {
  reverse(ip: string): Promise<readonly string[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
}

/** A resolver of the configured servers, or the system's. `timeout` in milliseconds, for one answer. */
export function createResolver({
  servers,
  timeout,
}: {
  readonly servers?: readonly { readonly host: string; readonly port: number }[] | undefined;
  readonly timeout: number;
}): NameResolver {
  const resolver = new Resolver({ timeout, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)));
  return resolver;
}

export interface ReverseNamesParts {
  readonly resolver: NameResolver;
  /** For the whole question, in milliseconds. */
  readonly timeoutMs: number;
  now(): number;
}

/** How long answers are kept, in ms: names seldom change; an absent one may be about to be set up; trouble passes. */
const keptMs: Readonly<Record<ReverseName['kind'], number>> = { confirmed: 3_600_000, unconfirmed: 600_000, none: 600_000, unknown: 60_000 };
/** Addresses remembered. */
const entries = 50_000;
/** Questions under way at once; a flood from new addresses must not fill the resolver. */
const maxQuestions = 500;
/** PTR records looked at: some hosts have hundreds. */
const maxNames = 5;

const none: ReverseName = { kind: 'none' };
const unknownName: ReverseName = { kind: 'unknown' };

export function createReverseNames({ resolver, timeoutMs, now }: ReverseNamesParts): ReverseNames {
  const names = new LruMap<string, ReverseName>({ capacity: entries, now });
  const underWay = new Map<string, Promise<ReverseName>>();
  return (ip) => {
    const held = names.get(ip) ?? underWay.get(ip);
    if (held !== undefined) return held;
    if (underWay.size >= maxQuestions) return unknownName;
    const asked = inTime(lookUp(resolver, ip), timeoutMs)
      .catch(() => unknownName)
      .then((name) => {
        names.set(ip, name, keptMs[name.kind]);
        underWay.delete(ip);
        return name;
      });
    underWay.set(ip, asked);
    return asked;
  };
}

async function lookUp(resolver: NameResolver, ip: string): Promise<ReverseName> {
  const candidates = (await absentIsEmpty(resolver.reverse(ip)))
    .filter(isHostName)
    .slice(0, maxNames)
    .map((name) => name.toLowerCase().replace(/\.$/, ''));
  const first = candidates[0];
  if (first === undefined) return none;
  const answers = await Promise.allSettled(candidates.map((name) => absentIsEmpty(ip.includes(':') ? resolver.resolve6(name) : resolver.resolve4(name))));
  const own = networkOf(ip, 32, 128);
  const confirmed = candidates.find(
    (_, index) => answers[index]?.status === 'fulfilled' && answers[index].value.some((address) => networkOf(address, 32, 128) === own),
  );
  if (confirmed !== undefined) return { kind: 'confirmed', name: confirmed };
  // Not every name could be asked: to say "unconfirmed" would hold a DNS outage against the client.
  return answers.some(({ status }) => status === 'rejected') ? unknownName : { kind: 'unconfirmed', name: first };
}

/** A PTR record may hold any bytes; only a host name goes into headers and lists. */
const isHostName = (name: string): boolean => name.length <= 254 && /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/.test(name);

/** "There is none" is an answer; a time-out or a failing server is none. */
async function absentIsEmpty(answer: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw error;
  }
}

function inTime(answer: Promise<ReverseName>, timeoutMs: number): Promise<ReverseName> {
  const late = Promise.withResolvers<ReverseName>();
  const timer = setTimeout(() => late.resolve(unknownName), timeoutMs);
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}
