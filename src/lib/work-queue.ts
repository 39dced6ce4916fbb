// Costly work done a few at a time, with a bounded queue before it: whoever finds the queue full is told at once.

export interface WorkQueue {
  /** Starts the work when its turn comes; null when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T> | null;
}

/** At most `atOnce` pieces of work run and at most `maxWaiting` wait, first come first served. */
export function createWorkQueue({ atOnce, maxWaiting }: { readonly atOnce: number; readonly maxWaiting: number }): WorkQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function take<T>(work: () => Promise<T>): Promise<T> {
    // Whoever ends hands its place to the next in line, so `running` stays as it is for one that waited.
    if (running < atOnce) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return { run: (work) => (running >= atOnce && waiting.length >= maxWaiting ? null : take(work)) };
}
