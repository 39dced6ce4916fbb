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
  /** Sum of 2^-register, and registers still empty: kept up, so that asking costs nothing. */
  #sum = registerCount;
  #empty = registerCount;

  /** Takes a 32-bit hash. */
  add(hash: number): void {
    if (this.#registers !== null) return this.#raise(this.#registers, hash >>> (32 - indexBits), rankOf(hash));
    const exact = this.#exact ?? [];
    if (exact.includes(hash)) return;
    exact.push(hash);
    if (exact.length > exactMost) this.#spill();
  }

  /** The number of different hashes; exact up to 64. */
  get count(): number {
    if (this.#registers === null) return this.#exact?.length ?? 0;
    const raw = (alpha * registerCount * registerCount) / this.#sum;
    // Small range: counting empty registers is the better estimate (Flajolet et al. 2007, 4).
    return Math.round(raw <= 2.5 * registerCount && this.#empty > 0 ? registerCount * Math.log(registerCount / this.#empty) : raw);
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
    for (let at = 0; at < registerCount; at++) this.#raise(registers, at, other.#registers[at] ?? 0);
  }

  #spill(): Uint8Array {
    const registers = new Uint8Array(registerCount);
    for (const hash of this.#exact ?? []) this.#raise(registers, hash >>> (32 - indexBits), rankOf(hash));
    this.#exact = null;
    this.#registers = registers;
    return registers;
  }

  #raise(registers: Uint8Array, index: number, rank: number): void {
    const before = registers[index] ?? 0;
    if (rank <= before) return;
    registers[index] = rank;
    this.#sum += 2 ** -rank - 2 ** -before;
    if (before === 0) this.#empty--;
  }
}

/** Place of the first set bit behind those of the register's number, from 1; the stop bit bounds it. */
const rankOf = (hash: number): number => Math.clz32((hash << indexBits) | (1 << (indexBits - 1))) + 1;

/** Parts of a window: what is older than the window leaves it a sixth at a time. */
const partsPerWindow = 6;

/** How many different ones within the last while: as many counts as the window has parts, made one when asked. */
export class DistinctWindow {
  readonly #partMs: number;
  /** The first of all, until another comes: one window is made for each stranger, and most see no second. */
  #firstPart: number | null = null;
  #firstHash = 0;
  /** By part, the oldest first; null while there is at most the first. */
  #parts: Part[] | null = null;
  /** The window that ends in one part, made one; kept up until another part is asked for. */
  #merged: Part | null = null;

  /** Length of the window in ms; up to a sixth of it less is looked at. */
  constructor(windowMs: number) {
    this.#partMs = windowMs / partsPerWindow;
  }

  /** Takes a 32-bit hash at a moment in ms; one older than the window is left out. */
  add(hash: number, at: number): void {
    const part = Math.floor(at / this.#partMs);
    if (this.#merged !== null && part <= this.#merged.part && part > this.#merged.part - partsPerWindow) this.#merged.seen.add(hash);
    if (this.#parts === null && this.#firstPart === null) {
      this.#firstPart = part;
      this.#firstHash = hash;
    } else if (this.#parts !== null || this.#firstPart !== part || this.#firstHash !== hash) this.#addTo(this.#allParts(), part, hash);
  }

  /** The window that ends at a moment in ms as one count; it grows with what is added, until another moment is asked for. */
  countAt(at: number): DistinctCount {
    const last = Math.floor(at / this.#partMs);
    if (this.#merged?.part === last) return this.#merged.seen;
    const seen = new DistinctCount();
    for (const each of this.#allParts()) if (each.part > last - partsPerWindow && each.part <= last) seen.merge(each.seen);
    this.#merged = { part: last, seen };
    return seen;
  }

  #addTo(parts: readonly Part[], part: number, hash: number): void {
    const newest = parts.at(-1);
    if (newest?.part === part) return newest.seen.add(hash);
    const known = parts.find((each) => each.part === part);
    if (known !== undefined) return known.seen.add(hash);
    if (newest !== undefined && part <= newest.part - partsPerWindow) return;
    const fresh = partWith(part, hash);
    this.#parts = [...parts, fresh]
      .toSorted((one, other) => one.part - other.part)
      .filter((each) => each.part > Math.max(part, newest?.part ?? part) - partsPerWindow);
  }

  #allParts(): readonly Part[] {
    this.#parts ??= this.#firstPart === null ? [] : [partWith(this.#firstPart, this.#firstHash)];
    return this.#parts;
  }
}

interface Part {
  readonly part: number;
  readonly seen: DistinctCount;
}

function partWith(part: number, hash: number): Part {
  const seen = new DistinctCount();
  seen.add(hash);
  return { part, seen };
}
