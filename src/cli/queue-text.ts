// How queues look on a terminal. What strangers wrote is shown with control characters as their code.
import { sizeText } from '../config/units.ts';
import { escapeUnsafe } from '../events/log-line.ts';
import type { QueueAction } from '../respond/queues/kept-actions.ts';
import type { QueueItem } from '../respond/queues/mail-queue.ts';
import type { Preview } from '../respond/queues/preview.ts';

/** A message as `queue list --json` gives it. */
export interface ShownItem {
  readonly id: string;
  readonly store: string;
  readonly queuedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly size: number;
  readonly reason: string;
  readonly incident: string | null;
}

/** The fields of an item that are promised, times as ISO 8601 UTC. */
export const shownItem = ({ id, store, queuedAt, from, to, size, reason, incident }: QueueItem): ShownItem => ({
  id,
  store,
  queuedAt: iso(queuedAt),
  from,
  to,
  size,
  reason,
  incident,
});

/** One line for a message. */
export function itemLine({ id, store, queuedAt, from, to, size, reason, incident }: QueueItem): string {
  const [first = '', ...others] = to;
  const more = others.length === 0 ? '' : ` +${others.length}`;
  const about = incident === null ? '' : `  incident ${incident}`;
  return escapeUnsafe(`${store.padEnd(10)} ${id}  ${iso(queuedAt)}  <${from}> -> <${first}>${more}  ${size} bytes${about}  ${reason}`.trimEnd());
}

/** What would be done, for a person. */
export function previewText(verb: string, { count, bytes, stores, senders, oldest, newest, samples }: Preview): string {
  if (count === 0) return 'nothing fits\n';
  const lines = [
    `${verb} would concern ${plural(count, 'message')} (${roughly(bytes)}): ${Object.entries(stores)
      .map(([store, messages]) => `${store} ${messages}`)
      .join(', ')}`,
    ...(oldest === null || newest === null ? [] : [`queued from ${iso(oldest)} to ${iso(newest)}`]),
    'senders with most',
    ...senders.map(({ from, count: messages }) => `  ${String(messages).padStart(8)}  <${escapeUnsafe(from)}>`),
    'some of them',
    ...samples.map((item) => `  ${itemLine(item)}`),
    'nothing was done; the same command with --yes does it',
  ];
  return `${lines.join('\n')}\n`;
}

/** The same as JSON. */
export const shownPreview = (verb: string, { oldest, newest, samples, ...rest }: Preview): object => ({
  preview: true,
  verb,
  ...rest,
  oldest: oldest === null ? null : iso(oldest),
  newest: newest === null ? null : iso(newest),
  samples: samples.map(shownItem),
});

/** One line for an action that can be undone. */
export const actionLine = ({ id, verb, at, until, by, about, measure }: QueueAction, messages: number): string =>
  escapeUnsafe(
    `${id}  ${verb.padEnd(7)} ${iso(at)} by ${by}: ${plural(messages, 'message')}, ${about}; can be undone until ${iso(until)}${measure === null ? '' : `; measure ${measure}`}`,
  );

/** The same as JSON. */
export const shownAction = ({ id, verb, at, until, by, about, measure }: QueueAction, messages: number): object => ({
  action: id,
  verb,
  at: iso(at),
  undoUntil: iso(until),
  by,
  about,
  measure,
  messages,
});

/** A size as people say it: `206 bytes`, `2 KiB`. */
export const roughly = (bytes: number): string => (bytes < 1024 ? plural(bytes, 'byte') : sizeText(Math.round(bytes / 1024) * 1024));

/** `1 message`, `2 messages`. */
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const iso = (ms: number): string => new Date(ms).toISOString();
