import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordLookup } from './dns-records.ts';
import { createSignatureKeys } from './signature-keys.ts';

const record = 'v=DKIM1; p=AAAA';
const trouble = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

function keys(answer: RecordLookup, named: readonly { domain: string; selector: string; key: string }[] = []) {
  const [clock, asked] = [{ ms: 1_000_000 }, [] as string[]];
  const lookUp: RecordLookup = (name, type) => {
    asked.push(`${name} ${type}`);
    return answer(name, type);
  };
  return { clock, asked, keyOf: createSignatureKeys({ named, lookUp, now: () => clock.ms }) };
}

test('a key of the configuration needs no DNS', async () => {
  const { keyOf, asked } = keys(() => trouble('ENOTFOUND'), [{ domain: 'hub.example', selector: 'S1', key: record }]);
  assert.deepEqual(await keyOf('s1', 'hub.example'), { kind: 'known', record });
  assert.deepEqual(asked, []);
});

test('DNS is asked once in an hour, also by many at once; the strings of a record are one', async () => {
  const { keyOf, asked, clock } = keys(() => Promise.resolve([['v=spf1 -all'], ['v=DKIM1; ', 'p=AAAA']]));
  const both = await Promise.all([keyOf('s1', 'hub.example'), keyOf('s1', 'hub.example')]);
  assert.deepEqual(both, [
    { kind: 'known', record },
    { kind: 'known', record },
  ]);
  clock.ms += 3_599_000;
  await keyOf('s1', 'hub.example');
  assert.deepEqual(asked, ['s1._domainkey.hub.example TXT']);
  clock.ms += 2000;
  await keyOf('s1', 'hub.example');
  assert.equal(asked.length, 2);
});

test('absent and unknown are not the same', async () => {
  assert.deepEqual(await keys(() => trouble('ENOTFOUND')).keyOf('s1', 'hub.example'), { kind: 'absent' });
  assert.deepEqual(await keys(() => Promise.resolve([])).keyOf('s1', 'hub.example'), { kind: 'absent' });
  assert.deepEqual(await keys(() => trouble('ETIMEOUT')).keyOf('s1', 'hub.example'), { kind: 'unknown' });
});

test('a key found once is used while DNS is away, for a week; a key taken out of DNS is not', async () => {
  let answer: RecordLookup = () => Promise.resolve([[record]]);
  const { keyOf, clock } = keys((name, type) => answer(name, type));
  await keyOf('s1', 'hub.example');
  answer = () => trouble('ETIMEOUT');
  clock.ms += 6 * 86_400_000;
  assert.equal((await keyOf('s1', 'hub.example')).kind, 'known');
  clock.ms += 2 * 86_400_000;
  assert.equal((await keyOf('s1', 'hub.example')).kind, 'unknown');
  answer = () => Promise.resolve([[record]]);
  await keyOf('s1', 'hub.example');
  answer = () => trouble('ENOTFOUND');
  clock.ms += 3_700_000;
  assert.equal((await keyOf('s1', 'hub.example')).kind, 'absent');
});

test('a flood of made-up selectors asks DNS some fifty times, and our own key is found all the same', async () => {
  const { keyOf, asked } = keys((name) => (name.startsWith('ours.') ? Promise.resolve([[record]]) : trouble('ENOTFOUND')));
  await keyOf('ours', 'hub.example');
  for (let n = 0; n < 3000; n++) await keyOf(`x${n}`, 'hub.example');
  assert.ok(asked.length <= 52, `${asked.length} questions`);
  assert.equal((await keyOf('ours', 'hub.example')).kind, 'known');
  await keyOf('a b', 'hub.example');
  assert.ok(!asked.some((question) => question.includes(' b')), 'what is no name is not asked for');
});
