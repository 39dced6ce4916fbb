// Which networks were told, and when: it outlives a restart, or a gateway that starts again and again would write again and again.
import { LruMap } from '../lib/lru-map.ts';

export interface ToldNetworks {
  /** Milliseconds until the network may be told again; 0: now. */
  waitOf(network: string): number;
  note(network: string): void;
  /** For a file; `add` takes it back. */
  toText(): string;
  /** False where it is not understood; nothing is taken then. */
  add(text: string): boolean;
}

const againMs = 24 * 3_600_000;
/** Networks remembered; the one told longest ago goes first. */
const remembered = 10_000;

export function createToldNetworks(now: () => number): ToldNetworks {
  const told = new LruMap<string, number>({ capacity: remembered, now });
  return {
    waitOf: (network) => Math.max(0, (told.peek(network) ?? Number.NEGATIVE_INFINITY) + againMs - now()),
    note: (network) => told.set(network, now(), againMs),
    toText: () => JSON.stringify(Object.fromEntries(told.entries())),
    add: (text) => {
      const entries = entriesOf(text);
      for (const [network, at] of entries ?? []) if (at <= now() && now() - at < againMs) told.set(network, at, at + againMs - now());
      return entries !== null;
    },
  };
}

function entriesOf(text: string): readonly (readonly [string, number])[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  } catch {
    return null;
  }
}
