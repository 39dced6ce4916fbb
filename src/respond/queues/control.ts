// Queues of the machine's mail servers as the API has them: a look, and hold or discard. The number comes first: whoever acts says how many messages
// he means, as a look without that has told him, and where there are others by now nothing is done.
import { z } from '../../lib/zod.ts';
import type { Recorder } from '../../model/events.ts';
import { carryOut, select } from './desk.ts';
import type { KeptActions } from './kept-actions.ts';
import { QueueTrouble, type MailQueue, type QueueItem } from './mail-queue.ts';
import { previewOf, type Preview } from './preview.ts';
import { fitsOf, type LookAt, type Selection } from './selection.ts';

/** A server of this machine; `why` its queue cannot be asked, null where it can. */
export interface AskedStore {
  readonly store: string;
  readonly why: string | null;
}

/** A message as it is shown; times are ISO 8601 UTC. */
export interface ShownMessage extends Omit<QueueItem, 'queuedAt'> {
  readonly queuedAt: string;
}

interface Looked {
  readonly ok: true;
  readonly stores: readonly AskedStore[];
  readonly items: readonly ShownMessage[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

interface Previewed extends Omit<Preview, 'oldest' | 'newest' | 'samples'> {
  readonly ok: true;
  /** Nothing was done. */
  readonly preview: true;
  readonly asked: readonly AskedStore[];
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly samples: readonly ShownMessage[];
}

interface Acted {
  readonly ok: true;
  readonly preview: false;
  /** Name by which `floodgate queue undo` takes it back. */
  readonly action: string;
  readonly undoUntil: string;
  readonly messages: number;
  /** Messages that could not be handled, and the first of them. */
  readonly failed: number;
  readonly failures: readonly { readonly store: string; readonly id: string; readonly error: string }[];
}

/** `isOther`: the selection is understood, but the queues are not as whoever asks believes. */
type Refused = { readonly ok: false; readonly error: string; readonly isOther: boolean };

export interface QueueControl {
  list(query: unknown): Promise<Looked | Refused>;
  act(verb: 'hold' | 'discard', raw: unknown, by: string): Promise<Previewed | Acted | Refused>;
}

export interface QueueControlParts {
  /** The queues of the servers that are installed. */
  open(): Promise<readonly MailQueue[]>;
  readonly actions: KeptActions;
  readonly lookAt: LookAt;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Messages of one order at most: more take minutes, for which a request is no place. */
const mostActedOn = 5000;
const mostListed = 1000;
const mostNamed = 1000;
const mostFailures = 20;
/** Requests that wait for the one before: each asks programs, and may read ten thousand messages. */
const mostWaiting = 4;

const words = {
  sender: z.string().max(320).optional(),
  recipient: z.string().max(320).optional(),
  user: z.string().max(320).optional(),
  origin: z.string().max(64).optional(),
  subject: z.string().max(200).optional(),
};
const toList = z.strictObject({ ...words, limit: z.coerce.number().int().min(1).max(mostListed).default(100) });
const toActOn = z.strictObject({
  ...words,
  ids: z.array(z.string().max(100)).min(1).max(mostNamed).optional(),
  all: z.literal(true).optional(),
  expect: z.number().int().min(1).max(mostActedOn).optional(),
});

type Words = Pick<z.infer<typeof toActOn>, 'sender' | 'recipient' | 'user' | 'origin' | 'subject' | 'ids' | 'all'>;

/** One request after the other. */
export function createQueueControl(parts: QueueControlParts): QueueControl {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T | Refused>): Promise<T | Refused> => {
    if (waiting >= mostWaiting) return refusedFor('the queues are being asked already; try again in a moment', true);
    waiting += 1;
    const mine = last.then(work).catch((error: unknown) => {
      if (error instanceof QueueTrouble) return refusedFor(error.message);
      throw error;
    });
    last = mine.catch(() => undefined);
    return mine.finally(() => {
      waiting -= 1;
    });
  };
  return {
    list: (query) =>
      inTurn(async () => {
        const asked = toList.safeParse(query);
        if (!asked.success) return refusedFor(z.prettifyError(asked.error));
        const { limit, ...said } = asked.data;
        const { items, stores } = await find(parts, said, limit + 1);
        return { ok: true, stores, items: items.slice(0, limit).map(shown), more: items.length > limit };
      }),
    act: (verb, raw, by) => inTurn(() => act(parts, verb, raw, by)),
  };
}

const refusedFor = (error: string, isOther = false): Refused => ({ ok: false, error, isOther });

async function act(parts: QueueControlParts, verb: 'hold' | 'discard', raw: unknown, by: string): Promise<Previewed | Acted | Refused> {
  const read = toActOn.safeParse(raw);
  if (!read.success) return refusedFor(z.prettifyError(read.error));
  const { expect, ...said } = read.data;
  if (Object.keys(said).length === 0) return refusedFor('nothing is selected: name ids, say what the messages have in common, or say all');
  const { items: found, stores, queues } = await find(parts, said, mostActedOn + 1);
  if (found.length > mostActedOn) return refusedFor(`more than ${mostActedOn} messages fit: say more of them, or use \`floodgate queue ${verb}\``);
  const items = verb === 'hold' ? found.filter(({ held }) => !held) : found;
  if (expect === undefined) return previewed(items, stores);
  if (expect !== items.length) return refusedFor(`nothing was done: ${items.length} messages fit by now, not ${expect}`, true);
  return carriedOut(parts, { verb, by, about: aboutOf(said), items, queues });
}

interface Order {
  readonly verb: 'hold' | 'discard';
  readonly by: string;
  readonly about: string;
  readonly items: readonly QueueItem[];
  readonly queues: readonly MailQueue[];
}

async function carriedOut({ actions, record, now }: QueueControlParts, { verb, by, about, items, queues }: Order): Promise<Acted> {
  const bytes = items.reduce((sum, { size }) => sum + size, 0);
  await (verb === 'discard' ? actions.requireRoom(items.length, bytes) : actions.requireRoom(0, 0));
  await actions.list(now()); // what is over goes
  const places = queues.map(({ name }) => ({ store: name }));
  const action = await actions.begin({ verb, at: now(), by, about, places, measure: null });
  const failures: { store: string; id: string; error: string }[] = [];
  let messages = 0;
  for await (const { id, store, error } of carryOut(queues, action, items, actions))
    if (error === null) messages += 1;
    else failures.push({ store, id, error });
  record({ type: 'queue-handled', verb, action: action.id, by, about, messages, failed: failures.length });
  return {
    ok: true,
    preview: false,
    action: action.id,
    undoUntil: iso(action.until),
    messages,
    failed: failures.length,
    failures: failures.slice(0, mostFailures),
  };
}

/** Messages that fit, at most so many, and which servers were asked. One that cannot be asked is told of and left out. */
async function find({ open, lookAt }: QueueControlParts, said: Words, most: number) {
  const selection = selectionOf(said);
  fitsOf(selection); // words that mean nothing are trouble of who asks, not of a queue
  const queues = await open();
  const items: QueueItem[] = [];
  const stores: AskedStore[] = [];
  const reached: MailQueue[] = [];
  for (const queue of queues) {
    try {
      for await (const item of select([queue], selection, lookAt)) {
        if (items.length >= most) break;
        items.push(item);
      }
      stores.push({ store: queue.name, why: null });
      reached.push(queue);
    } catch (error) {
      if (!(error instanceof QueueTrouble)) throw error;
      stores.push({ store: queue.name, why: error.message });
    }
  }
  return { items: items.filter(({ store }) => reached.some(({ name }) => name === store)), stores, queues: reached };
}

function selectionOf({ ids, sender, recipient, user, origin, subject }: Words): Selection {
  const said = Object.fromEntries(Object.entries({ sender, recipient, user, origin, subject }).filter(([, value]) => value !== undefined));
  return { words: said, ids: ids === undefined ? null : new Set(ids), before: null, like: null, incident: null };
}

const previewed = (items: readonly QueueItem[], asked: readonly AskedStore[]): Previewed => {
  const { oldest, newest, samples, ...rest } = previewOf(items);
  return {
    ok: true,
    preview: true,
    ...rest,
    asked,
    oldest: oldest === null ? null : iso(oldest),
    newest: newest === null ? null : iso(newest),
    samples: samples.map(shown),
  };
};

/** The selection in words, for the list of actions. */
function aboutOf({ ids, all, ...said }: Words): string {
  const parts = Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  if (ids !== undefined) parts.push(`${ids.length} named`);
  return parts.length === 0 && all === true ? 'everything' : parts.join(', ');
}

const shown = ({ queuedAt, ...item }: QueueItem): ShownMessage => ({ ...item, queuedAt: iso(queuedAt) });
const iso = (ms: number): string => new Date(ms).toISOString();
