// What a selection comes to, before anything is done: how many, how much, from whom, and some of them to look at.
import type { QueueItem } from './mail-queue.ts';

export interface Preview {
  readonly count: number;
  readonly bytes: number;
  /** Messages of each store. */
  readonly stores: Readonly<Record<string, number>>;
  /** Senders with most messages, at most ten. */
  readonly senders: readonly { readonly from: string; readonly count: number }[];
  /** Milliseconds since the epoch; null without a message. */
  readonly oldest: number | null;
  readonly newest: number | null;
  /** Evenly over the selection, at most five. */
  readonly samples: readonly QueueItem[];
}

const mostSenders = 10;
const mostSamples = 5;

/** Sums a selection up. */
export function previewOf(items: readonly QueueItem[]): Preview {
  const senders = new Map<string, number>();
  const stores: Record<string, number> = {};
  let [bytes, oldest, newest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { from, store, size, queuedAt } of items) {
    senders.set(from, (senders.get(from) ?? 0) + 1);
    stores[store] = (stores[store] ?? 0) + 1;
    bytes += size;
    oldest = Math.min(oldest, queuedAt);
    newest = Math.max(newest, queuedAt);
  }
  const count = items.length;
  const step = Math.max(1, Math.ceil(count / mostSamples));
  return {
    count,
    bytes,
    stores,
    senders: [...senders]
      .map(([from, messages]) => ({ from, count: messages }))
      .toSorted((one, other) => other.count - one.count || (one.from < other.from ? -1 : 1))
      .slice(0, mostSenders),
    oldest: count === 0 ? null : oldest,
    newest: count === 0 ? null : newest,
    samples: items.filter((_, at) => at % step === 0).slice(0, mostSamples),
  };
}
