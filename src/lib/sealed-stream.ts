// Authenticated encryption of anything from a word to gigabytes: AES-256-GCM over pieces, each under its own number, the last one marked
// (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár): nothing can be cut off, moved or put in another order unseen.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A key by its name; the secret has 32 octets. */
export interface SealingKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** Finds the key that something says it was sealed with. */
export type KeyOf = (id: string) => SealingKey | null;

/** Why something cannot be opened; `missingKey` names the key that would do it, null where no key would. */
export class CannotOpen extends Error {
  readonly missingKey: string | null;
  constructor(message: string, missingKey: string | null = null) {
    super(message);
    this.missingKey = missingKey;
  }
}

const magic = Buffer.from('FGS1');
const saltOctets = 32;
const tagOctets = 16;
/** Octets of a piece in clear: what must be in memory at once. */
const pieceOctets = 64 * 1024;
const sealedPiece = pieceOctets + tagOctets;
/** Octets before the key's name: the magic and the name's length. */
const fixedOctets = magic.length + 1;
const maxKeyId = 64;

/** Seals a whole; what is sealed under one `context` opens under no other. */
export function sealBytes(plain: Buffer, key: SealingKey, context: string): Buffer {
  const sealer = new Sealer(key, context);
  return Buffer.concat([...sealer.push(plain), ...sealer.end()]);
}

/** The same piece by piece. */
export async function* sealStream(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, key: SealingKey, context: string): AsyncGenerator<Buffer> {
  const sealer = new Sealer(key, context);
  for await (const chunk of chunks) yield* sealer.push(chunk);
  yield* sealer.end();
}

/** Opens a whole; throws `CannotOpen`. */
export function openBytes(sealed: Buffer, keyOf: KeyOf, context: string): Buffer {
  const opener = new Opener(keyOf, context);
  return Buffer.concat([...opener.push(sealed), ...opener.end()]);
}

/** The same piece by piece: each is genuine when it is given out, but only the end proves that none is missing. Throws `CannotOpen`. */
export async function* openStream(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, keyOf: KeyOf, context: string): AsyncGenerator<Buffer> {
  const opener = new Opener(keyOf, context);
  for await (const chunk of chunks) yield* opener.push(chunk);
  yield* opener.end();
}

/** The name of the key that this was sealed with, from its beginning; null where it is not sealed. */
export function keyIdOf(sealed: Buffer): string | null {
  if (sealed.length < fixedOctets || !sealed.subarray(0, magic.length).equals(magic)) return null;
  const length = sealed[magic.length] ?? 0;
  return length === 0 || length > maxKeyId || sealed.length < fixedOctets + length ? null : sealed.toString('latin1', fixedOctets, fixedOctets + length);
}

class Sealer {
  readonly #cipher: PieceCipher;
  /** The header, until it has gone out. */
  #header: Buffer | null;
  readonly #pieces = new Pieces(pieceOctets);

  constructor(key: SealingKey, context: string) {
    this.#header = Buffer.concat([magic, Buffer.from([key.id.length]), Buffer.from(key.id, 'latin1'), randomBytes(saltOctets)]);
    this.#cipher = new PieceCipher(key, this.#header, context);
  }

  *push(chunk: Buffer): Generator<Buffer> {
    if (this.#header !== null) yield this.#header;
    this.#header = null;
    for (const piece of this.#pieces.push(chunk)) yield this.#cipher.seal(piece, false);
  }

  *end(): Generator<Buffer> {
    if (this.#header !== null) yield this.#header;
    yield this.#cipher.seal(this.#pieces.rest, true);
  }
}

class Opener {
  readonly #keyOf: KeyOf;
  readonly #context: string;
  #cipher: PieceCipher | null = null;
  /** What has come while the header is not complete. */
  #beginning: Buffer = Buffer.alloc(0);
  readonly #pieces = new Pieces(sealedPiece);

  constructor(keyOf: KeyOf, context: string) {
    this.#keyOf = keyOf;
    this.#context = context;
  }

  *push(chunk: Buffer): Generator<Buffer> {
    let rest = chunk;
    if (this.#cipher === null) {
      this.#beginning = Buffer.concat([this.#beginning, chunk]);
      this.#cipher = this.#begin();
      rest = this.#beginning;
    }
    if (this.#cipher === null) return;
    for (const piece of this.#pieces.push(rest)) yield this.#cipher.open(piece, false);
  }

  *end(): Generator<Buffer> {
    if (this.#cipher === null) throw new CannotOpen('it is cut off at its beginning');
    yield this.#cipher.open(this.#pieces.rest, true);
  }

  /** Null while the header is not complete; takes it away. */
  #begin(): PieceCipher | null {
    if (this.#beginning.length < fixedOctets) return null;
    const headerOctets = fixedOctets + (this.#beginning[magic.length] ?? 0) + saltOctets;
    if (!this.#beginning.subarray(0, magic.length).equals(magic)) throw new CannotOpen('it is not sealed, or damaged at its beginning');
    if (this.#beginning.length < headerOctets) return null;
    const header = this.#beginning.subarray(0, headerOctets);
    const id = keyIdOf(header);
    const key = id === null ? null : this.#keyOf(id);
    if (key === null) throw new CannotOpen(`it is sealed with the key ${id ?? '?'}, which is not at hand`, id);
    this.#beginning = this.#beginning.subarray(headerOctets);
    return new PieceCipher(key, header, this.#context);
  }
}

/** Cuts what comes into pieces. What a chunk leaves over is copied: its owner may use its memory again. */
class Pieces {
  readonly #size: number;
  #buffer: Buffer = Buffer.alloc(0);
  #held = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Those that are certainly not the last: that is known only when more has come. Each is to be used before the next is asked for. */
  *push(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(chunk.length, this.#size - this.#held);
      this.#keep(chunk.subarray(0, at));
      if (at === chunk.length) return;
      this.#held = 0;
      yield this.#buffer.subarray(0, this.#size);
    }
    for (; chunk.length - at > this.#size; at += this.#size) yield chunk.subarray(at, at + this.#size);
    this.#keep(chunk.subarray(at));
  }

  /** What is left for the last one. */
  get rest(): Buffer {
    return this.#buffer.subarray(0, this.#held);
  }

  #keep(octets: Buffer): void {
    const needed = this.#held + octets.length;
    if (needed > this.#buffer.length) {
      // Most of what is sealed is smaller than a piece; what comes in little chunks is not copied again for each.
      const larger = Buffer.alloc(Math.min(this.#size, Math.max(needed, 2 * this.#buffer.length)));
      this.#buffer.copy(larger, 0, 0, this.#held);
      this.#buffer = larger;
    }
    octets.copy(this.#buffer, this.#held);
    this.#held = needed;
  }
}

/** The pieces of one sealed thing under a key of its own: numbers may begin at 0 each time. */
class PieceCipher {
  readonly #key: Buffer;
  /** Format, key, salt and context: a piece belongs to this header and this thing only. */
  readonly #associated: Buffer;
  #number = 0n;

  constructor({ secret }: SealingKey, header: Buffer, context: string) {
    this.#associated = Buffer.concat([header, Buffer.from(context)]);
    this.#key = Buffer.from(hkdfSync('sha256', secret, header.subarray(-saltOctets), `floodgate sealed ${context}`, 32));
  }

  seal(piece: Buffer, isLast: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, this.#nonce(isLast)).setAAD(this.#associated);
    return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }

  open(piece: Buffer, isLast: boolean): Buffer {
    if (piece.length < tagOctets) throw new CannotOpen('it is cut off');
    const cipher = createDecipheriv('aes-256-gcm', this.#key, this.#nonce(isLast), { authTagLength: tagOctets }).setAAD(this.#associated);
    cipher.setAuthTag(piece.subarray(-tagOctets));
    try {
      return Buffer.concat([cipher.update(piece.subarray(0, -tagOctets)), cipher.final()]);
    } catch {
      throw new CannotOpen('it is damaged, cut off, or was sealed with another key of the same name');
    }
  }

  #nonce(isLast: boolean): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64BE(this.#number, 3);
    nonce[11] = isLast ? 1 : 0;
    this.#number += 1n;
    return nonce;
  }
}
