// How many different ones of a stream, in little memory: exactly up to 64, beyond that by HyperLogLog (Flajolet et al. 2007) with 1024
// registers, standard error 1.04 / sqrt(1024) = 3.25 %. Two counts are made one by the larger register: in any order, as often as wished.
// Takes keyed hashes (lib/half-sip-hash.ts): whoever knew the hash could make a thousand look like one.

const indexBits = 10;
const registerCount = 1 << indexBits;
/** Different hashes that are kept as they are. */
const exactMost = 64;
/** Relative standard error beyond that. */
export const distinctError = 1.04 / Math.sqrt(registerCount);
const alpha = 0.7213 / (1 + 1.079 / registerCount);

export class DistinctCount {
  #exact: number[] | null = [];
  #registers: Uint8Array | null = null;

  /** Takes a 32-bit hash. */
  add(hash: number): void {
    if (this.#registers !== null) return raise(this.#registers, hash);
    const exact = this.#exact ?? [];
    if (exact.includes(hash)) return;
    exact.push(hash);
    if (exact.length > exactMost) this.#spill();
  }

  /** The number of different hashes; exact up to 64. */
  get count(): number {
    return this.#registers === null ? (this.#exact?.length ?? 0) : estimate(this.#registers);
  }

  /** How far `count` may be off, at three standard errors: 0 while it is exact. */
  get err(): number {
    return this.#registers === null ? 0 : Math.ceil(3 * distinctError * this.count);
  }

  /** Takes over what another has seen; itself is the same as nothing. */
  merge(other: DistinctCount): void {
    if (other.#registers === null) {
      for (const hash of other.#exact ?? []) this.add(hash);
      return;
    }
    const registers = this.#registers ?? this.#spill();
    for (let at = 0; at < registerCount; at++) registers[at] = Math.max(registers[at] ?? 0, other.#registers[at] ?? 0);
  }

  #spill(): Uint8Array {
    const registers = new Uint8Array(registerCount);
    for (const hash of this.#exact ?? []) raise(registers, hash);
    this.#exact = null;
    this.#registers = registers;
    return registers;
  }
}

function raise(registers: Uint8Array, hash: number): void {
  const index = hash >>> (32 - indexBits);
  // Place of the first set bit among the other 22; the stop bit bounds it.
  const rank = Math.clz32((hash << indexBits) | (1 << (indexBits - 1))) + 1;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

function estimate(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (let at = 0; at < registerCount; at++) {
    const rank = registers[at] ?? 0;
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = (alpha * registerCount * registerCount) / sum;
  // Small range: counting empty registers is the better estimate (Flajolet et al. 2007, 4).
  return Math.round(raw <= 2.5 * registerCount && empty > 0 ? registerCount * Math.log(registerCount / empty) : raw);
}

/** Parts of a window: what is older than the window leaves it a sixth at a time. */
const partsPerWindow = 6;

/** How many different ones within the last while: as many counts as the window has parts, made one when asked. */
export class DistinctWindow {
  readonly #partMs: number;
  #parts: { readonly part: number; readonly seen: DistinctCount }[] = [];

  /** Length of the window in ms; up to a sixth of it less is looked at. */
  constructor(windowMs: number) {
    this.#partMs = windowMs / partsPerWindow;
  }

  /** Takes a 32-bit hash at a moment in ms; one older than the window is left out. */
  add(hash: number, at: number): void {
    const part = Math.floor(at / this.#partMs);
    const newest = this.#parts.at(-1);
    if (newest?.part === part) return newest.seen.add(hash);
    const known = this.#parts.find((each) => each.part === part);
    if (known !== undefined) return known.seen.add(hash);
    if (newest !== undefined && part <= newest.part - partsPerWindow) return;
    const seen = new DistinctCount();
    seen.add(hash);
    this.#parts = [...this.#parts, { part, seen }]
      .toSorted((one, other) => one.part - other.part)
      .filter((each) => each.part > Math.max(part, newest?.part ?? part) - partsPerWindow);
  }

  /** The window that ends at a moment in ms as one count. */
  countAt(at: number): DistinctCount {
    const oldest = Math.floor(at / this.#partMs) - partsPerWindow;
    const merged = new DistinctCount();
    for (const { part, seen } of this.#parts) if (part > oldest) merged.merge(seen);
    return merged;
  }
}
