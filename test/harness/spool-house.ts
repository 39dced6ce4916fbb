// A spool with the place of one door, a next hop that answers as a story wants, and a clock in the story's hands.
import assert from 'node:assert/strict';
import { createSpoolPlace } from '../../src/delivery/spool/spool-place.ts';
import { Spool } from '../../src/delivery/spool/spool.ts';
import { SharedStock } from '../../src/lib/shared-stock.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../../src/model/delivery.ts';
import type { EventBody } from '../../src/model/events.ts';
import type { HoldRequest } from '../../src/model/quarantine.ts';
import { reply } from '../../src/model/reply.ts';
import type { SpoolClass } from '../../src/model/spool.ts';
import { contentOf, deliveryRequest } from './delivery-request.ts';
import { scratchDirectory, type Owner } from './scratch.ts';
import { until } from './until.ts';

const address = { kind: 'smtp', host: '127.0.0.1', port: 25 } as const;
export const delivered: DeliveryOutcome = { kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: 'Q1' };
export const away: DeliveryOutcome = { kind: 'unavailable', why: 'connection refused' };

export interface SpoolHouse {
  readonly dir: string;
  /** `jumps`: by what the wall clock has been set forward or back. */
  readonly clock: { ms: number; jumps: number };
  readonly hub: { answer: (request: DeliveryRequest) => DeliveryOutcome | Promise<DeliveryOutcome> };
  readonly deliveries: { readonly id: string; readonly to: readonly string[]; readonly text: string }[];
  readonly held: HoldRequest[];
  readonly events: EventBody[];
  /** The route has been taken out of the configuration. */
  gone?: boolean;
}

interface Sketch {
  readonly to?: readonly string[];
  readonly text?: string;
  readonly ofClass?: SpoolClass;
  /** ENVID and NOTIFY (RFC 3461). */
  readonly envid?: string;
  readonly notify?: string;
}

export const houseAt = (t: Owner): SpoolHouse => ({
  dir: scratchDirectory(t, 'spool'),
  clock: { ms: Date.UTC(2026, 6, 1), jumps: 0 },
  hub: { answer: () => delivered },
  deliveries: [],
  held: [],
  events: [],
});

/** A spool and the place of one door, as a process has them; another call is another process on the same folder. */
export async function openSpool(t: Owner, house: SpoolHouse, segmentBytes = 1_000_000) {
  const stock = new SharedStock(SharedStock.allocate());
  const { dir, clock, hub, deliveries, held, events } = house;
  const record = (event: EventBody): void => void events.push(event);
  const spool = new Spool({
    dir,
    stock,
    delivery: {
      deliver: async (request) => {
        const text: Buffer[] = [];
        for await (const chunk of request.content.chunks()) text.push(chunk);
        deliveries.push({ id: request.reference, to: request.recipients.map((to) => to.text), text: Buffer.concat(text).toString() });
        return hub.answer(request);
      },
    },
    routeOf: (key) => ({ route: { key, address }, away: house.gone === true ? 'no such route' : null }),
    quarantine: {
      keep: (hold) => {
        held.push(hold);
        return Promise.resolve({ kind: 'kept', id: hold.request.reference, expiresAt: 0 });
      },
    },
    tellAuthor: () => Promise.resolve('unproven'),
    record,
    settings: () => ({ atOnce: 4, longestPauseMs: 60_000 }),
    now: () => clock.ms + clock.jumps,
    steady: () => clock.ms,
  });
  await spool.start();
  const limits = { maxBytes: 1e9, maxMessages: 1e6, freeDisk: 0 };
  const place = createSpoolPlace({
    dir,
    name: 'smtp-1',
    stock,
    limits: () => limits,
    keepForMs: () => 86_400_000,
    record,
    kept: (items) => spool.take(items),
    now: () => clock.ms + clock.jumps,
    steady: () => clock.ms,
    segmentBytes,
  });
  t.after(async () => {
    await place.close();
    await spool.close(1000);
  });
  const keep = async (id: string, { to = ['user@hub.example'], text = `Subject: ${id}\r\n\r\nhello\r\n`, ofClass = 'person', envid, notify }: Sketch = {}) => {
    const made = deliveryRequest({ route: { key: 'hub', address }, reference: id, to, content: contentOf(text) });
    const request = {
      ...made,
      parameters: { ...made.parameters, ...(envid !== undefined && { envid }) },
      recipients: made.recipients.map((each) => ({ ...each, ...(notify !== undefined && { notify }) })),
    };
    const outcome = await place.keep({ session: 's', request, proven: null, subject: id, messageId: null, class: ofClass, why: 'away' });
    assert.equal(outcome.kind, 'spooled');
  };
  return { spool, stock, keep, close: () => place.close().then(() => spool.close(1000)) };
}

export const idsOf = ({ deliveries }: SpoolHouse) => deliveries.map(({ id }) => id);
export const isEmpty = ({ spool }: { spool: Spool }) => until('the spool to be empty', () => spool.size === 0);
