// The gateway's own spool as one of the queues of `floodgate queue`, asked through the daemon.
import type { ShownSpooled, SpoolActed, SpooledList, SpooledPreview } from '../delivery/spool/desk.ts';
import type { Handled, MailQueue, QueueItem } from '../respond/queues/mail-queue.ts';
import { askDaemon, callDaemon } from './daemon.ts';

const path = '/api/v1/spool';
/** Messages the gateway is asked for at once, and named to it at once: its own bounds. */
const pageSize = 1000;

/** What is discarded stays in the spool, out of the traffic, for a day: nothing of it is copied. */
export function spooledQueue(stateDir: string): MailQueue {
  const act = async (verb: string, ids: readonly string[]): Promise<readonly Handled[]> => {
    const handled: Handled[] = [];
    for (let at = 0; at < ids.length; at += pageSize) {
      const answer = await askDaemon(stateDir, 'POST', `${path}/${verb}`, { ids: ids.slice(at, at + pageSize) });
      const { results } = answer as Extract<SpoolActed, { ok: true }>; // our own daemon answers: delivery/spool/desk.ts
      handled.push(...results.map((result) => ({ id: result.id, error: result.ok ? null : result.error })));
    }
    return handled;
  };
  return {
    name: 'floodgate',
    async *list() {
      for (let after: number | null = 0; after !== null;) {
        const portion: SpooledList = (await askDaemon(stateDir, 'GET', `${path}?limit=${pageSize}&after=${after}`)) as SpooledList; // as above
        yield* portion.items.map(itemOf);
        after = portion.next;
      }
    },
    async open(id) {
      const { status, json } = await callDaemon(stateDir, 'POST', `${path}/${encodeURIComponent(id)}/preview`);
      if (status !== 200) return null;
      const { header, text, user, ip } = json as SpooledPreview; // as above
      return { user, ip, beginning: Buffer.from([...header, '', ...text].join('\n')) };
    },
    endOfHold: () => Promise.resolve(null),
    hold: (ids) => act('hold', ids),
    release: (ids) => act('release', ids),
    remove: (ids) => act('discard', ids),
    undoing: { kind: 'store', bringBack: (ids) => act('undo', ids) },
  };
}

const itemOf = ({ id, store, queuedAt, from, to, size, reason, held }: ShownSpooled): QueueItem => ({
  id,
  store,
  queuedAt: Date.parse(queuedAt),
  from,
  to,
  size,
  reason: held ? `held; ${reason}` : reason,
  incident: null,
  held,
});
