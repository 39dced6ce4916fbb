// The gateway's own quarantine as one of the queues of `floodgate queue`, asked through the daemon.
import type { HandledList, HeldList, ShownHeld } from '../delivery/quarantine/desk.ts';
import type { Preview } from '../delivery/quarantine/preview.ts';
import type { Handled, MailQueue, QueueItem } from '../respond/queues/mail-queue.ts';
import { askDaemon, callDaemon, NoDaemon } from './daemon.ts';

const path = '/api/v1/quarantine';
/** Messages the gateway is asked for at once, and named to it at once: its own bounds. */
const pageSize = 500;

/** Held mail is held already; it keeps what is discarded by itself for as long as quarantine.undoFor says. */
export function heldQueue(stateDir: string): MailQueue {
  const seen = new Map<string, ShownHeld>();
  const act = async (verb: string, ids: readonly string[]): Promise<readonly Handled[]> => {
    const handled: Handled[] = [];
    for (let at = 0; at < ids.length; at += pageSize) {
      for (let after: string | null | undefined; after !== null;) {
        const body = { ids: ids.slice(at, at + pageSize), ...(after === undefined ? {} : { after }) };
        const answer = (await askDaemon(stateDir, 'POST', `${path}/${verb}`, body)) as HandledList; // our own daemon answers: delivery/quarantine/desk.ts
        handled.push(...answer.results.map((result) => ({ id: result.id, error: result.ok ? null : result.error })));
        after = answer.next;
      }
    }
    return handled;
  };
  return {
    name: 'quarantine',
    async *list() {
      seen.clear();
      for (let after: string | null | undefined; after !== null;) {
        const query = new URLSearchParams({ limit: String(pageSize), ...(after === undefined ? {} : { after }) });
        const { items, next } = (await askDaemon(stateDir, 'GET', `${path}?${query.toString()}`)) as HeldList; // as above
        for (const item of items) {
          seen.set(item.id, item);
          yield itemOf(item);
        }
        after = next;
      }
    },
    async open(id) {
      const item = seen.get(id);
      const { status, json } = await callDaemon(stateDir, 'POST', `${path}/${encodeURIComponent(id)}/preview`);
      if (item === undefined || status !== 200) return null;
      const { header, text } = json as Preview; // as above
      return { user: item.user, ip: item.ip, beginning: Buffer.from([...header, '', ...text].join('\n')) };
    },
    endOfHold: () => Promise.resolve(null),
    hold: (ids) => Promise.resolve(ids.map((id) => ({ id, error: null }))),
    release: (ids) => act('release', ids),
    remove: (ids) => act('discard', ids),
    undoing: { kind: 'store', bringBack: (ids) => act('undo', ids) },
  };
}

/** Whether a gateway runs on this state directory and may be asked. */
export async function hasGateway(stateDir: string): Promise<boolean> {
  try {
    await callDaemon(stateDir, 'GET', '/healthz');
    return true;
  } catch (error) {
    if (error instanceof NoDaemon) return false;
    throw error;
  }
}

const itemOf = ({ id, store, queuedAt, from, to, size, reason, incident }: ShownHeld): QueueItem => ({
  id,
  store,
  queuedAt: Date.parse(queuedAt),
  from,
  to,
  size,
  reason,
  incident,
  held: true,
});
