// What is usual at this hour of the week: a site is busy on Monday at nine and on the last day of the month, and that is no attack.
// 168 hours with the last eight weeks of each; the centre is their median and the spread their median deviation, so that one attack of the
// past does not make the next one usual.

const hourMs = 3_600_000;
const hoursPerWeek = 168;
const weeksKept = 8;
/** Weeks of an hour that must be known before the hour speaks for itself; below, all hours speak for it. */
const weeksEnough = 3;
/** Makes the median deviation of a normal distribution its standard deviation. */
const deviationScale = 1.4826;

/** Usual value and spread; `known`: rests on this very hour. */
export interface Usual {
  readonly median: number;
  readonly spread: number;
  readonly known: boolean;
}

/** A profile as it can be written down. */
export interface SavedProfile {
  readonly values: Float64Array;
  readonly counts: Uint32Array;
}

export class HourProfile {
  readonly #values = new Float64Array(hoursPerWeek * weeksKept);
  readonly #counts = new Uint32Array(hoursPerWeek);

  /** Learns the value of the hour in which the moment (ms since the epoch) lies; call it when the hour is over. */
  learn(at: number, value: number): void {
    const bin = binOf(at);
    const count = this.#counts[bin] ?? 0;
    this.#values[bin * weeksKept + (count % weeksKept)] = value;
    this.#counts[bin] = count + 1;
  }

  /** What is usual at a moment in ms; null before anything was learned. */
  usual(at: number): Usual | null {
    const bin = binOf(at);
    const own = this.#valuesOf(bin);
    if (own.length >= weeksEnough) return { ...centreOf(own), known: true };
    const all = Array.from({ length: hoursPerWeek }, (_, each) => this.#valuesOf(each)).flat();
    return all.length === 0 ? null : { ...centreOf(all), known: false };
  }

  /** How many spreads a value lies above (or, negative, below) what is usual; null before anything was learned. */
  robustZ(at: number, value: number): number | null {
    const usual = this.usual(at);
    return usual === null ? null : (value - usual.median) / usual.spread;
  }

  /** A copy of what was learned. */
  save(): SavedProfile {
    return { values: this.#values.slice(), counts: this.#counts.slice() };
  }

  /** Takes what was saved in place of what was learned. */
  load({ values, counts }: SavedProfile): void {
    if (values.length !== this.#values.length || counts.length !== this.#counts.length) return;
    this.#values.set(values);
    this.#counts.set(counts);
  }

  #valuesOf(bin: number): number[] {
    return [...this.#values.subarray(bin * weeksKept, bin * weeksKept + Math.min(this.#counts[bin] ?? 0, weeksKept))];
  }
}

/** The epoch began on a Thursday; which hour is the first does not matter. */
const binOf = (at: number): number => ((Math.floor(at / hourMs) % hoursPerWeek) + hoursPerWeek) % hoursPerWeek;

function centreOf(values: readonly number[]): { median: number; spread: number } {
  const median = medianOf(values);
  const deviation = deviationScale * medianOf(values.map((value) => Math.abs(value - median)));
  // Counts spread at least as Poisson's do; and one more than none is nothing unusual.
  return { median, spread: Math.max(deviation, Math.sqrt(Math.abs(median)), 1) };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
