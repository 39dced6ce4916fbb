// Who knows whom: a mailbox of ours and an organisation that writes to it or was written to by it, as fingerprints in memory that all threads
// share. The keeper writes, the doors read without asking. What is not here is a stranger; now and then a stranger passes for known (once in
// 3,000), which lets his mail through as if nothing were the matter.
import { FingerprintSet } from '../lib/fingerprint-set.ts';
import { halfSipHash, type HashKey } from '../lib/half-sip-hash.ts';
import { orgDomain } from '../lib/org-domain.ts';

/** Octets of the secret that the fingerprints are made with. */
export const pairSecretOctets = 8;
/** Fingerprints in each of two tables at most: about 600,000 pairs before the oldest are forgotten; 8 MiB. */
const places = 1 << 20;

/** Asked at the doors. */
export interface KnownCorrespondents {
  /** Whether a recipient knows the organisation of a domain. */
  knows(recipient: string, domain: string): boolean;
}

export class EstablishedPairs implements KnownCorrespondents {
  readonly #key: HashKey;
  readonly #pairs: FingerprintSet;

  /** Bytes of memory, secret included. */
  static readonly bytes = pairSecretOctets + FingerprintSet.bytesFor(places);

  /** Makes fresh memory ready. */
  static prepare(memory: SharedArrayBuffer, secret: Buffer): void {
    new Uint8Array(memory).fill(0);
    Buffer.from(memory).set(secret.subarray(0, pairSecretOctets));
  }

  constructor(memory: SharedArrayBuffer) {
    const [k0 = 0, k1 = 0] = new Int32Array(memory, 0, 2);
    this.#key = { k0, k1 };
    this.#pairs = new FingerprintSet(places, memory, pairSecretOctets);
  }

  get size(): number {
    return this.#pairs.size;
  }

  knows(recipient: string, domain: string): boolean {
    return domain !== '' && this.#pairs.has(this.printOf(recipient, domain));
  }

  /** For the keeper alone: only one thread may write. */
  add(print: number): void {
    this.#pairs.add(print);
  }

  has(print: number): boolean {
    return this.#pairs.has(print);
  }

  /** The fingerprint of a mailbox and the organisation of a domain. */
  printOf(mailbox: string, domain: string): number {
    return halfSipHash(this.#key, `${mailboxOf(mailbox.toLowerCase())} ${orgDomain(domain.toLowerCase())}`);
  }
}

/** `ann+shop@hub.example` is Ann's mailbox. */
export function mailboxOf(address: string): string {
  const plus = address.indexOf('+');
  const at = address.lastIndexOf('@');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address;
}
