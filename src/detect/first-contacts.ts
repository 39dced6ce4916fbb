// Who has ever written to whom: a mailbox and an organisation, as fingerprints. The first message of an organisation to a mailbox is what a
// subscription bomb is counted by; whom the mailbox has written to itself is no stranger.
import { FingerprintSet, type SavedFingerprints } from '../lib/fingerprint-set.ts';
import { pairHash } from '../lib/sketch-hash.ts';

/** Places in each of two tables: a million pairs, 16 MiB, are half a year of some ten thousand mailboxes. */
const places = 1 << 21;

export class FirstContacts {
  readonly #seen = new FingerprintSet(places);

  get size(): number {
    return this.#seen.size;
  }

  save(): SavedFingerprints {
    return this.#seen.save();
  }

  load(saved: SavedFingerprints): void {
    this.#seen.load(saved);
  }

  /** Whether this is the first between a mailbox and an organisation's domain, by their hashes; from now on it is not. */
  isFirst(mailbox: number, organisation: number): boolean {
    return !this.#seen.add(pairHash(mailbox, organisation));
  }
}
