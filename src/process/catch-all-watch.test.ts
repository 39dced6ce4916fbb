import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import type { Alarm, Calm } from '../model/alarm.ts';
import type { Delivery, ProbeOutcome } from '../model/delivery.ts';
import type { Incident } from '../model/incident.ts';
import { reply } from '../model/reply.ts';
import { watchCatchAll } from './catch-all-watch.ts';

const refused: ProbeOutcome = { kind: 'refused', hubReply: reply(550, '5.1.1', 'No such user') };
const accepted: ProbeOutcome = { kind: 'accepted' };

function watching(answer: (domain: string, time: number) => ProbeOutcome | Promise<ProbeOutcome>, config: Readonly<Record<string, unknown>> = {}) {
  const [asked, raised, calmed, events]: [string[], Alarm[], Calm[], string[]] = [[], [], [], []];
  const probe: Delivery['probe'] = async (route, to) => {
    asked.push(`${route.key} ${to.localPart}@${to.domain}`);
    return answer(to.domain, asked.length);
  };
  const watch = watchCatchAll({
    config: () => configOf(config),
    probe,
    incidents: { raise: (alarm) => (raised.push(alarm), { id: 'FG-1' } as Incident), calm: (calm) => void calmed.push(calm) }, // no more is looked at
    record: ({ type }) => void events.push(type),
    now: () => 1000,
  });
  watch.stop();
  return { watch, asked, raised, calmed, events };
}

test('a server that takes two made-up names is told of once, in status and by an alert', async () => {
  const { watch, asked, raised, events } = watching((domain) => (domain === 'example.org' ? accepted : refused));
  await watch.look();
  await watch.look();
  assert.deepEqual(
    raised.map(({ detector, key, level }) => [detector, key, level]),
    [['catch-all', { domain: 'example.org' }, 'alert']],
  );
  assert.deepEqual(events, ['alarm-raised']);
  assert.match(watch.trouble().join(), /takes any name of example\.org/);
  const names = asked.filter((each) => each.endsWith('@example.org'));
  assert.equal(new Set(names).size, 4, 'each name is a new one');
  assert.match(names[0] ?? '', /^hub floodgate-asks-[0-9a-z]+@/);
});

test('one name that is taken may happen to exist', async () => {
  const { watch, raised } = watching((_domain, time) => (time % 2 === 1 ? accepted : refused));
  await watch.look();
  assert.deepEqual([raised.length, watch.trouble()], [0, []]);
});

test('when it is over the incident may close, and a server that does not say changes nothing', async () => {
  let answer: ProbeOutcome = accepted;
  const { watch, calmed } = watching(() => answer);
  await watch.look();
  answer = { kind: 'unreachable', why: 'away' };
  await watch.look();
  assert.ok(watch.trouble().length > 0 && calmed.length === 0, 'an outage is no cure');
  answer = refused;
  await watch.look();
  assert.deepEqual(watch.trouble(), []);
  assert.deepEqual(calmed[0]?.key, { domain: 'example.org' });
});

test('a look that fails is no answer', async () => {
  const { watch, raised } = watching(() => Promise.reject(new Error('broken')));
  await watch.look();
  assert.equal(raised.length, 0);
});

test('where recipients are not verified nobody is asked: the operator has said so', async () => {
  const { watch, asked } = watching(() => accepted, { hub: { address: '127.0.0.1:25', verifyRecipients: false } });
  await watch.look();
  assert.deepEqual(asked, []);
});

test('an incident from before a restart may close at the first look', async () => {
  const { watch, calmed } = watching(() => refused);
  await watch.look();
  await watch.look();
  assert.ok(calmed.some(({ key }) => key.domain === 'example.org'));
  assert.equal(new Set(calmed.map(({ key }) => key.domain)).size, calmed.length, 'said once');
});
