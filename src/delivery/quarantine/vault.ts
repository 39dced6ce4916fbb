// What held mail is encrypted with, where a key file is configured: each file and each row of the index under a key of its own, made of the
// file's key, a salt and what it is. What was sealed as one thing of one message opens as nothing else.
import type { KeyRing } from '../../lib/key-ring.ts';
import type { RowSeal } from '../../store/held-row.ts';
import { CannotOpen, openBytes, openStream, sealBytes, sealStream, type KeyOf } from '../../lib/sealed-stream.ts';

/** What of a message is sealed: its content, its envelope, what happened to it since, and its row in the index. */
export type SealedPart = 'message' | 'envelope' | 'notes' | 'row';

export class Vault {
  readonly #ring: KeyRing | null;
  readonly #keyOf: KeyOf;

  /** Null: nothing is sealed from now on, and what is sealed stays shut. */
  constructor(ring: KeyRing | null) {
    this.#ring = ring;
    this.#keyOf = (id) => ring?.find((key) => key.id === id) ?? null;
  }

  /** The key that seals from now on; null where nothing is sealed. */
  get writesWith(): string | null {
    return this.#ring === null ? null : this.#ring[0].id;
  }

  /** The names of the keys at hand, the one that writes first. */
  get keyIds(): readonly string[] {
    return (this.#ring ?? []).map(({ id }) => id);
  }

  sealText(part: SealedPart, id: string, text: string): string {
    return sealBytes(Buffer.from(text), this.#writing(), contextOf(part, id)).toString('base64');
  }

  /** Throws `CannotOpen`. */
  openText(part: SealedPart, id: string, sealed: string): string {
    return openBytes(Buffer.from(sealed, 'base64'), this.#keyOf, contextOf(part, id)).toString();
  }

  sealContent(id: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    return sealStream(chunks, this.#writing(), contextOf('message', id));
  }

  /** Throws `CannotOpen` where a piece is not genuine, and at the end where one is missing. */
  openContent(id: string, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    return openStream(chunks, this.#keyOf, contextOf('message', id));
  }

  #writing(): KeyRing[0] {
    if (this.#ring === null) throw new CannotOpen('there is no key to seal with');
    return this.#ring[0];
  }
}

/** Without keys: mail is kept in clear. */
export const noVault = new Vault(null);

const contextOf = (part: SealedPart, id: string): string => `quarantine ${part} ${id}`;

/** How rows of the index are sealed by the vault in force. */
export const rowSeal = (vault: () => Vault): RowSeal => ({
  seal: (id, text) => {
    const keyId = vault().writesWith;
    return keyId === null ? null : { keyId, sealed: vault().sealText('row', id, text) };
  },
  open: (id, sealed) => {
    try {
      return vault().openText('row', id, sealed);
    } catch (error) {
      if (error instanceof CannotOpen) return null;
      throw error;
    }
  },
});
