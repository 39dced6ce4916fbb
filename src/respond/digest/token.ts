// The token of a release link and of a release address: which line of which letter, and a signature over what that line offers to whom.
// In letters and digits that survive a mail program which changes their case, and short enough for a local part (RFC 5321 4.5.3.1.1).
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Octets: of the letter's random name, of the line, of the signature. */
const letterOctets = 10;
const signatureOctets = 16;
const octets = letterOctets + 1 + signatureOctets;

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'; // RFC 4648 6
/** Characters of a token: `release+` and a token are 52 of the 64 that a local part may have. */
export const tokenLength = Math.ceil((octets * 8) / 5);
/** Lines a letter may have: the line is one octet, and 0 is the letter as a whole. */
export const mostLines = 255;

/** A token taken apart; nothing is known of its signature yet. */
export interface TokenParts {
  /** Name of the letter. */
  readonly letter: string;
  /** From 1; 0 stands for all of the letter. */
  readonly line: number;
  readonly signature: Buffer;
}

/** What a signature is about. */
export interface Signed {
  readonly letter: string;
  readonly line: number;
  /** Id of the held message; '' for the letter as a whole. */
  readonly id: string;
  /** The recipient's print. */
  readonly recipient: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The name of a letter from ten random octets. */
export const letterName = (random: Buffer): string => toBase32(random.subarray(0, letterOctets));

/** The signed token. */
export function tokenOf(key: Buffer, signed: Signed): string {
  return toBase32(Buffer.concat([fromBase32(signed.letter).subarray(0, letterOctets), Buffer.from([signed.line]), signatureOf(key, signed)]));
}

/** Takes a token apart, in any case; null where it cannot be one. One token has one spelling but for its case. */
export function parseToken(raw: string): TokenParts | null {
  const text = raw.toLowerCase();
  if (text.length !== tokenLength || !/^[a-z2-7]+$/.test(text)) return null;
  const bytes = fromBase32(text);
  if (toBase32(bytes) !== text) return null;
  return { letter: toBase32(bytes.subarray(0, letterOctets)), line: bytes[letterOctets] ?? 0, signature: bytes.subarray(letterOctets + 1) };
}

/** Whether the signature is ours and about exactly this. */
export const isSigned = (key: Buffer, signature: Buffer, signed: Signed): boolean =>
  signature.length === signatureOctets && timingSafeEqual(signature, signatureOf(key, signed));

/** A recipient as letters and orders on the disk name him: who reads them without the key learns no address. Case does not count. */
export const recipientPrint = (key: Buffer, address: string): string =>
  createHmac('sha256', key).update(`recipient\0${address.toLowerCase()}`).digest('base64url').slice(0, 22);

const signatureOf = (key: Buffer, { letter, line, id, recipient, expiresAt }: Signed): Buffer =>
  createHmac('sha256', key).update(['release 1', letter, line, id, recipient, expiresAt].join('\0')).digest().subarray(0, signatureOctets);

function toBase32(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((value >> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + alphabet.charAt((value << (5 - bits)) & 31);
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const letter of text) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
