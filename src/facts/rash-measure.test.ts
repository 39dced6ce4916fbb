import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measure } from '../model/measure.ts';
import { whyRash } from './rash-measure.ts';

const ours = ['example.org', 'customer.example'];
const cases: readonly [scope: Measure['scope'], action: Measure['action'], expected: RegExp | null, why: string][] = [
  [{ sender: '<>' }, 'reject', /from everybody the bounces of their own mail too/, 'the classic mistake'],
  [{ sender: '<>' }, 'quarantine', /from everybody/, 'hundreds of mailboxes'],
  [{ sender: '<>', recipient: 'anna@example.org' }, 'reject', /from anna@example\.org/, 'her own bounces are lost'],
  [{ sender: '<>', recipient: 'anna@example.org' }, 'quarantine', null, 'they are kept, and released'],
  [{ sender: '<>', recipient: 'example.org' }, 'quarantine', null, 'so for a domain'],
  [{ sender: '<>', recipient: 'anna@example.org' }, 'defer', null, 'servers try again'],
  [{ sender: '<>', content: 'forged-bounce' }, 'reject', null, 'only the forged ones'],
  [{ sender: '<>', client: '203.0.113.0/24' }, 'reject', null, 'those of one network'],
  [{ sender: '<>' }, 'observe', null, 'nobody is hurt'],
  [{ sender: 'spam.example' }, 'reject', null, 'no report'],
  [{ recipient: 'anna@exmaple.org' }, 'quarantine', /anna@exmaple\.org is in none of your domains/, 'a slip'],
  [{ recipient: 'anna' }, 'defer', /anna is in none of your domains/, 'half an address'],
  [{ recipient: 'anna@customer.example' }, 'defer', null, 'a customer'],
  [{ recipient: '.example' }, 'defer', null, 'all below, among them a customer'],
  [{ recipient: 'world.example', direction: 'out' }, 'defer', null, 'on its way out'],
  [{ recipient: 'world.example', user: 'ulla' }, 'quarantine', null, 'what a user of ours sends'],
  [{ recipient: 'world.example', sender: 'anna@example.org' }, 'quarantine', null, 'what she sends'],
];
for (const [scope, action, expected, why] of cases)
  test(`${action} on ${JSON.stringify(scope)}: ${expected === null ? 'as said' : 'asked about'}, ${why}`, () => {
    const said = whyRash({ scope, action, dryRun: false }, ours);
    if (expected === null) assert.equal(said, null);
    else assert.match(said ?? '', expected);
  });

test('a dry run hurts nobody', () => assert.equal(whyRash({ scope: { sender: '<>' }, action: 'reject', dryRun: true }, ours), null));
