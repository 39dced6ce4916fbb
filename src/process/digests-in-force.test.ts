import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { readRound, roundText, settingsOf } from './digests-in-force.ts';

const settings = settingsOf(configOf({ quarantine: { digest: { domains: ['hub.example'], except: ['List@hub.example', 'ann+shop@hub.example'] } } }));
const cases: readonly [address: string, isTold: boolean, why: string][] = [
  ['otto@hub.example', true, 'a user of ours'],
  ['otto@elsewhere.example', false, 'none of ours'],
  ['list@hub.example', false, 'many read there'],
  ['list+x@hub.example', false, 'a subaddress reaches all of them as well'],
  ['LIST+x@Hub.Example', false, 'however it is written'],
  ['ann@hub.example', true, 'only a subaddress of hers is left out'],
  ['ann+shop@hub.example', false, 'and this is it'],
];
for (const [address, isTold, why] of cases)
  test(`${address} ${isTold ? 'gets' : 'gets no'} letters: ${why}`, () => assert.equal(settings?.isTold(address), isTold));

test('without the section nobody gets any', () => assert.equal(settingsOf(configOf({})), null));

test('the last round is read as it was written, also by the version before, and nothing else is taken for one', async (t) => {
  const file = join(scratchDirectory(t, 'last-round'), 'last-round');
  const read = () => readRound(file, (why) => assert.fail(why));
  assert.equal(await read(), null);
  for (const round of [
    { at: 1_795_251_992_123, isWhole: true },
    { at: 5, isWhole: false },
  ]) {
    writeFileSync(file, roundText(round));
    assert.deepEqual(await read(), round);
  }
  writeFileSync(file, '1795251992123');
  assert.deepEqual(await read(), { at: 1_795_251_992_123, isWhole: true });
  for (const text of ['', '12 under', 'x', '9'.repeat(20)]) {
    writeFileSync(file, text);
    assert.equal(await read(), null, text);
  }
});
