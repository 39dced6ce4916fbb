import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectInput, mailboxOf, mailInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { ReverseName } from '../model/client.ts';
import { known } from '../policy/facts.ts';
import type { ListEntry } from './list-entry.ts';
import { compileLists } from './lists.ts';
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

function sourceOf(entries: readonly ListEntry[], name: ReverseName | Promise<ReverseName> = { kind: 'none' }) {
  let asked = 0;
  const lists = createLiveLists(compileLists(entries));
  const reverseNames = (): ReverseName | Promise<ReverseName> => {
    asked++;
    return name;
  };
  return { lists, source: createFactSource({ lists, recipients, reverseNames }), asked: () => asked };
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
