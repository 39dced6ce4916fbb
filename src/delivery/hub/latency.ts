// How long a next hop takes, as an estimate of quantiles in constant memory: counts in geometric classes, old ones fading.

/** Class i holds up to 1.25^i milliseconds; 64 classes reach 26 minutes. The error of a quantile is at most 25 %. */
const classes = 64;
const logOfGrowth = Math.log(1.25);
/** After so many samples all counts are halved, so that the figure follows the hub of today. */
const samplesToFade = 4096;

export class LatencyEstimate {
  readonly #counts = new Float64Array(classes);
  #total = 0;

  /** Adds one duration in milliseconds. */
  add(ms: number): void {
    const index = Math.min(classes - 1, Math.max(0, Math.ceil(Math.log(Math.max(ms, 1)) / logOfGrowth)));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    if (this.#total < samplesToFade) return;
    this.#total = 0;
    for (let i = 0; i < classes; i++) this.#total += this.#counts[i] = Math.floor((this.#counts[i] ?? 0) / 2);
  }

  /** Milliseconds below which the share `q` (0 to 1) lies; null before the first sample. */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    let left = q * this.#total;
    for (let i = 0; i < classes; i++) {
      left -= this.#counts[i] ?? 0;
      if (left <= 0) return Math.round(Math.exp(i * logOfGrowth));
    }
    return Math.round(Math.exp((classes - 1) * logOfGrowth));
  }
}
