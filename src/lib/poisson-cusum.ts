// Page's cumulative sum for a rate that rises: how much better a high rate explains what has come than an ordinary one, in nats.
// Exact for Poisson arrivals and without a timer: what the silence since the last event speaks against the high rate is taken off
// when the next event comes (Lucas 1985, "Counted data CUSUM's", in event time).

/** An ordinary and an unusual rate, in events per millisecond. */
export interface PoissonRates {
  readonly usual: number;
  readonly unusual: number;
}

/** What is kept of a key; a fresh one is `startCusum()`. */
export interface Cusum {
  /** The sum as it was at the last event. */
  sum: number;
  /** Time of the last event in ms; of the event at which the sum last rose from zero, and events since then, that one included. */
  lastAt: number;
  onsetAt: number;
  count: number;
}

export const startCusum = (): Cusum => ({ sum: 0, lastAt: Number.NEGATIVE_INFINITY, onsetAt: 0, count: 0 });

/** The sum at a moment without an event: silence lets it fall, to zero at the least. */
export function cusumAt({ sum, lastAt }: Cusum, { usual, unusual }: PoissonRates, at: number): number {
  return Math.max(0, sum - (unusual - usual) * Math.max(0, at - lastAt));
}

/**
 * Takes an event at a moment in ms and gives the new sum. An event a little older than the last counts as if it came with it. `weight`: an event
 * that says less counts for less than one; `most`: where the sum stops, so that it comes down again in time.
 */
export function noteCusum(cusum: Cusum, rates: PoissonRates, at: number, { weight = 1, most = Number.POSITIVE_INFINITY } = {}): number {
  const before = cusum.sum === 0 ? 0 : cusumAt(cusum, rates, at);
  if (before === 0) {
    cusum.onsetAt = at;
    cusum.count = 0;
  }
  cusum.sum = Math.min(most, before + weight * Math.log(rates.unusual / rates.usual));
  cusum.lastAt = Math.max(cusum.lastAt, at);
  cusum.count++;
  return cusum.sum;
}
