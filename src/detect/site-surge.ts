// Does the whole site see more of something than is usual at this hour of the week? For attacks that come from so many places that no place
// stands out. What is usual is learned hour by hour, and never from an hour in which the sum was high: an attack must not make itself usual.
import { HourProfile, type SavedProfile } from '../lib/hour-profile.ts';
import { noteCusum, type PoissonRates, startCusum } from '../lib/poisson-cusum.ts';

export interface SurgeTerms {
  /** Events a minute that are usual at any site, however little it has seen. */
  readonly usualPerMinute: number;
  /** An attack is so many times the usual. */
  readonly factor: number;
  /** From this sum on nothing is learned. */
  readonly watch: number;
  /** The sum stops here: it falls again in time. */
  readonly most: number;
}

const hourMs = 3_600_000;
/** Spreads over the median that still are usual. */
const usualSpreads = 2;

/** What was learned of the hours, as it can be written down: the sum begins anew. */
export interface SavedSurge {
  readonly profile: SavedProfile;
  readonly hour: number | null;
  readonly inHour: number;
  readonly wasHigh: boolean;
}

export class SiteSurge {
  readonly #terms: SurgeTerms;
  readonly #profile = new HourProfile();
  readonly #cusum = startCusum();
  #hour: number | null = null;
  #inHour = 0;
  #wasHigh = false;
  #rates: PoissonRates;

  constructor(terms: SurgeTerms) {
    this.#terms = terms;
    this.#rates = this.#ratesOf(0);
  }

  /** When the sum last rose from nothing, in ms, and events since then. */
  get onsetAt(): number {
    return this.#cusum.onsetAt;
  }

  get count(): number {
    return this.#cusum.count;
  }

  /** Usual events a minute at this hour. */
  get usualPerMinute(): number {
    return this.#rates.usual * 60_000;
  }

  /** Takes an event at a moment in ms and gives the sum, in nats. */
  note(at: number): number {
    this.#enterHour(at);
    this.#inHour++;
    const sum = Math.min(this.#terms.most, noteCusum(this.#cusum, this.#rates, at));
    this.#cusum.sum = sum;
    if (sum >= this.#terms.watch) this.#wasHigh = true;
    return sum;
  }

  save(): SavedSurge {
    return { profile: this.#profile.save(), hour: this.#hour, inHour: this.#inHour, wasHigh: this.#wasHigh };
  }

  load({ profile, hour, inHour, wasHigh }: SavedSurge): void {
    this.#profile.load(profile);
    this.#hour = hour;
    this.#inHour = inHour;
    this.#wasHigh = wasHigh;
    this.#rates = this.#ratesOf((hour ?? 0) * hourMs);
  }

  #enterHour(at: number): void {
    const hour = Math.floor(at / hourMs);
    if (this.#hour !== null && hour <= this.#hour) return;
    if (this.#hour !== null && !this.#wasHigh) this.#profile.learn(this.#hour * hourMs, this.#inHour);
    this.#hour = hour;
    this.#inHour = 0;
    this.#wasHigh = false;
    this.#rates = this.#ratesOf(at);
  }

  #ratesOf(at: number): PoissonRates {
    const known = this.#profile.usual(at);
    const { usualPerMinute, factor } = this.#terms;
    const learned = known === null ? 0 : (known.median + usualSpreads * known.spread) / hourMs;
    const usual = Math.max(usualPerMinute / 60_000, learned);
    return { usual, unusual: factor * usual };
  }
}
