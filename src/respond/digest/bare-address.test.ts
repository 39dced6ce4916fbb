import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../test/harness/processor-time.ts';
import { bareAddress } from './bare-address.ts';

const cases: readonly [address: string, base: string, why: string][] = [
  ['Anna@Hub.Example', 'anna@hub.example', 'case does not count'],
  ['anna+shop@hub.example', 'anna@hub.example', 'a subaddress is the same mailbox'],
  ['anna+a+b@hub.example', 'anna@hub.example', 'from the first plus sign on'],
  ['+anna@hub.example', '+anna@hub.example', 'a plus sign in front divides nothing'],
  ['"a+b@c"@hub.example', '"a@hub.example', 'quoted ones are one mailbox of whoever chose that'],
  ['nobody', 'nobody', 'what is no address stays'],
];
for (const [address, base, why] of cases) test(`${address} is ${base}: ${why}`, () => assert.equal(bareAddress(address), base));

test('a long one takes no time', () => {
  const started = processorMs();
  bareAddress(`${'+'.repeat(100_000)}x`);
  assert.ok(processorMs() - started < 200);
});
