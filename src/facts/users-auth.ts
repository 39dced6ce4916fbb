// AUTH against the users file. A wrong name costs as much work as a wrong password, so that guessing names is no cheaper; hashing is
// done a few at a time, network by network, and whoever finds no room hears 454 instead of stopping the door.
import { randomBytes } from 'node:crypto';
import { createFairQueue } from '../lib/fair-queue.ts';
import { halfSipHash } from '../lib/half-sip-hash.ts';
import { networkOf } from '../lib/ip.ts';
import type { AuthDialogue, AuthMechanism, AuthPeer, AuthResult, AuthService } from '../model/auth.ts';
import { openLiveFile } from './live-file.ts';
import { isPassword, nobodysCredential, type Credential } from './password.ts';
import { mayOfferScram, scramAccount } from './scram-account.ts';
import { createScramDialogue } from './scram-dialogue.ts';
import { parseUsersFile, userKey, type User, type UsersFile } from './users-file.ts';

export interface UsersAuthOptions {
  readonly file: string;
  /** See auth-secret.ts. */
  readonly secret: Buffer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A changed file that cannot be used: the users read before stay. Called once for each change. */
  readonly onTrouble: (errors: readonly string[]) => void;
  /** Password checks that run at once (each takes a thread of the pool and the hash's memory) and that wait. */
  readonly atOnce?: number;
  readonly maxWaiting?: number;
}

/** Longest password looked at, in characters; RFC 4616 2 lets a receiver limit it. */
const longestPassword = 1024;
const longestName = 255;
/** RFC 5802 5.1 leaves the length open; 144 bits, and no comma in them. */
const nonceBytes = 18;

interface KnownUsers extends UsersFile {
  readonly offersScram: boolean;
  /** See `createDecoys`. */
  readonly decoyFor: (name: string) => Credential;
}

/** Rejects when the file cannot be used at the start; the message names every line that is wrong. */
export async function createUsersAuth({ file, secret, now, onTrouble, atOnce = 2, maxWaiting = 32 }: UsersAuthOptions): Promise<AuthService> {
  const users = await openLiveFile<KnownUsers>({ file, parse: readUsers, now, onTrouble });
  const queue = createFairQueue({ atOnce, maxWaiting });

  async function check(name: string, password: string): Promise<AuthResult> {
    await users.look();
    const known = users.current;
    const user = known.users.get(userKey(name));
    const fits = await isPassword(user?.credential ?? known.decoyFor(name), password);
    return fits && user !== undefined ? { ok: true, user: user.name } : { ok: false, why: 'wrong' };
  }

  function scram(plus: boolean, { binding, ip }: AuthPeer): AuthDialogue {
    return createScramDialogue({
      plus,
      binding,
      nonce: randomBytes(nonceBytes).toString('base64'),
      accountOf: async (name) => {
        await users.look();
        return scramAccount(users.current.users, name.slice(0, longestName), secret);
      },
      inTurn: (work) => queue.run(groupOf(ip), work),
    });
  }

  return {
    mechanisms({ binding }) {
      void users.look(); // for the next who asks
      const scrams: readonly AuthMechanism[] = binding === null ? ['SCRAM-SHA-256'] : ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
      return [...(users.current.offersScram ? scrams : []), 'PLAIN', 'LOGIN'];
    },
    async verify(name, password, { ip }) {
      if (name.length > longestName || password.length > longestPassword || password === '') return { ok: false, why: 'wrong' };
      try {
        return (await queue.run(groupOf(ip), () => check(name, password))) ?? { ok: false, why: 'unavailable' };
      } catch {
        return { ok: false, why: 'unavailable' }; // the hash could not be computed: no memory, no thread
      }
    },
    begin: (mechanism, peer) => (mechanism === 'EXTERNAL' ? refuseAll : scram(mechanism === 'SCRAM-SHA-256-PLUS', peer)),
  };
}

/** A users file knows no certificates. */
const refuseAll: AuthDialogue = { next: () => ({ kind: 'refused', why: 'wrong', user: '' }), cancel: () => {} };

/** Those who share a queue's fairness: a network of one owner, as far as an address tells. */
const groupOf = (ip: string): string => networkOf(ip, 24, 48);

function readUsers(text: string): KnownUsers {
  const parsed = parseUsersFile(text);
  return { ...parsed, offersScram: mayOfferScram(parsed.users), decoyFor: createDecoys(parsed.users) };
}

/** For a name that does not exist: somebody's credential, always the same one for the same name, so that schemes cannot tell names apart. */
function createDecoys(users: ReadonlyMap<string, User>): (name: string) => Credential {
  const credentials = users.size === 0 ? [nobodysCredential()] : [...users.values()].map((user) => user.credential);
  const key = { k0: decoySeed(), k1: decoySeed() };
  return (name) => credentials[halfSipHash(key, userKey(name)) % credentials.length] ?? nobodysCredential();
}

const decoySeed = (): number => crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
