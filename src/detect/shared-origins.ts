// Origins that speak for many: a mail provider, a webmail house, a list server writes to many mailboxes here. What comes from one of these
// to one mailbox is many people's, and none of them is a bomber for it.
import { halfSipHash, type HashKey } from '../lib/half-sip-hash.ts';
import { KeyedStates } from '../lib/keyed-states.ts';

/** Mailboxes here from which an origin speaks for many. */
const enoughMailboxes = 16;
const mostOrigins = 20_000;

export class SharedOrigins {
  readonly #key: HashKey;
  /** Fingerprints of the mailboxes an origin has written to, up to as many as decide. */
  readonly #mailboxes = new KeyedStates<number[]>(mostOrigins, () => []);

  constructor(key: HashKey) {
    this.#key = key;
  }

  get size(): number {
    return this.#mailboxes.size;
  }

  /** Takes note of an origin that writes to a mailbox; whether it speaks for many. */
  isShared(origin: string, mailbox: string): boolean {
    const seen = this.#mailboxes.of(origin);
    if (seen.length >= enoughMailboxes) return true;
    const hash = halfSipHash(this.#key, mailbox);
    if (!seen.includes(hash)) seen.push(hash);
    return seen.length >= enoughMailboxes;
  }
}
