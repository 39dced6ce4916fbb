// Origins that speak for many: a mail provider, a webmail house, a list server writes to many mailboxes here, or for many domains. What comes
// from one of these to one mailbox is many people's, and none of them is a bomber for it.
import { FingerprintSet, type SavedFingerprints } from '../lib/fingerprint-set.ts';
import { KeyedStates } from '../lib/keyed-states.ts';
import type { CountedWord } from './sighting-words.ts';

/** Mailboxes here, or senders' domains, from which an origin speaks for many. */
const enoughMailboxes = 16;
const enoughDomains = 8;
/** A day in ms: a bomber can say many domains within minutes; whoever did so on another day is a provider. */
const dayMs = 24 * 3_600_000;
const mostOrigins = 20_000;
const oncePlaces = 1 << 16;

interface Known {
  /** Fingerprints, up to as many as decide. */
  readonly mailboxes: number[];
  readonly domains: number[];
  /** When its domains were enough, in ms; null: not yet. */
  variedAt: number | null;
}

/** One message as far as its origin goes. */
export interface Brought {
  readonly origin: CountedWord;
  readonly mailbox: CountedWord;
  /** Of the sender; '' where there is none. */
  readonly domain: CountedWord;
  readonly at: number;
}

/** Origins as they can be written down. */
export interface SavedOrigins {
  readonly once: SavedFingerprints;
  readonly known: readonly (readonly [origin: string, known: Known])[];
  readonly sinceAt: number | null;
}

export class SharedOrigins {
  /** Origins that came once, as fingerprints: most never come again. */
  readonly #once = new FingerprintSet(oncePlaces);
  readonly #known = new KeyedStates<Known>(mostOrigins, () => ({ mailboxes: [], domains: [], variedAt: null }));
  #sinceAt: number | null = null;

  get size(): number {
    return this.#known.size;
  }

  save(): SavedOrigins {
    return { once: this.#once.save(), known: [...this.#known.entries()], sinceAt: this.#sinceAt };
  }

  load({ once, known, sinceAt }: SavedOrigins): void {
    this.#once.load(once);
    for (const [origin, saved] of known) Object.assign(this.#known.of(origin), saved);
    this.#sinceAt = sinceAt;
  }

  /** Takes note of what an origin brings; whether it speaks for many. On the first day many domains are enough: there is no other day yet. */
  isShared({ origin, mailbox, domain, at }: Brought): boolean {
    this.#sinceAt ??= at;
    if (!this.#once.add(origin.hash)) return false;
    const known = this.#known.of(origin.text);
    if (isEnough(known.mailboxes, mailbox.hash, enoughMailboxes)) return true;
    if (domain.text !== '' && isEnough(known.domains, domain.hash, enoughDomains)) known.variedAt ??= at;
    return known.variedAt !== null && (at - known.variedAt >= dayMs || at - this.#sinceAt < dayMs);
  }
}

/** Whether so many different ones were seen, with this one. */
function isEnough(seen: number[], hash: number, enough: number): boolean {
  if (seen.length >= enough) return true;
  if (!seen.includes(hash)) seen.push(hash);
  return seen.length >= enough;
}
