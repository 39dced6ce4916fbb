// Waiting for another program's doing (a file it writes, a line it logs). There is no event to listen to, so we look again and again.

/** Soon at first; whoever waits long looks seldom, so that the looking does not slow down what is awaited. */
const lookAgainMs = (waitedMs: number): number => Math.min(200, 15 + waitedMs / 20);

/** In milliseconds: far more than anything here takes, on a machine that is slow and does other work. Only what will never come is waited for so long. */
export const patienceMs = 45_000;

/** Resolves with the first value of `look` that is neither false, null nor undefined; rejects, saying what was awaited, after `timeoutMs`. */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = patienceMs): Promise<NonNullable<Exclude<T, false>>> {
  const since = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) return seen as NonNullable<Exclude<T, false>>;
    const waitedMs = performance.now() - since;
    if (waitedMs > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs(waitedMs)));
  }
}

/** Rejects after `timeoutMs` when the promise has not settled, saying what was awaited. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
