// The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): messages to values and back, and the proof.
// Pure: nonces, salts and channel bindings come in; whoever holds the keys decides.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a server keeps of a password (RFC 5802 3). */
export interface ScramKeys {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export interface ClientFirst {
  /** As sent, commas included: it comes back inside `c=` of the last message. */
  readonly gs2Header: string;
  /** none: the client has no channel binding. unused: it has, and thinks that we have not. Else the type it uses. */
  readonly binding: { readonly kind: 'none' | 'unused' } | { readonly kind: 'used'; readonly type: string };
  readonly authorize: string | null;
  readonly user: string;
  readonly nonce: string;
  /** The message without its GS2 header. */
  readonly bare: string;
}

export interface ClientFinal {
  /** GS2 header and channel binding as the client has seen them. */
  readonly binding: Buffer;
  /** The client's nonce with ours behind it. */
  readonly nonce: string;
  readonly withoutProof: string;
  readonly proof: Buffer;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** From SaltedPassword, the result of PBKDF2 (RFC 5802 3). */
export const keysOfSalted = (salted: Buffer): ScramKeys => ({ storedKey: sha256(hmac(salted, 'Client Key')), serverKey: hmac(salted, 'Server Key') });

// RFC 5802 7: gs2-cbind-flag "," [authzid] ","; then username, nonce, extensions we need not know. `m=` would be one we had to know.
const clientFirstForm = /^((?:p=([A-Za-z0-9.-]+)|n|y),(?:a=([^,\0]+))?,)(n=([^,\0]+),r=([!-+\--~]+)(?:,[A-Za-z]=[^,\0]+)*)$/;
const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const clientFinalForm = new RegExp(`^(c=(${base64}),r=([!-+\\--~]+)(?:,[A-Za-z]=[^,\\0]+)*),p=(${base64})$`);

/** Reads client-first-message; null when it is none. */
export function parseClientFirst(text: string): ClientFirst | null {
  const match = clientFirstForm.exec(text);
  if (match === null) return null;
  const [, gs2Header = '', type, rawAuthorize, bare = '', rawUser = '', nonce = ''] = match;
  const user = fromSaslName(rawUser);
  const authorize = rawAuthorize === undefined ? null : fromSaslName(rawAuthorize);
  if (user === null || (rawAuthorize !== undefined && authorize === null)) return null;
  const binding: ClientFirst['binding'] = type === undefined ? { kind: gs2Header.startsWith('y') ? 'unused' : 'none' } : { kind: 'used', type };
  return { gs2Header, binding, authorize, user, nonce, bare };
}

/** RFC 5802 5.1: comma and equals sign are written =2C and =3D; any other = is an error. */
function fromSaslName(raw: string): string | null {
  return /=(?!2C|3D)/.test(raw) ? null : raw.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** server-first-message; `nonce` is the client's with ours behind it. */
export const serverFirst = (nonce: string, salt: Buffer, iterations: number): string => `r=${nonce},s=${salt.toString('base64')},i=${iterations}`;

/** Reads client-final-message; null when it is none. */
export function parseClientFinal(text: string): ClientFinal | null {
  const match = clientFinalForm.exec(text);
  if (match === null) return null;
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = match;
  return { withoutProof, binding: Buffer.from(binding, 'base64'), nonce, proof: Buffer.from(proof, 'base64') };
}

/** What `c=` must hold: the GS2 header, and behind it the channel binding where one is used (RFC 5802 7). */
export const expectedBinding = (first: ClientFirst, binding: Buffer | null): Buffer =>
  Buffer.concat([Buffer.from(first.gs2Header), ...(first.binding.kind === 'used' && binding !== null ? [binding] : [])]);

/** RFC 5802 3: ClientKey is ClientProof XOR ClientSignature, and its hash must be StoredKey. */
export function isProof(keys: ScramKeys, authMessage: string, proof: Buffer): boolean {
  const signature = hmac(keys.storedKey, authMessage);
  if (proof.length !== signature.length) return false;
  const clientKey = Buffer.from(signature.map((byte, index) => byte ^ (proof[index] ?? 0)));
  return timingSafeEqual(sha256(clientKey), keys.storedKey);
}

/** server-final-message: proves to the client that we know its password's keys. */
export const serverFinal = (keys: ScramKeys, authMessage: string): string => `v=${hmac(keys.serverKey, authMessage).toString('base64')}`;

/** RFC 5802 3: client-first-message-bare "," server-first-message "," client-final-message-without-proof. */
export const authMessageOf = (first: ClientFirst, said: string, final: ClientFinal): string => `${first.bare},${said},${final.withoutProof}`;
