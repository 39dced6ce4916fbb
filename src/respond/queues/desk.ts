// What an operator does with mail queues: select, hold, release, discard, undo. A discarded message is held, kept on our disk with its envelope and
// only then removed, so that at every moment it is in its queue or kept, and never tried meanwhile.
import type { KeptActions, KeptMessage, QueueAction, Step } from './kept-actions.ts';
import { shinglesOf } from './likeness.ts';
import { type Handled, type MailQueue, QueueTrouble, type QueueItem, type StoreName } from './mail-queue.ts';
import { fitsOf, lookedAtBytes, type LookAt, type Selection } from './selection.ts';
import { inBatches } from './spool-reading.ts';

/** What became of one message of a store. */
export interface HandledInStore extends Handled {
  readonly store: StoreName;
}

/** Messages held, kept and removed together. */
const batchSize = 500;
/** Messages that are copied at the same time: their waits for the disk become one. */
const copiedAtOnce = 16;

/** Messages that fit, store by store. */
export async function* select(queues: readonly MailQueue[], selection: Selection, lookAt: LookAt): AsyncGenerator<QueueItem> {
  const fits = fitsOf(selection);
  for (const queue of queues) {
    for await (const item of queue.list()) {
      if (!fits.item(item)) continue;
      const test = fits.message(item);
      if (test !== null) {
        const opened = await queue.open(item.id, lookedAtBytes);
        if (opened === null || !test(opened, lookAt(opened))) continue;
      }
      yield selection.incident === null ? item : { ...item, incident: selection.incident.id };
    }
  }
}

/** The words of the message that others are to be like, found by its queue id or its Message-ID. */
export async function exemplar(queues: readonly MailQueue[], wanted: string, lookAt: LookAt): Promise<ReturnType<typeof shinglesOf>> {
  const messageId = wanted.replace(/^<|>$/g, '');
  for (const queue of queues) {
    for await (const { id } of queue.list()) {
      if (id !== wanted && !messageId.includes('@')) continue;
      const opened = await queue.open(id, lookedAtBytes);
      const look = opened === null ? null : lookAt(opened);
      if (look === null || (id !== wanted && look.messageId?.replace(/^<|>$/g, '') !== messageId)) continue;
      const shingles = shinglesOf(`${look.subject}\n${look.text}`);
      if (shingles.size === 0) throw new QueueTrouble(`${wanted} has no words to compare`);
      return shingles;
    }
  }
  throw new QueueTrouble(`no message ${wanted} is in a queue`);
}

/** Does what an action says to these messages, in batches; what was meant is written down before. */
export async function* carryOut(
  queues: readonly MailQueue[],
  action: QueueAction,
  items: readonly QueueItem[],
  actions: KeptActions,
): AsyncGenerator<HandledInStore> {
  for (const queue of queues) {
    const mine = items.filter(({ store }) => store === queue.name);
    for (let at = 0; at < mine.length; at += batchSize) {
      const batch = mine.slice(at, at + batchSize);
      await actions.mean(
        action,
        batch.map(({ store, id, held }) => ({ store, id, wasHeld: held })),
      );
      for (const handled of await handle(queue, action, batch, actions)) yield { ...handled, store: queue.name };
    }
  }
}

function handle(queue: MailQueue, action: QueueAction, batch: readonly QueueItem[], actions: KeptActions): Promise<readonly Handled[]> {
  switch (action.verb) {
    case 'hold':
      return hold(queue, action, batch);
    case 'release':
      return queue.release(batch.map(({ id }) => id));
    case 'discard':
      return discard(queue, action, batch, actions);
    default:
      throw new Error(`no verb ${String(action.verb satisfies never)}`);
  }
}

async function hold(queue: MailQueue, action: QueueAction, batch: readonly QueueItem[]): Promise<readonly Handled[]> {
  const free = batch.filter(({ held }) => !held).map(({ id }) => id);
  const handled = free.length === 0 ? [] : await queue.hold(free, `floodgate ${action.id}`);
  return [...handled, ...batch.filter(({ held }) => held).map(({ id }) => ({ id, error: null }))];
}

async function discard(queue: MailQueue, action: QueueAction, batch: readonly QueueItem[], actions: KeptActions): Promise<readonly Handled[]> {
  const { undoing } = queue;
  if (undoing.kind === 'store') return queue.remove(batch.map(({ id }) => id));
  const heldNow = await hold(queue, action, batch);
  const failed = heldNow.filter(({ error }) => error !== null);
  const isHeld = new Set(heldNow.filter(({ error }) => error === null).map(({ id }) => id));
  const kept: string[] = [];
  const copy = async (item: QueueItem): Promise<Handled> => {
    try {
      await actions.keep(action, item, await undoing.filesOf(item.id));
      return { id: item.id, error: null };
    } catch (error) {
      return { id: item.id, error: `stays on hold, because it could not be kept: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  for await (const copied of inBatches(
    batch.filter(({ id }) => isHeld.has(id)),
    copy,
    copiedAtOnce,
  )) {
    if (copied.error === null) kept.push(copied.id);
    else failed.push(copied);
  }
  if (kept.length === 0) return failed;
  await actions.settle(action, queue.name);
  const removed = await queue.remove(kept);
  // What is still in its queue must not come back a second time.
  for (const { id, error } of removed) if (error !== null) await actions.forget(action, { store: queue.name, id, wasHeld: false });
  return [...failed, ...removed];
}

/** Undoes an action: what was removed is put back, what was held is released, what was released is held. Can be repeated. */
export async function* undo(queues: readonly MailQueue[], action: QueueAction, actions: KeptActions): AsyncGenerator<HandledInStore> {
  const steps = await actions.steps(action);
  for (const queue of queues) {
    const mine = steps.filter(({ store }) => store === queue.name);
    const back = await undoIn(queue, action, mine, actions);
    for (const handled of back) yield { ...handled, store: queue.name };
  }
}

async function undoIn(queue: MailQueue, action: QueueAction, steps: readonly Step[], actions: KeptActions): Promise<readonly Handled[]> {
  const ids = [...new Set(steps.map(({ id }) => id))];
  if (ids.length === 0) return [];
  if (action.verb === 'discard' && queue.undoing.kind === 'store') return queue.undoing.bringBack(ids);
  const back = action.verb === 'discard' ? await putAllBack(queue, action, actions) : [];
  const there = new Map<string, boolean>();
  for await (const { id, held } of queue.list()) there.set(id, held);
  if (action.verb === 'release')
    return queue.hold(
      ids.filter((id) => there.get(id) === false),
      `floodgate ${action.id}`,
    );
  const ours = new Set(steps.filter(({ wasHeld }) => !wasHeld).map(({ id }) => id));
  const brought = back.flatMap(({ message, error, id }) => (error === null && !message.wasHeld ? [id] : []));
  const toRelease = [...brought, ...[...ours].filter((id) => there.get(id) === true && !brought.includes(id))];
  const released = toRelease.length === 0 ? [] : await queue.release(toRelease);
  // Not before: an undo that is cut off must find what it has put back and not yet released.
  for (const { message, error } of back) if (error === null) await actions.forget(action, message);
  return [...back.flatMap(({ message, id, error }) => (error !== null || message.wasHeld ? [{ id, error }] : [])), ...released];
}

interface PutBack extends Handled {
  readonly message: KeptMessage;
}

/** Kept messages of a queue into it again, held. */
async function putAllBack(queue: MailQueue, action: QueueAction, actions: KeptActions): Promise<readonly PutBack[]> {
  const back: PutBack[] = [];
  for await (const message of actions.kept(action)) {
    if (message.store !== queue.name || queue.undoing.kind !== 'files') continue;
    const announce = (name: string): Promise<void> => actions.announce(action, message, name);
    try {
      const id = await queue.undoing.putBack(message.id, message.files, { before: message.announced, announce });
      back.push({ message, id, error: null });
    } catch (error) {
      back.push({ message, id: message.id, error: `is still kept: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  return back;
}
