// AUTH against the users file. A wrong name costs as much work as a wrong password, so that guessing names is no cheaper; hashing is
// done a few at a time, and whoever finds the queue full hears 454 instead of stopping the door.
import { readFile, stat } from 'node:fs/promises';
import { halfSipHash } from '../lib/half-sip-hash.ts';
import { createWorkQueue } from '../lib/work-queue.ts';
import { isPassword, nobodysCredential, type Credential } from './password.ts';
import { parseUsersFile, userKey, type LineNote, type User, type UsersFile } from './users-file.ts';

export type AuthResult = { readonly ok: true; readonly user: string } | { readonly ok: false; readonly why: 'wrong' | 'unavailable' };

/** What an SMTP door asks; the same shape as the door's own `AuthService`. */
export interface UsersAuth {
  readonly mechanisms: readonly ('PLAIN' | 'LOGIN')[];
  /** Never rejects. */
  verify(user: string, password: string): Promise<AuthResult>;
}

export interface UsersAuthOptions {
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A changed file that cannot be used: the users read before stay. Called once for each change. */
  readonly onTrouble: (errors: readonly string[]) => void;
  /** Password checks that run at once (each takes a thread of the pool and the hash's memory) and that wait. */
  readonly atOnce?: number;
  readonly maxWaiting?: number;
}

/** A file is looked at again when a password is checked and this time has passed: a removed user is out after a second. */
const lookAgainMs = 1000;
/** Longest password looked at, in characters; RFC 4616 2 lets a receiver limit it. */
const longestPassword = 1024;

/** Rejects when the file cannot be used at the start; the message names every line that is wrong. */
export async function createUsersAuth({ file, now, onTrouble, atOnce = 2, maxWaiting = 32 }: UsersAuthOptions): Promise<UsersAuth> {
  const first = await readUsers(file);
  if (first.errors.length > 0) throw new Error(lineTexts(file, first.errors).join('\n'));
  const queue = createWorkQueue({ atOnce, maxWaiting });
  let { users, print } = first;
  let lookedAt = now();
  let decoys = createDecoys(users);

  async function lookAgain(): Promise<void> {
    lookedAt = now();
    try {
      if ((await fingerprint(file)) === print) return;
      const fresh = await readUsers(file);
      print = fresh.print;
      if (fresh.errors.length > 0) return onTrouble(lineTexts(file, fresh.errors));
      users = fresh.users;
      decoys = createDecoys(users);
    } catch (error) {
      if (print !== 'unreadable') onTrouble([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
      print = 'unreadable';
    }
  }

  async function check(name: string, password: string): Promise<AuthResult> {
    if (now() - lookedAt >= lookAgainMs) await lookAgain();
    const user = users.get(userKey(name));
    const fits = await isPassword(user?.credential ?? decoys(name), password);
    return fits && user !== undefined ? { ok: true, user: user.name } : { ok: false, why: 'wrong' };
  }

  return {
    mechanisms: ['PLAIN', 'LOGIN'],
    async verify(name, password) {
      if (name.length > 255 || password.length > longestPassword || password === '') return { ok: false, why: 'wrong' };
      try {
        return (await queue.run(() => check(name, password))) ?? { ok: false, why: 'unavailable' };
      } catch {
        return { ok: false, why: 'unavailable' }; // the hash could not be computed: no memory, no thread
      }
    },
  };
}

/** For a name that does not exist: somebody's credential, always the same one for the same name, so that schemes cannot tell names apart. */
function createDecoys(users: ReadonlyMap<string, User>): (name: string) => Credential {
  const credentials = users.size === 0 ? [nobodysCredential()] : [...users.values()].map((user) => user.credential);
  const key = { k0: decoySeed(), k1: decoySeed() };
  return (name) => credentials[halfSipHash(key, userKey(name)) % credentials.length] ?? nobodysCredential();
}

const decoySeed = (): number => crypto.getRandomValues(new Int32Array(1))[0] ?? 0;

async function readUsers(file: string): Promise<UsersFile & { readonly print: string }> {
  // The print is taken first: a change while we read shows at the next look.
  const print = await fingerprint(file);
  return { ...parseUsersFile(await readFile(file, 'utf8')), print };
}

async function fingerprint(file: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(file);
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

const lineTexts = (file: string, notes: readonly LineNote[]): string[] => notes.map(({ line, message }) => `${file}:${line}: ${message}`);
