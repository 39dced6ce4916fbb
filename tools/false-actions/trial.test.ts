// The trial counts what an answer touches, leaves out the attack itself, and shows what the guards save.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { many, message, recipient } from '../../test/harness/sightings.ts';
import { tryPlaybook } from './trial.ts';

const provider = { ip: '198.51.100.7', name: 'out.provider.example' } as const;
const letters = many(300, (number) => message(number * 60, { ...provider, from: `p${number}@house${number}.example` }));
const harvest = many(12, (number) => recipient(18_000 + number, { ...provider, to: `guess${number}@hub.example`, answer: 'unknown' }));
const later = many(10, (number) => message(18_100 + number, { ...provider, from: `q${number}@house.example` }));
const traffic = { name: 'a provider and a harvester behind it', sightings: [...letters, ...harvest, ...later] };

test('without guards the answer touches what comes after it from the same machine', async () => {
  const { goodMessages, tolls } = await tryPlaybook(traffic, false);
  assert.equal(goodMessages, 310);
  assert.deepEqual(tolls.get('directory-harvest'), { alarms: 1, measures: 1, touched: 10 });
});

test('a provider that brought the last day’s good mail is not shut out', async () => {
  const { tolls } = await tryPlaybook(traffic, true);
  assert.deepEqual(tolls.get('directory-harvest'), { alarms: 1, measures: 0, touched: 0 });
});

test('what belongs to the attack is no good mail', async () => {
  const { goodMessages, tolls } = await tryPlaybook({ ...traffic, hostile: new Set(later) }, false);
  assert.deepEqual([goodMessages, tolls.get('directory-harvest')?.touched], [300, 0]);
});
