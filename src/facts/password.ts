// Passwords as they are kept: four schemes, each with its parameters. Checking runs in the thread pool, never on the event loop.
//   ARGON2ID        $argon2id$v=19$m=19456,t=2,p=1$salt$hash     PHC string, RFC 9106; memory m in KiB
//   SCRYPT          $scrypt$ln=15,r=8,p=1$salt$hash              RFC 7914; ln is log2 of N; `$scrypt$` may be left out
//   SCRAM-SHA-256   iterations,salt,StoredKey,ServerKey          RFC 5802, RFC 7677; as Dovecot and PostgreSQL keep it
//   PLAIN           the password itself
// Salt and hash are base64: without padding in the first two (PHC), with or without it in the third.
import { argon2, createHash, pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { keysOfSalted, type ScramKeys } from '../wire/sasl/scram.ts';

export type Credential =
  | { readonly scheme: 'ARGON2ID'; readonly memoryKib: number; readonly passes: number; readonly lanes: number; readonly salt: Buffer; readonly hash: Buffer }
  | { readonly scheme: 'SCRYPT'; readonly cost: number; readonly blockSize: number; readonly lanes: number; readonly salt: Buffer; readonly hash: Buffer }
  | { readonly scheme: 'SCRAM-SHA-256'; readonly iterations: number; readonly salt: Buffer; readonly storedKey: Buffer; readonly serverKey: Buffer }
  | { readonly scheme: 'PLAIN'; readonly password: string };
export type Scheme = Credential['scheme'];

type Hashed = Extract<Credential, { salt: Buffer }>;

// The least that OWASP's password storage advice takes for Argon2id: 19 MiB, two passes; some 30 ms of one processor.
const ours = { memoryKib: 19_456, passes: 2, lanes: 1, saltBytes: 16, hashBytes: 32 } as const;

// What a file may ask of us for one check. A mistyped parameter must not stop the gateway for minutes or eat its memory.
const ranges = {
  memoryKib: [8, 1_048_576],
  passes: [1, 64],
  lanes: [1, 64],
  logCost: [10, 20],
  blockSize: [1, 32],
  iterations: [4096, 10_000_000], // RFC 7677 4: at least 4096
} as const;

/** Reads `{SCHEME}value`; the text says what is wrong with it. */
export function parseCredential(raw: string): Credential | string {
  const match = /^\{([^}]*)\}(.*)$/s.exec(raw);
  if (!match) return 'no scheme: write {ARGON2ID}, {SCRYPT}, {SCRAM-SHA-256} or {PLAIN} in front of the value';
  const [, scheme = '', value = ''] = match;
  switch (scheme.toUpperCase()) {
    case 'ARGON2ID':
      return parseArgon2id(value.trim());
    case 'SCRYPT':
      return parseScrypt(value.trim());
    case 'SCRAM-SHA-256':
      return parseScram(value.trim());
    case 'PLAIN':
      return value === '' ? 'the password is empty' : { scheme: 'PLAIN', password: prepared(value) };
    default:
      return `the scheme {${scheme}} is not known: use ARGON2ID, SCRYPT, SCRAM-SHA-256 or PLAIN`;
  }
}

function parseArgon2id(value: string): Credential | string {
  const match = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(value);
  if (!match) return 'not an Argon2id hash: write $argon2id$v=19$m=19456,t=2,p=1$salt$hash';
  const [memoryKib, passes, lanes] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const outside = outOfRange({ memoryKib, passes, lanes });
  if (outside !== null) return outside;
  if (memoryKib < 8 * lanes) return 'm must be at least 8 times p (RFC 9106 3.1)';
  return saltAndHash({ scheme: 'ARGON2ID', memoryKib, passes, lanes, ...secrets(match[4], match[5]) });
}

function parseScrypt(value: string): Credential | string {
  const match = /^(?:\$scrypt\$)?ln=(\d{1,9}),r=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(value);
  if (!match) return 'not a scrypt hash: write $scrypt$ln=15,r=8,p=1$salt$hash';
  const [logCost, blockSize, lanes] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const outside = outOfRange({ logCost, blockSize, lanes });
  if (outside !== null) return outside;
  return saltAndHash({ scheme: 'SCRYPT', cost: 2 ** logCost, blockSize, lanes, ...secrets(match[4], match[5]) });
}

function parseScram(value: string): Credential | string {
  const match = /^(\d{1,9}),([A-Za-z0-9+/]+={0,2}),([A-Za-z0-9+/]+={0,2}),([A-Za-z0-9+/]+={0,2})$/.exec(value);
  if (!match) return 'not a SCRAM-SHA-256 secret: write iterations,salt,StoredKey,ServerKey';
  const iterations = Number(match[1]);
  const outside = outOfRange({ iterations });
  if (outside !== null) return outside;
  const { salt, hash: storedKey } = secrets(match[2], match[3]);
  const serverKey = Buffer.from(match[4] ?? '', 'base64');
  if (storedKey.length !== 32) return `StoredKey has ${storedKey.length} bytes instead of 32`;
  return serverKey.length === 32
    ? { scheme: 'SCRAM-SHA-256', iterations, salt, storedKey, serverKey }
    : `ServerKey has ${serverKey.length} bytes instead of 32`;
}

function outOfRange(given: Partial<Record<keyof typeof ranges, number>>): string | null {
  for (const [name, value] of Object.entries(given)) {
    const [least, most] = ranges[name as keyof typeof ranges];
    if (value < least || value > most) return `${name} is ${value}: it must be between ${least} and ${most}`;
  }
  return null;
}

const secrets = (salt = '', hash = ''): { readonly salt: Buffer; readonly hash: Buffer } => ({
  salt: Buffer.from(salt, 'base64'),
  hash: Buffer.from(hash, 'base64'),
});

function saltAndHash(credential: Extract<Hashed, { hash: Buffer }>): Credential | string {
  if (credential.salt.length < 8) return `the salt has ${credential.salt.length} bytes: it needs 8`; // RFC 9106 3.1
  return credential.hash.length < 16 || credential.hash.length > 64 ? `the hash has ${credential.hash.length} bytes: it needs 16 to 64` : credential;
}

/** Whether the password is the one behind the credential. The time it takes depends on the credential's parameters alone. */
export async function isPassword(credential: Credential, password: string): Promise<boolean> {
  const given = prepared(password);
  switch (credential.scheme) {
    case 'ARGON2ID':
      return timingSafeEqual(await argon2idHash(credential, given, credential.hash.length), credential.hash);
    case 'SCRYPT':
      return timingSafeEqual(await scryptHash(credential, given), credential.hash);
    case 'SCRAM-SHA-256':
      return timingSafeEqual((await scramKeysOf(password, credential.salt, credential.iterations)).storedKey, credential.storedKey);
    case 'PLAIN':
      return timingSafeEqual(sha256(given), sha256(credential.password));
    default:
      return credential satisfies never;
  }
}

/** A new `{ARGON2ID}` value for a password, with a fresh salt. */
export async function newCredential(password: string): Promise<string> {
  const salt = randomBytes(ours.saltBytes);
  const hash = await argon2idHash({ ...ours, salt }, prepared(password), ours.hashBytes);
  return `{ARGON2ID}$argon2id$v=19$m=${ours.memoryKib},t=${ours.passes},p=${ours.lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** What a name that is not in an empty file is checked against: as much work as a credential of ours, and no password fits. */
export const nobodysCredential = (): Credential => ({ scheme: 'ARGON2ID', ...ours, salt: randomBytes(ours.saltBytes), hash: randomBytes(ours.hashBytes) });

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The same password typed on another keyboard is the same: RFC 8265 4.2.2 (other spaces to SPACE, then NFC). */
const prepared = (password: string): string => password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');

const argon2Async = promisify(argon2);
const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

function argon2idHash(
  how: { readonly memoryKib: number; readonly passes: number; readonly lanes: number; readonly salt: Buffer },
  password: string,
  bytes: number,
): Promise<Buffer> {
  return argon2Async('argon2id', { message: password, nonce: how.salt, memory: how.memoryKib, passes: how.passes, parallelism: how.lanes, tagLength: bytes });
}

function scryptHash({ cost, blockSize, lanes, salt, hash }: Extract<Credential, { scheme: 'SCRYPT' }>, password: string): Promise<Buffer> {
  const needed = 128 * blockSize * (cost + lanes + 2); // RFC 7914 2, and what OpenSSL adds
  return scryptAsync(password, salt, hash.length, { N: cost, r: blockSize, p: lanes, maxmem: needed + 1_048_576 });
}

/** The keys that SCRAM keeps of a password; RFC 5802 3. */
export async function scramKeysOf(password: string, salt: Buffer, iterations: number): Promise<ScramKeys> {
  return keysOfSalted(await pbkdf2Async(saslPrepared(password), salt, iterations, 32, 'sha256'));
}

/** RFC 4013, as SCRAM asks: other spaces to SPACE, what is commonly mapped to nothing to nothing, NFKC. What it forbids is let pass: it fits no secret. */
const saslPrepared = (password: string): string =>
  password
    .replaceAll(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu, '')
    .replaceAll(/\p{Zs}/gu, ' ')
    .normalize('NFKC');
