// More than a key is used to: a cumulative sum over the key's own habit, with the evidence gathered while it stands. What the flood detectors
// count by; each decides for itself what an event is and what level the sum means.
import { habitPerHour, noteHabit, type Habit, type HabitTerms } from '../lib/habit.ts';
import { noteCusum, type Cusum } from '../lib/poisson-cusum.ts';
import { Evidence } from './evidence.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** An attack is ten times what is usual, and three times the habit is still usual (engineering 2.4). */
const unusualFactor = 10;
const habitFactor = 3;

export interface SurgeTerms extends HabitTerms {
  /** Events a minute that are usual for any key. */
  readonly usualPerMinute: number;
  /** Where the sum stops, in nats, so that it comes down again in time. */
  readonly most: number;
}

/** Sightings that are kept as they are; most keys never see more, and the evidence is made for those that do. */
const fewMost = 3;

interface Witness {
  readonly origin: string;
  readonly source: string;
  readonly isSpoofable: boolean;
}

export class Surge implements Cusum, Habit {
  sum = 0;
  lastAt = Number.NEGATIVE_INFINITY;
  /** Time of the first event of the surge in ms, and events since then. */
  onsetAt = 0;
  count = 0;
  hour = 0;
  inHour = 0;
  past = 0;
  #few: Witness[] | null = null;
  #evidence: Evidence | null = null;

  /** Takes an event at a moment in ms and gives the sum, in nats. At a new onset the evidence begins anew. */
  note(at: number, terms: SurgeTerms, weight = 1): number {
    noteHabit(this, terms, at);
    const usual = Math.max(terms.usualPerMinute / minuteMs, (habitFactor * habitPerHour(this, terms, at)) / hourMs);
    const sum = noteCusum(this, { usual, unusual: unusualFactor * usual }, at, { weight, most: terms.most });
    if (this.count === 1) {
      this.#few = null;
      this.#evidence = null;
    }
    return sum;
  }

  /** Keeps who was responsible for an event and where it can be looked up. */
  witness(origin: string, source: string, isSpoofable = true): void {
    if (this.#evidence === null && (this.#few?.length ?? 0) < fewMost) (this.#few ??= []).push({ origin, source, isSpoofable });
    else this.evidence.note(origin, source, isSpoofable);
  }

  /** What was kept since the onset. */
  get evidence(): Evidence {
    if (this.#evidence !== null) return this.#evidence;
    this.#evidence = new Evidence();
    for (const { origin, source, isSpoofable } of this.#few ?? []) this.#evidence.note(origin, source, isSpoofable);
    this.#few = null;
    return this.#evidence;
  }

  /** Events an hour that the key is used to. */
  usualPerHour(at: number, terms: SurgeTerms): number {
    return habitPerHour(this, terms, at);
  }
}
