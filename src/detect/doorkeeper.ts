// Keys that come once: most of what strangers choose never comes again, so a key gets a state when it comes for the second time (Einziger et
// al. 2017, the doorkeeper of TinyLFU). What is counted by such a state begins with the second event.
import { FingerprintSet, type SavedFingerprints } from '../lib/fingerprint-set.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { sketchHash } from '../lib/sketch-hash.ts';

export class Doorkeeper {
  readonly #key: HashKey;
  readonly #seen: FingerprintSet;

  /** `places` in each of two tables, 4 bytes each. */
  constructor(key: HashKey, places: number) {
    this.#key = key;
    this.#seen = new FingerprintSet(places);
  }

  /** Whether a key has come before; from now on it has. */
  knows(key: string): boolean {
    return this.knowsHash(sketchHash(this.#key, key));
  }

  save(): SavedFingerprints {
    return this.#seen.save();
  }

  load(saved: SavedFingerprints): void {
    this.#seen.load(saved);
  }

  /** The same of a key by its hash (`sketchHash`, `pairHash`): for pairs, so that a stranger's is never made a text. */
  knowsHash(hash: number): boolean {
    return this.#seen.add(hash);
  }
}
