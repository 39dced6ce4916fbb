// Nested networks made into ranges that do not overlap: the work of building a PrefixSet. Addresses are only compared here, so the
// sweep serves both families: an IPv4 address is a number, an IPv6 address a string of eight 16-bit code units, which the engine
// compares in the order of the addresses and far faster than four words by hand.
import { endianness } from 'node:os';

/** Networks of one family as columns; `after` is the first address behind the network, null when it reaches to the end of all addresses. */
export interface Networks<A extends number | string> {
  readonly start: A[];
  readonly after: (A | null)[];
  /** What a look-up answers. */
  readonly value: number[];
}

export interface Ranges<A> {
  /** Strictly ascending. */
  readonly starts: readonly A[];
  /** -1: in no network. */
  readonly values: readonly number[];
}

/** Ranges of IPv4 networks. */
export const flattenV4 = (networks: Networks<number>): Ranges<number> => sweep(networks, widestFirst(networks, orderOfNumbers(networks.start)));

/** Ranges of IPv6 networks. */
export function flattenV6(networks: Networks<string>): Ranges<string> {
  const { start } = networks;
  const order = Array.from(start.keys()).sort((a, b) => compare(start[a] ?? '', start[b] ?? '') || a - b);
  return sweep(networks, widestFirst(networks, order));
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Indices in ascending order of 32-bit keys. Key and index share 64 bits: a BigUint64Array is sorted natively, without a compare function. */
function orderOfNumbers(keys: readonly number[]): number[] {
  const low = endianness() === 'LE' ? 0 : 1;
  const halves = new Uint32Array(keys.length * 2);
  for (let index = 0; index < keys.length; index++) {
    halves[index * 2 + low] = index;
    halves[index * 2 + 1 - low] = keys[index] ?? 0;
  }
  new BigUint64Array(halves.buffer).sort();
  const order: number[] = [];
  for (let at = low; at < halves.length; at += 2) order.push(halves[at] ?? 0);
  return order;
}

/** Of networks that begin together the widest comes first, so that what it holds lies inside; equal ones keep their order. */
function widestFirst<A extends number | string>({ start, after }: Networks<A>, order: number[]): readonly number[] {
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && start[order[to] ?? 0] === start[order[from] ?? 0]) to++;
    if (to - from > 1) {
      const together = order.slice(from, to).sort((a, b) => (reachesFurther(after[a], after[b]) ? -1 : reachesFurther(after[b], after[a]) ? 1 : a - b));
      for (const [offset, index] of together.entries()) order[from + offset] = index;
    }
    from = to;
  }
  return order;
}

function reachesFurther<A extends number | string>(a: A | null | undefined, b: A | null | undefined): boolean {
  if (b === null || b === undefined) return false;
  return a === null || a === undefined || a > b;
}

/** Walks the networks in order with a stack of those that are open: each begin and each end opens a range. */
function sweep<A extends number | string>(networks: Networks<A>, order: readonly number[]): Ranges<A> {
  const starts: A[] = [];
  const values: number[] = [];
  const open: number[] = [];
  const begin = (start: A, value: number): void => {
    if (starts.at(-1) === start) values[values.length - 1] = value;
    else {
      starts.push(start);
      values.push(value);
    }
  };
  const closeUntil = (start: A | null): void => {
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const after = networks.after[last] ?? null;
      if (start !== null && (after === null || after > start)) return;
      open.pop();
      const around = open.at(-1);
      if (after !== null) begin(after, around === undefined ? -1 : (networks.value[around] ?? -1));
    }
  };
  for (const index of order) {
    const start = networks.start[index];
    if (start === undefined) continue;
    closeUntil(start);
    begin(start, networks.value[index] ?? -1);
    open.push(index);
  }
  closeUntil(null);
  return { starts, values };
}
