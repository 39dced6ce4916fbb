// Deadlines of many sessions watched by one timer. Setting a deadline is writing a number: an attacker who sends a byte at a time
// buys no timer work with it. The price is that a deadline is noticed up to one interval late.

/** Something that must not live past `deadline` (milliseconds of the sweep's clock; Infinity for none). Its owner moves the deadline (a field or a getter). */
export interface Expirable {
  readonly deadline: number;
  /** Called once, when the deadline has passed; the item is forgotten before. Must not throw. */
  expire(): void;
}

export interface DeadlineSweep {
  add(item: Expirable): void;
  remove(item: Expirable): void;
  stop(): void;
}

/** Looks at every item each `everyMs` milliseconds. The timer does not keep the process alive. */
export function createDeadlineSweep({ everyMs, now }: { readonly everyMs: number; readonly now: () => number }): DeadlineSweep {
  const items = new Set<Expirable>();
  const sweep = (): void => {
    const time = now();
    for (const item of items) {
      if (item.deadline > time) continue;
      items.delete(item);
      item.expire();
    }
  };
  const timer = setInterval(sweep, everyMs);
  timer.unref();
  return {
    add: (item) => void items.add(item),
    remove: (item) => void items.delete(item),
    stop: () => clearInterval(timer),
  };
}
