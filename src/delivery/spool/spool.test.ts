import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf, deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../../model/delivery.ts';
import type { EventBody } from '../../model/events.ts';
import { reply } from '../../model/reply.ts';
import type { HoldRequest } from '../../model/quarantine.ts';
import type { SpoolClass } from '../../model/spool.ts';
import { createSpoolPlace } from './spool-place.ts';
import { Spool } from './spool.ts';

const address = { kind: 'smtp', host: '127.0.0.1', port: 25 } as const;
const delivered: DeliveryOutcome = { kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: 'Q1' };
const away: DeliveryOutcome = { kind: 'unavailable', why: 'connection refused' };

interface House {
  readonly dir: string;
  readonly clock: { ms: number };
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
}

const houseAt = (t: Owner): House => ({
  dir: scratchDirectory(t, 'spool'),
  clock: { ms: 1000 },
  hub: { answer: () => delivered },
  deliveries: [],
  held: [],
  events: [],
});

/** A spool and the place of one door, as a process has them; another call is another process on the same folder. */
async function open(t: Owner, house: House, segmentBytes = 1_000_000) {
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
    settings: () => ({ connections: 4, longestPauseMs: 60_000 }),
    now: () => clock.ms,
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
    now: () => clock.ms,
    segmentBytes,
  });
  t.after(async () => {
    await place.close();
    await spool.close(1000);
  });
  const keep = async (id: string, { to = ['user@hub.example'], text = `Subject: ${id}\r\n\r\nhello\r\n`, ofClass = 'person' }: Sketch = {}) => {
    const request = deliveryRequest({ route: { key: 'hub', address }, reference: id, to, content: contentOf(text) });
    const outcome = await place.keep({ session: 's', request, proven: null, subject: id, messageId: null, class: ofClass, why: 'away' });
    assert.equal(outcome.kind, 'spooled');
  };
  return { spool, stock, keep, close: () => place.close().then(() => spool.close(1000)) };
}

const idsOf = ({ deliveries }: House) => deliveries.map(({ id }) => id);
const isEmpty = ({ spool }: { spool: Spool }) => until('the spool to be empty', () => spool.size === 0);

test('what waited goes out in the order in which it came, as it came, and leaves nothing behind', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house, 100);
  for (const id of ['a', 'b', 'c', 'd', 'e']) await one.keep(id);
  await until('a try', () => house.deliveries.length > 0);
  assert.equal(new Set(idsOf(house)).size, 1, 'one message alone asks whether the hub is back');
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  house.clock.ms += 1000;
  one.spool.tick();
  await isEmpty(one);
  assert.equal(idsOf(house)[0], 'a');
  assert.deepEqual(idsOf(house).sort(), ['a', 'b', 'c', 'd', 'e'], 'each once; several at a time may overtake each other by a little');
  assert.equal(house.deliveries.find(({ id }) => id === 'c')?.text, 'Subject: c\r\n\r\nhello\r\n');
  assert.deepEqual(one.stock.read(), { pieces: 0, bytes: 0 });
  await until('old segments to go', () => readdirSync(house.dir).filter((name) => name.endsWith('.seg')).length === 1);
  const again = await open(t, house);
  assert.equal(again.spool.size, 0, 'a new process has nothing to deliver twice');
});

test('a next hop that stays away is asked less and less often', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house);
  await one.keep('a');
  await until('the first try', () => one.spool.routes()[0]?.away === 'connection refused');
  const times: number[] = [];
  for (let second = 0; second < 300; second += 1) {
    house.clock.ms += 1000;
    const before = house.deliveries.length;
    one.spool.tick();
    await new Promise((resolve) => setImmediate(resolve));
    await until('the try to end', () => one.spool.routes()[0]?.messages === 1);
    if (house.deliveries.length > before) times.push(second);
  }
  assert.ok(house.deliveries.length < 15, `${house.deliveries.length} tries in five minutes`);
});

test('people first, bulk last', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house);
  await one.keep('list', { ofClass: 'bulk' });
  await one.keep('robot', { ofClass: 'automatic' });
  await one.keep('list-2', { ofClass: 'bulk' });
  await one.keep('human');
  await until('the first try', () => one.spool.routes()[0]?.away !== null);
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  one.spool.retryNow();
  await isEmpty(one);
  const order = idsOf(house);
  assert.equal(order[0], 'human');
  assert.ok(order.indexOf('robot') < 3, 'two at once may overtake each other by one');
});

test('refused for good: kept for a person, with the words of the next hop; those who were taken are served alone', async (t) => {
  const house = houseAt(t);
  const noSuch = reply(550, '5.1.1', 'No such user');
  house.hub.answer = ({ recipients }) => {
    const perRecipient = recipients.map((to) => ({ to, hubReply: to.localPart === 'gone' ? noSuch : reply(250, '2.1.5', 'Ok') }));
    if (perRecipient.every(({ hubReply }) => hubReply === noSuch)) return { kind: 'refused', hubReply: noSuch, at: 'rcpt' };
    return perRecipient.some(({ hubReply }) => hubReply === noSuch) ? { kind: 'mixed', at: 'rcpt', perRecipient } : delivered;
  };
  const one = await open(t, house);
  await one.keep('a', { to: ['user@hub.example', 'gone@hub.example'] });
  await isEmpty(one);
  assert.deepEqual(house.deliveries.at(-1)?.to, ['user@hub.example']);
  assert.deepEqual(
    house.held.map(({ request, because }) => [request.recipients.map(({ text }) => text), because.because]),
    [[['gone@hub.example'], '550 5.1.1 No such user']],
  );
});

test('some are served and others put off: the others alone are tried again, by the next process too', async (t) => {
  const house = houseAt(t);
  house.hub.answer = ({ recipients }) =>
    recipients.length === 1
      ? away
      : {
          kind: 'mixed',
          at: 'dot',
          perRecipient: recipients.map((to) => ({ to, hubReply: to.localPart === 'full' ? reply(452, '4.2.2', 'Full') : reply(250, '2.0.0', 'Ok') })),
        };
  const one = await open(t, house);
  await one.keep('a', { to: ['user@hub.example', 'full@hub.example'] });
  await until('the first try', () => one.spool.list(1)[0]?.tries === 1);
  await one.close();
  house.hub.answer = () => delivered;
  const next = await open(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(house.deliveries.at(-1)?.to, ['full@hub.example']);
});

test('its time is over: kept for a person', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house);
  await one.keep('a');
  await until('the first try', () => one.spool.routes()[0]?.away !== null);
  house.clock.ms += 86_400_000;
  one.spool.tick();
  await isEmpty(one);
  assert.match(house.held[0]?.because.because ?? '', /not delivered within its time: connection refused/);
});

test('a route that is configured no more: its mail waits untried, goes when the route is back, and is kept for a person when its time is over', async (t) => {
  const house = houseAt(t);
  house.gone = true;
  const one = await open(t, house);
  await one.keep('a');
  await until('a look', () => one.spool.routes()[0]?.away === 'no such route');
  assert.deepEqual(idsOf(house), [], 'no other server is offered what was meant for that one');
  house.gone = false;
  house.clock.ms += 1000;
  one.spool.tick();
  await isEmpty(one);
  house.gone = true;
  await one.keep('b');
  await until('a look', () => one.spool.routes()[0]?.away === 'no such route');
  house.clock.ms += 86_400_000;
  one.spool.tick();
  await isEmpty(one);
  assert.deepEqual(idsOf(house), ['a']);
  assert.match(house.held[0]?.because.because ?? '', /not delivered within its time: no such route/);
});

test('a connection lost after the final dot: tried again, for a second copy is better than none', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => ({ kind: 'ambiguous', why: 'connection lost' });
  const one = await open(t, house);
  await one.keep('a');
  await until('the first try', () => house.deliveries.length === 1);
  house.hub.answer = () => delivered;
  one.spool.retryNow('hub');
  await isEmpty(one);
  assert.deepEqual(idsOf(house), ['a', 'a']);
});

test('a message over which the hub drops the connection waits by itself: the others go, and it is not brought again at once', async (t) => {
  const house = houseAt(t);
  house.hub.answer = ({ reference }) => (reference === 'poison' ? { kind: 'ambiguous', why: 'connection lost' } : delivered);
  const one = await open(t, house);
  await one.keep('poison');
  for (const id of ['a', 'b', 'c']) await one.keep(id);
  await until('the others to be delivered', () => one.spool.size === 1);
  for (let seconds = 0; seconds < 59; seconds += 1) {
    house.clock.ms += 1000;
    one.spool.tick();
  }
  await one.keep('d');
  await until('another to be delivered', () => one.spool.size === 1);
  assert.deepEqual(idsOf(house), ['poison', 'a', 'b', 'c', 'd']);
  house.clock.ms += 1000;
  one.spool.tick();
  await until('its own time', () => idsOf(house).length === 6);
  assert.equal(idsOf(house)[5], 'poison');
  house.clock.ms += 86_400_000;
  one.spool.tick();
  await isEmpty(one);
  assert.equal(house.held[0]?.because.because, 'not known to be delivered within its time: connection lost; its next hop may have it');
});

test('a hub that is lost after every dot soon gets one at a time: each may be a copy', async (t) => {
  const house = houseAt(t);
  const one = await open(t, house);
  for (const id of ['a', 'b', 'c', 'd']) await one.keep(id);
  await isEmpty(one); // by now several go out at once
  let underWay = 0;
  const atOnce: number[] = [];
  house.hub.answer = async () => {
    atOnce.push((underWay += 1));
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate); // the next has time to come in between
    underWay -= 1;
    return { kind: 'ambiguous', why: 'connection lost' };
  };
  for (let number = 0; number < 12; number += 1) await one.keep(`n${number}`);
  await until('each to be tried', () => atOnce.length === 12 && underWay === 0);
  assert.deepEqual(new Set(atOnce.slice(-6)), new Set([1]));
});

test('a torn record at the end of the last segment is no message; what stands before it is delivered', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house);
  await one.keep('a');
  await one.keep('b');
  await one.close();
  const path = join(house.dir, 'smtp-1-00000001.seg');
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 3));
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const next = await open(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(idsOf(house), ['a']);
  assert.deepEqual(
    house.events.filter(({ type }) => type === 'spool-broken'),
    [],
    'nobody was promised anything about it',
  );
});

test('damage in the middle: what stands behind it is delivered all the same, and the operator hears of it', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house, 500);
  for (const id of ['a', 'b', 'c', 'd']) await one.keep(id);
  await one.close();
  const path = join(house.dir, 'smtp-1-00000001.seg');
  const octets = readFileSync(path);
  octets.write('HELLO', octets.indexOf('hello'));
  writeFileSync(path, octets);
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const next = await open(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(idsOf(house).sort(), ['b', 'c', 'd']);
  assert.match(JSON.stringify(house.events), /a in smtp-1-00000001.seg is damaged/);
});

test('a torn mark does not take the next one along', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await open(t, house);
  await one.keep('a');
  await one.keep('b');
  await one.close();
  appendFileSync(join(house.dir, 'smtp-1-00000001.marks'), '\n0000');
  house.hub.answer = ({ reference }) => (reference === 'a' ? delivered : away);
  const next = await open(t, house);
  next.spool.tick();
  await until('a to be done', () => next.spool.size === 1);
  await next.close();
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const last = await open(t, house);
  last.spool.tick();
  await isEmpty(last);
  assert.deepEqual(idsOf(house), ['b']);
});

test('a door that died before it told: its messages are found, those that were told are not doubled', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const door = await open(t, house);
  const keeper = await open(t, house);
  await door.keep('a');
  await keeper.spool.rescan('smtp-1');
  await keeper.spool.rescan('smtp-1');
  assert.equal(keeper.spool.size, 1);
});
