// More than a key is used to: a cumulative sum over the key's own habit, with the evidence gathered while it stands. What the flood detectors
// count by; each decides for itself what an event is and what level the sum means.
import { habitPerHour, noteHabit, startHabit, type Habit } from '../lib/habit.ts';
import { noteCusum, startCusum, type Cusum } from '../lib/poisson-cusum.ts';
import { Evidence } from './evidence.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** An attack is ten times what is usual, and three times the habit is still usual (engineering 2.4). */
const unusualFactor = 10;
const habitFactor = 3;

export interface SurgeTerms {
  /** Since when habits are learned, in ms since the epoch. */
  readonly sinceAt: number;
  /** Events a minute that are usual for any key. */
  readonly usualPerMinute: number;
  /** Events an hour that a habit may grow by at first. */
  readonly mostNewAnHour: number;
  /** Where the sum stops, in nats, so that it comes down again in time. */
  readonly most: number;
}

export class Surge {
  readonly #cusum: Cusum = startCusum();
  readonly #habit: Habit = startHabit();
  #evidence: Evidence | null = null;

  /** Events since the onset, and its time in ms. */
  get count(): number {
    return this.#cusum.count;
  }

  get onsetAt(): number {
    return this.#cusum.onsetAt;
  }

  /** What was gathered since the onset; made when it is first asked for. */
  get evidence(): Evidence {
    return (this.#evidence ??= new Evidence());
  }

  /** Takes an event at a moment in ms and gives the sum, in nats. At a new onset the evidence begins anew. */
  note(at: number, { sinceAt, usualPerMinute, mostNewAnHour, most }: SurgeTerms, weight = 1): number {
    const habitTerms = { sinceAt, mostNew: mostNewAnHour };
    noteHabit(this.#habit, habitTerms, at);
    const usual = Math.max(usualPerMinute / minuteMs, (habitFactor * habitPerHour(this.#habit, habitTerms, at)) / hourMs);
    const sum = noteCusum(this.#cusum, { usual, unusual: unusualFactor * usual }, at, { weight, most });
    if (this.#cusum.count === 1) this.#evidence = null;
    return sum;
  }

  /** Events an hour that the key is used to. */
  usualPerHour(at: number, { sinceAt, mostNewAnHour }: SurgeTerms): number {
    return habitPerHour(this.#habit, { sinceAt, mostNew: mostNewAnHour }, at);
  }
}
