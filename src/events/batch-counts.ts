// What a door has counted since its last batch. A refused session counts some ten times, so a counter is found by its labels one after the other:
// they are the program's own words, and nothing is put together to look them up.
import type { Count, CounterName } from './metric-catalogue.ts';

/** Different counters one batch may carry: they grow with configuration, not with strangers. */
const mostCounters = 1000;

interface Counter {
  readonly name: CounterName;
  readonly labels: readonly string[];
  by: number;
  /** By the next label; null where there is none yet. */
  next: Map<string, Counter> | null;
}

export class BatchCounts {
  #counters = new Map<CounterName, Counter>();
  #known = 0;
  #touched: Counter[] = [];

  /** Different counters since the last batch. */
  get size(): number {
    return this.#touched.length;
  }

  /** Adds to a counter; one too many is left out. */
  add(name: CounterName, labels: readonly string[], by: number): void {
    let counter = this.#counters.get(name) ?? this.#begin(this.#counters, name, { name, labels: [] });
    for (let depth = 0; counter !== null && depth < labels.length; depth++) {
      const label = labels[depth] ?? '';
      const next: Map<string, Counter> = (counter.next ??= new Map<string, Counter>());
      counter = next.get(label) ?? this.#begin(next, label, { name, labels: labels.slice(0, depth + 1) });
    }
    if (counter === null) return;
    if (counter.by === 0) this.#touched.push(counter);
    counter.by += by;
  }

  /** Hands out what was counted, and begins anew. */
  take(): readonly Count[] {
    const taken = this.#touched.map(({ name, labels, by }): Count => [name, labels, by]);
    for (const counter of this.#touched) counter.by = 0;
    this.#touched = [];
    if (this.#known >= mostCounters) {
      this.#counters = new Map();
      this.#known = 0;
    }
    return taken;
  }

  #begin<K>(among: Map<K, Counter>, key: K, of: Pick<Counter, 'name' | 'labels'>): Counter | null {
    if (this.#known >= mostCounters) return null;
    this.#known++;
    const counter: Counter = { ...of, by: 0, next: null };
    among.set(key, counter);
    return counter;
  }
}
