// What SCRAM needs of a user: salt and iterations first, the keys when the proof has come. A password that is kept readable is turned
// into keys on the way; a name that does not exist gets a salt too, always the same, and costs the same work (RFC 5802 9).
import { createHmac, randomBytes } from 'node:crypto';
import type { ScramKeys } from '../wire/sasl/scram.ts';
import { scramKeysOf, type Credential } from './password.ts';
import { userKey, type User } from './users-file.ts';

export interface ScramAccount {
  /** The user's canonical name; null when there is none. */
  readonly user: string | null;
  readonly iterations: number;
  readonly salt: Buffer;
  /** Takes as long for a name that does not exist. */
  keys(): Promise<ScramKeys>;
}

type ScramCredential = Extract<Credential, { scheme: 'SCRAM-SHA-256' | 'PLAIN' }>;

/** For passwords that are kept readable; RFC 7677 4 asks for 4096 at least, and who reads the file needs no guessing. */
const iterationsOfReadable = 4096;
const saltBytes = 16;

const isScram = (credential: Credential): credential is ScramCredential => credential.scheme === 'SCRAM-SHA-256' || credential.scheme === 'PLAIN';

/** A client takes the strongest mechanism that is offered and does not try another: it is offered where every user of the file can use it. */
export const mayOfferScram = (users: ReadonlyMap<string, User>): boolean =>
  users.size > 0 && [...users.values()].every(({ credential }) => isScram(credential));

/** The account behind a name. */
export function scramAccount(users: ReadonlyMap<string, User>, name: string, secret: Buffer): ScramAccount {
  const known = users.get(userKey(name));
  if (known !== undefined && isScram(known.credential)) return accountOf(known.name, known.credential, secret);
  const likeness = [...users.values()].flatMap(({ credential }) => (isScram(credential) ? [credential] : []));
  const model = likeness[derived(secret, 'likeness', name).readUInt32BE() % Math.max(1, likeness.length)];
  return nobodys(name, model, secret);
}

function accountOf(user: string, credential: ScramCredential, secret: Buffer): ScramAccount {
  if (credential.scheme === 'SCRAM-SHA-256') {
    const { iterations, salt, storedKey, serverKey } = credential;
    return { user, iterations, salt, keys: () => Promise.resolve({ storedKey, serverKey }) };
  }
  const salt = derived(secret, 'salt', user).subarray(0, saltBytes);
  return { user, iterations: iterationsOfReadable, salt, keys: () => scramKeysOf(credential.password, salt, iterationsOfReadable) };
}

/** Looks like `model` in everything that a stranger can see or measure. */
function nobodys(name: string, model: ScramCredential | undefined, secret: Buffer): ScramAccount {
  const readable = model === undefined || model.scheme === 'PLAIN';
  const iterations = readable ? iterationsOfReadable : model.iterations;
  const salt = longAs(readable ? saltBytes : model.salt.length, secret, name);
  const nothing = { storedKey: randomBytes(32), serverKey: randomBytes(32) };
  return { user: null, iterations, salt, keys: async () => (readable ? scramKeysOf(randomBytes(8).toString('hex'), salt, iterations) : nothing) };
}

function longAs(bytes: number, secret: Buffer, name: string): Buffer {
  const parts: Buffer[] = [];
  for (let have = 0; have < bytes; have += 32) parts.push(derived(secret, have === 0 ? 'salt' : `salt ${have}`, name));
  return Buffer.concat(parts).subarray(0, bytes);
}

const derived = (secret: Buffer, what: string, name: string): Buffer =>
  createHmac('sha256', secret)
    .update(`${what}\0${userKey(name)}`)
    .digest();
