// An operator's hands in the spool: stop, let go, throw away, have back; and that a restart remembers it.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { contentOf, deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import type { DeliveryOutcome } from '../../model/delivery.ts';
import type { EventBody } from '../../model/events.ts';
import { reply } from '../../model/reply.ts';
import type { AuthorTold } from '../../model/spool.ts';
import { undoForMs } from './parked.ts';
import { createSpoolPlace } from './spool-place.ts';
import { Spool } from './spool.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;
const delivered: DeliveryOutcome = { kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null };
const away: DeliveryOutcome = { kind: 'unavailable', why: 'connection refused' };

interface House {
  readonly dir: string;
  readonly clock: { ms: number };
  readonly delivered: string[];
  readonly events: EventBody[];
  readonly held: string[];
  readonly told: string[];
  hub: DeliveryOutcome | Promise<DeliveryOutcome>;
  segmentBytes: number;
  mostDiscarded: number;
}

const houseAt = (t: Owner): House => ({
  dir: scratchDirectory(t, 'spool'),
  clock: { ms: Date.UTC(2026, 6, 1) },
  delivered: [],
  events: [],
  held: [],
  told: [],
  hub: away,
  segmentBytes: 1_000_000,
  mostDiscarded: 100,
});

async function open(t: Owner, house: House) {
  const { dir, clock, events } = house;
  const stock = new SharedStock(SharedStock.allocate());
  const record = (event: EventBody): void => void events.push(event);
  const now = (): number => clock.ms;
  const spool = new Spool({
    dir,
    stock,
    delivery: {
      deliver: async ({ reference }) => {
        const outcome = await house.hub;
        if (outcome.kind === 'delivered') house.delivered.push(reference);
        return outcome;
      },
    },
    routeOf: () => ({ route, away: null }),
    quarantine: {
      keep: ({ request }) => {
        house.held.push(request.reference);
        return Promise.resolve({ kind: 'kept', id: request.reference, expiresAt: 0 });
      },
    },
    tellAuthor: ({ envelope }): Promise<AuthorTold> => {
      house.told.push(envelope.id);
      return Promise.resolve('spf');
    },
    record,
    settings: () => ({ atOnce: 4, longestPauseMs: 1000 }),
    now,
    steady: now,
    mostDiscarded: house.mostDiscarded,
  });
  await spool.start();
  const place = createSpoolPlace({
    dir,
    name: 'smtp-1',
    stock,
    limits: () => ({ maxBytes: 1e9, maxMessages: 1e6, freeDisk: 0 }),
    keepForMs: () => 2 * undoForMs,
    record,
    kept: (items) => spool.take(items),
    now,
    steady: now,
    segmentBytes: house.segmentBytes,
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await place.close();
    await spool.close(1000);
  };
  t.after(close);
  const keep = async (...ids: readonly string[]): Promise<void> => {
    for (const reference of ids) {
      const request = deliveryRequest({ route, reference, content: contentOf(`Subject: ${reference}\r\n\r\nhello\r\n`) });
      const { kind } = await place.keep({ session: 's', request, proven: 'spf', subject: null, messageId: null, class: 'person', why: 'away' });
      assert.equal(kind, 'spooled');
    }
  };
  /** No try is under way: an operator can put a hand on every message. */
  const rest = (): Promise<unknown> => until('tries to end', () => spool.routes().every(({ away: why }) => why !== null) && house.hub === away);
  /** The hub is back. */
  const drain = (): void => {
    house.hub = delivered;
    clock.ms += 2000;
    spool.tick();
  };
  return { spool, stock, keep, close, rest, drain };
}

test('what is held is not tried, through a restart and beyond its time, until it is released', async (t) => {
  const house = houseAt(t);
  const one = await open(t, house);
  await one.keep('a', 'b');
  await one.rest();
  assert.deepEqual(one.spool.hold(['a', 'x'], 'ann'), [
    { id: 'a', error: null },
    { id: 'x', error: 'is no longer in the spool' },
  ]);
  assert.deepEqual(
    one.spool.list(10).map(({ id, held }) => [id, held]),
    [
      ['a', true],
      ['b', false],
    ],
  );
  one.drain();
  await until('b to leave', () => house.delivered.length === 1);
  await one.close();
  const next = await open(t, house);
  house.clock.ms += 3 * undoForMs;
  next.spool.tick();
  assert.deepEqual([next.spool.size, house.held, next.spool.routes()[0]?.messages ?? 1], [1, [], 1], 'its time does not run while it is held');
  assert.deepEqual(next.spool.release(['a'], 'ann'), [{ id: 'a', error: null }]);
  await until('a to leave', () => next.spool.size === 0);
  assert.deepEqual(house.delivered, ['b', 'a'], 'it is tried though its time is over');
  assert.deepEqual(
    house.events.flatMap((event) => (event.type === 'spool-changed' ? [[event.what, event.ref, event.by]] : [])),
    [
      ['stopped', 'a', 'ann'],
      ['released', 'a', 'ann'],
    ],
  );
});

test('what is discarded makes room at once, can be had back for a day, held as it was, and then it is gone', async (t) => {
  const house = houseAt(t);
  const one = await open(t, house);
  await one.keep('a', 'b', 'c');
  await one.rest();
  one.spool.hold(['b'], 'ann');
  const before = one.stock.read();
  assert.ok(one.spool.discard(['a', 'b', 'c'], 'ann').every(({ error }) => error === null));
  assert.deepEqual([before.pieces, one.stock.read().pieces, one.spool.size, one.spool.list(10)], [3, 0, 0, []]);
  await one.close();
  const next = await open(t, house);
  assert.deepEqual([next.spool.size, next.stock.read().pieces], [0, 0], 'a restart does not bring it back');
  assert.ok(next.spool.restore(['a', 'b'], 'ann').every(({ error }) => error === null));
  assert.deepEqual(
    next.spool.list(10).map(({ id, held }) => [id, held]),
    [
      ['a', false],
      ['b', true],
    ],
  );
  assert.equal(next.stock.read().pieces, 2);
  house.clock.ms += undoForMs;
  next.drain();
  await until('a to leave', () => house.delivered.length === 1);
  assert.deepEqual(next.spool.restore(['c'], 'ann'), [{ id: 'c', error: 'is no longer in the spool' }], 'a day later');
  await next.close();
  const last = await open(t, house);
  assert.deepEqual([house.delivered, last.spool.size, house.held], [['a'], 1, []], 'nothing discarded was ever delivered or reported');
});

test('of discarded messages the oldest go where there are too many', async (t) => {
  const house = houseAt(t);
  house.mostDiscarded = 2;
  const one = await open(t, house);
  await one.keep('a', 'b', 'c');
  await one.rest();
  one.spool.discard(['a', 'b', 'c'], 'ann');
  one.spool.tick();
  assert.deepEqual(
    one.spool.restore(['a', 'b', 'c'], 'ann').map(({ error }) => error === null),
    [false, true, true],
  );
});

test('what is being delivered at this moment is not touched, and said to be so', async (t) => {
  const house = houseAt(t);
  const answer = Promise.withResolvers<DeliveryOutcome>();
  house.hub = answer.promise;
  const one = await open(t, house);
  await one.keep('a');
  assert.match(one.spool.discard(['a'], 'ann')[0]?.error ?? '', /being delivered/);
  answer.resolve(delivered);
  await until('a to leave', () => one.spool.size === 0);
  assert.deepEqual(house.delivered, ['a']);
});

test('a list in portions leaves nothing out when messages go between them', async (t) => {
  const house = houseAt(t);
  const one = await open(t, house);
  await one.keep('a', 'b', 'c', 'd');
  await one.rest();
  const first = one.spool.list(2);
  one.spool.discard(['b'], 'ann');
  assert.deepEqual(
    one.spool.list(2, first.at(-1)?.number).map(({ id }) => id),
    ['c', 'd'],
  );
});

test('segments of the process before go as they are emptied, not at the next start', async (t) => {
  const house = houseAt(t);
  house.segmentBytes = 10;
  const one = await open(t, house);
  await one.keep('a', 'b', 'c');
  await one.rest();
  await one.close();
  const segments = (): readonly string[] => readdirSync(house.dir).filter((name) => name.endsWith('.seg'));
  assert.equal(segments().length, 3);
  const next = await open(t, house);
  next.drain();
  await until('all to leave', () => next.spool.size === 0);
  await until('the old ones to go', () => segments().length === 1);
  await next.keep('e');
  assert.deepEqual(segments().toSorted().at(-1), 'smtp-1-00000004.seg', 'no number is given twice');
});

test('its time is over: the author is told once, after it is marked, and not again by the next process', async (t) => {
  const house = houseAt(t);
  const one = await open(t, house);
  await one.keep('a');
  await one.rest();
  house.clock.ms += 2 * undoForMs;
  one.spool.tick();
  await until('it to be given up', () => one.spool.size === 0 && house.told.length === 1);
  await one.close();
  const next = await open(t, house);
  next.spool.tick();
  assert.deepEqual([next.spool.size, house.held, house.told], [0, ['a'], ['a']]);
});
