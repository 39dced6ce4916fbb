import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { away, delivered, houseAt, idsOf, isEmpty, openSpool } from '../../../test/harness/spool-house.ts';
import { until } from '../../../test/harness/until.ts';
import { reply } from '../../model/reply.ts';

test('what waited goes out in the order in which it came, as it came, and leaves nothing behind', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house, 100);
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
  const again = await openSpool(t, house);
  assert.equal(again.spool.size, 0, 'a new process has nothing to deliver twice');
});

test('a next hop that stays away is asked less and less often', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
  await one.keep('a', { to: ['user@hub.example', 'full@hub.example'] });
  await until('the first try', () => one.spool.list(1)[0]?.tries === 1);
  await one.close();
  house.hub.answer = () => delivered;
  const next = await openSpool(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(house.deliveries.at(-1)?.to, ['full@hub.example']);
});

test('its time is over: kept for a person', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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
  const one = await openSpool(t, house);
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

test('a next hop that has taken the message for some and then goes does not get it again for them', async (t) => {
  const house = houseAt(t);
  house.hub.answer = ({ recipients }) => ({
    kind: 'mixed',
    at: 'dot',
    perRecipient: recipients.map((to) => ({ to, hubReply: to.text.startsWith('b@') ? reply(421, '4.3.2', 'Shutting down') : reply(250, '2.0.0', 'Ok') })),
  });
  const one = await openSpool(t, house);
  await one.keep('m', { to: ['b@hub.example', 'a@hub.example'] });
  await until('a try', () => house.deliveries.length === 1);
  house.clock.ms += 60_000;
  one.spool.tick();
  await until('another try', () => house.deliveries.length === 2);
  await one.close();
  const next = await openSpool(t, house);
  next.spool.tick();
  await until('the try of the next process', () => house.deliveries.length === 3);
  assert.deepEqual(
    house.deliveries.map(({ to }) => to),
    [['b@hub.example', 'a@hub.example'], ['b@hub.example'], ['b@hub.example']],
  );
});

test('a clock that is set back does not stop the queue', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  await until('a try', () => house.deliveries.length === 1);
  house.hub.answer = () => delivered;
  house.clock.jumps = -36_000_000;
  house.clock.ms += 60_000;
  one.spool.tick();
  await isEmpty(one);
});

test('a clock that jumps over the time of all mail ends none of it, until it has run evenly for an hour', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  await until('a try', () => house.deliveries.length === 1);
  house.clock.jumps = 20 * 86_400_000;
  for (let minute = 0; minute < 59; minute += 1) {
    house.clock.ms += 60_000;
    one.spool.tick();
  }
  await until('another try', () => house.deliveries.length > 1);
  assert.deepEqual([house.held.length, one.spool.size], [0, 1]);
  house.clock.ms += 120_000;
  await until('the operator to have it', () => {
    one.spool.tick();
    return house.held.length === 1;
  });
});

test('each lost answer may have been a copy: after four a person decides', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => ({ kind: 'ambiguous', why: 'connection lost' });
  const one = await openSpool(t, house);
  await one.keep('a');
  for (let tries = 1; tries <= 4; tries += 1) {
    await until(`try ${tries}`, () => house.deliveries.length === tries);
    house.clock.ms += 3_600_000;
    one.spool.tick();
  }
  await until('the operator to have it', () => house.held.length === 1);
  assert.equal(house.held[0]?.because.because, 'handed over 4 times without an answer: connection lost; its next hop may have it');
  assert.equal(house.deliveries.length, 4);
});

test('a next hop that cannot do what was asked for when the mail came gets it without', async (t) => {
  const house = houseAt(t);
  house.hub.answer = ({ parameters, recipients }) =>
    parameters.envid !== undefined || recipients.some(({ notify }) => notify !== undefined)
      ? { kind: 'refused', hubReply: reply(451, '4.3.3', 'Delivery status notifications cannot be asked for any more'), at: 'mail' }
      : delivered;
  const one = await openSpool(t, house);
  await one.keep('a', { envid: 'Q1', notify: 'FAILURE' });
  await isEmpty(one);
  assert.deepEqual(idsOf(house), ['a', 'a']);
  assert.deepEqual(house.held, []);
});

test('a message over which the hub goes away each time does not keep the others', async (t) => {
  const house = houseAt(t);
  house.hub.answer = ({ reference }) => (reference === 'poison' ? { kind: 'unavailable', why: 'connection lost within DATA' } : delivered);
  const one = await openSpool(t, house);
  for (const id of ['poison', ...Array.from({ length: 20 }, (_, number) => `n${number}`)]) await one.keep(id);
  await until('the others to be delivered', () => {
    house.clock.ms += 1000;
    one.spool.tick();
    return one.spool.size === 1;
  });
  const before = idsOf(house).filter((id) => id === 'poison').length;
  for (let minute = 0; minute < 60; minute += 1) {
    house.clock.ms += 60_000;
    one.spool.tick();
    await new Promise(setImmediate);
  }
  assert.ok(idsOf(house).filter((id) => id === 'poison').length > before, 'it is tried on all the same');
});

test('with one message alone it goes on asking: nobody waits behind it', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  for (let tries = 1; tries <= 8; tries += 1) {
    await until(`try ${tries}`, () => house.deliveries.length >= tries);
    house.clock.ms += 60_000;
    one.spool.tick();
  }
});
