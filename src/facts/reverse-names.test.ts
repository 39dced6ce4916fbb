import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReverseName } from '../model/client.ts';
import { createReverseNames, type NameResolver } from './reverse-names.ts';

const failure = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
/** A zone in a table: an array answers, a word is an error code, an absent name does not exist. */
type Zone = Readonly<Record<string, readonly string[] | string>>;
const answer = (value: readonly string[] | string | undefined): Promise<readonly string[]> =>
  typeof value === 'object' ? Promise.resolve(value) : failure(value ?? 'ENOTFOUND');

function start(zone: Zone, timeoutMs = 1000) {
  const clock = { ms: 0 };
  const asked: string[] = [];
  const look = (name: string) => {
    asked.push(name);
    return answer(zone[name]);
  };
  const resolver: NameResolver = { reverse: look, resolve4: look, resolve6: look };
  return { clock, asked, names: createReverseNames({ resolver, timeoutMs, now: () => clock.ms }) };
}

const cases: readonly [zone: Zone, ip: string, expected: ReverseName, why: string][] = [
  [{ '192.0.2.1': ['Mail.Example.ORG'], 'mail.example.org': ['192.0.2.1'] }, '192.0.2.1', { kind: 'confirmed', name: 'mail.example.org' }, 'it resolves back'],
  [{ '192.0.2.1': ['bank.example'], 'bank.example': ['198.51.100.1'] }, '192.0.2.1', { kind: 'unconfirmed', name: 'bank.example' }, 'anybody can claim a name'],
  [{ '192.0.2.1': ['bank.example'] }, '192.0.2.1', { kind: 'unconfirmed', name: 'bank.example' }, 'a name that does not exist confirms nothing'],
  [
    { '192.0.2.1': ['bank.example', 'mail.example.org'], 'bank.example': ['198.51.100.1'], 'mail.example.org': ['192.0.2.1'] },
    '192.0.2.1',
    { kind: 'confirmed', name: 'mail.example.org' },
    'of several names the one that holds',
  ],
  [{}, '192.0.2.1', { kind: 'none' }, 'no name'],
  [{ '192.0.2.1': [] }, '192.0.2.1', { kind: 'none' }, 'an empty answer'],
  [{ '192.0.2.1': 'ESERVFAIL' }, '192.0.2.1', { kind: 'unknown' }, 'a failing server is not "no name"'],
  [{ '192.0.2.1': 'ETIMEOUT' }, '192.0.2.1', { kind: 'unknown' }, 'nor is a time-out'],
  [
    { '192.0.2.1': ['mail.example.org'], 'mail.example.org': 'ESERVFAIL' },
    '192.0.2.1',
    { kind: 'unknown' },
    'an outage of the forward zone is not held against the client',
  ],
  [{ '192.0.2.1': ['evil\r\nX-Header: 1', 'a b'] }, '192.0.2.1', { kind: 'none' }, 'a PTR record may hold anything; only host names get into headers'],
  [{ '2001:db8::1': ['six.example'], 'six.example': ['2001:0db8:0::0001'] }, '2001:db8::1', { kind: 'confirmed', name: 'six.example' }, 'IPv6 in any spelling'],
];
for (const [zone, ip, expected, why] of cases) test(`${expected.kind}: ${why}`, async () => assert.deepEqual(await start(zone).names(ip), expected));

test('no more than five names are asked, however many the reverse zone lists', async () => {
  const { asked, names } = start({ '192.0.2.1': Array.from({ length: 300 }, (_, index) => `n${index}.example`) });
  await names('192.0.2.1');
  assert.equal(asked.length, 6);
});

test('a resolver that never answers is answered for at the deadline', async () => {
  const never = (): Promise<never> => Promise.withResolvers<never>().promise;
  const names = createReverseNames({ resolver: { reverse: never, resolve4: never, resolve6: never }, timeoutMs: 1, now: () => 0 });
  assert.deepEqual(await names('192.0.2.1'), { kind: 'unknown' });
});

test('a thousand new addresses at once do not become a thousand questions', async () => {
  let asked = 0;
  const held = Promise.withResolvers<readonly string[]>();
  const reverse = () => {
    asked++;
    return held.promise;
  };
  const names = createReverseNames({ resolver: { reverse, resolve4: reverse, resolve6: reverse }, timeoutMs: 1000, now: () => 0 });
  const waiting = Array.from({ length: 1000 }, (_, index) => names(`198.51.${index >> 8}.${index & 255}`));
  assert.deepEqual([asked, waiting.at(-1)], [500, { kind: 'unknown' }]);
  held.resolve([]);
  assert.deepEqual(await waiting[0], { kind: 'none' });
});

const kept: readonly [zone: Zone, keptMs: number, why: string][] = [
  [{ '192.0.2.1': ['m.example'], 'm.example': ['192.0.2.1'] }, 3_600_000, 'a confirmed name for an hour'],
  [{}, 600_000, 'no name for ten minutes'],
  [{ '192.0.2.1': 'ESERVFAIL' }, 60_000, 'trouble for a minute'],
];
for (const [zone, keptMs, why] of kept) {
  test(`kept: ${why}`, async () => {
    const { clock, asked, names } = start(zone);
    await names('192.0.2.1');
    const first = asked.length;
    clock.ms = keptMs - 1;
    assert.ok(!(names('192.0.2.1') instanceof Promise), 'answers at once');
    clock.ms = keptMs;
    await names('192.0.2.1');
    assert.equal(asked.length, first * 2);
  });
}

test('one address is asked for once, however many sessions it opens together', async () => {
  const { asked, names } = start({});
  await Promise.all([names('192.0.2.1'), names('192.0.2.1'), names('192.0.2.1')]);
  assert.equal(asked.length, 1);
});
