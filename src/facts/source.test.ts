import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectInput, mailboxOf, mailInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { ReverseName } from '../model/client.ts';
import type { Measure } from '../model/measure.ts';
import { known } from '../policy/facts.ts';
import type { ListEntry } from './list-entry.ts';
import { compileLists } from './lists.ts';
import { compileMeasures, createLiveMeasures } from './measures.ts';
import { createFactSource, createLiveLists } from './source.ts';

const entry = (changes: Partial<ListEntry>): ListEntry => ({
  list: 'l',
  matches: 'client',
  entry: '203.0.113.7/32',
  action: 'reject',
  reason: null,
  ...changes,
});
const recipients = { status: () => known({ kind: 'exists' } as const) };

function sourceOf(entries: readonly ListEntry[], name: ReverseName | Promise<ReverseName> = { kind: 'none' }, inForce: readonly Measure[] = []) {
  let asked = 0;
  const lists = createLiveLists(compileLists(entries));
  const measures = createLiveMeasures(compileMeasures(inForce));
  const reverseNames = (): ReverseName | Promise<ReverseName> => {
    asked++;
    return name;
  };
  return {
    lists,
    measures,
    source: createFactSource({ lists, measures, neverBlock: { ofTraffic: () => null }, recipients, reverseNames, now: () => 1000 }),
    asked: () => asked,
  };
}
const entriesOf = (fact: Awaited<ReturnType<ReturnType<typeof createFactSource>['get']>>) =>
  fact.kind === 'unknown' ? fact.why : (fact.value as readonly { entry: string }[]).map(({ entry: text }) => text); // asked for lists

test('without host names in the lists DNS is not asked', () => {
  const { source, asked } = sourceOf([entry({})]);
  assert.deepEqual(entriesOf(source.get('lists', 'connect', connectInput()) as never), ['203.0.113.7/32']);
  assert.equal(asked(), 0);
});

test('lists match what is known at the stage', () => {
  const { source } = sourceOf([entry({ matches: 'sender', entry: 'sender.example' }), entry({ matches: 'recipient', entry: 'user@example.org' })]);
  const at = (stage: 'connect' | 'mail' | 'rcpt', input: object) => entriesOf(source.get('lists', stage, input as never) as never); // the stage's own input is given
  assert.deepEqual(
    [at('connect', connectInput()), at('mail', mailInput()), at('rcpt', rcptInput())],
    [[], ['sender.example'], ['sender.example', 'user@example.org']],
  );
});

test('a new snapshot counts from the next question on', () => {
  const { lists, source } = sourceOf([]);
  const ask = () => entriesOf(source.get('lists', 'connect', connectInput()) as never);
  assert.deepEqual(ask(), []);
  lists.replace(compileLists([entry({})]));
  assert.deepEqual(ask(), ['203.0.113.7/32']);
  lists.replace(compileLists([]));
  assert.deepEqual(ask(), []);
});

const names: readonly [name: ReverseName, ip: string, expected: unknown, why: string][] = [
  [{ kind: 'confirmed', name: 'a.dynamic.example' }, '198.51.100.9', ['.dynamic.example'], 'the name matches'],
  [{ kind: 'unknown' }, '198.51.100.9', 'no reverse name in time', 'a DNS outage is not "on no list"'],
  [{ kind: 'unknown' }, '203.0.113.7', ['203.0.113.7/32'], 'what is certain holds without DNS'],
];
for (const [name, ip, expected, why] of names) {
  test(`reverse name ${JSON.stringify(name)} of ${ip}: ${why}`, async () => {
    const { source } = sourceOf([entry({}), entry({ matches: 'hostname', entry: '.dynamic.example' })], Promise.resolve(name));
    const input = connectInput({ client: { ...connectInput().client, ip } });
    assert.deepEqual(entriesOf(await source.get('lists', 'connect', input)), expected);
  });
}

test('a reverse name that is unknown is an unknown fact', async () => {
  const { source } = sourceOf([], Promise.resolve({ kind: 'unknown' }));
  assert.deepEqual(await source.get('reverseName', 'connect', connectInput()), { kind: 'unknown', why: 'no reverse name in time' });
});

test('recipients are asked at RCPT only', () => {
  const { source } = sourceOf([]);
  assert.deepEqual(source.get('recipient', 'rcpt', rcptInput({ to: mailboxOf('a@example.org') })), known({ kind: 'exists' }));
  assert.equal((source.get('recipient', 'mail', mailInput()) as { kind: string }).kind, 'unknown');
});

const measure = (changes: Partial<Measure> = {}): Measure => ({
  id: 'm-0000000001',
  scope: { client: '203.0.113.0/24' },
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: 'bomb',
  createdAt: 0,
  expiresAt: 2000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  ...changes,
});
const idsOf = (fact: Awaited<ReturnType<ReturnType<typeof createFactSource>['get']>>) =>
  fact.kind === 'unknown' ? fact.why : (fact.value as readonly { id: string }[]).map(({ id }) => id); // asked for measures

test('without measures the answer is one shared value: they cost nothing', () => {
  const { source, asked } = sourceOf([]);
  assert.equal(source.get('measures', 'connect', connectInput()), source.get('measures', 'rcpt', rcptInput()));
  assert.equal(asked(), 0);
});

test('a new snapshot of measures counts from the next question on, without DNS where no host name is in a scope', () => {
  const { source, measures, asked } = sourceOf([]);
  measures.replace(compileMeasures([measure()]));
  assert.deepEqual(idsOf(source.get('measures', 'rcpt', rcptInput()) as never), ['m-0000000001']);
  measures.replace(compileMeasures([]));
  assert.deepEqual(idsOf(source.get('measures', 'rcpt', rcptInput()) as never), []);
  assert.equal(asked(), 0);
});

test('a measure about a host name waits for DNS; what is certain holds without it', async () => {
  const named = measure({ id: 'm-0000000002', scope: { hostname: '.dynamic.example' } });
  const ask = async (name: ReverseName, inForce: readonly Measure[]) =>
    idsOf(await sourceOf([], Promise.resolve(name), inForce).source.get('measures', 'rcpt', rcptInput()));
  assert.deepEqual(await ask({ kind: 'confirmed', name: 'A.Dynamic.Example' }, [named]), ['m-0000000002']);
  assert.equal(await ask({ kind: 'unknown' }, [named]), 'no reverse name in time');
  assert.deepEqual(await ask({ kind: 'unknown' }, [measure(), named]), ['m-0000000001']);
});

test('a measure that has no word before RCPT makes nobody wait for DNS before it', () => {
  const named = measure({ scope: { hostname: '.dynamic.example' } });
  const { source, asked } = sourceOf([], new Promise(() => {}), [named]);
  for (const [stage, input] of [
    ['connect', connectInput()],
    ['mail', mailInput()],
  ] as const) {
    assert.deepEqual(idsOf(source.get('measures', stage, input) as never), [], stage);
  }
  assert.equal(asked(), 0);
});
