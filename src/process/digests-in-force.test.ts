import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { settingsOf } from './digests-in-force.ts';

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
