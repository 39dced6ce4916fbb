import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, heloInput, insider } from '../../../test/harness/policy-inputs.ts';
import { heloClaimsOurName } from './helo-claims-our-name.ts';

const options = heloClaimsOurName.options(configOf());
const cases: readonly [helo: string, expected: 'clean' | 'finding', why: string][] = [
  ['mx.example.org', 'finding', 'exactly our name'],
  ['MX.Example.Org.', 'finding', 'case and trailing dot do not hide it'],
  ['[198.51.100.1]', 'finding', 'the literal of the address the client reached'],
  ['[IPv6:::ffff:198.51.100.1]', 'finding', 'the same address in other clothes'],
  ['[198.51.100.2]', 'clean', 'another literal'],
  ['mx2.example.org', 'clean', 'a sibling is not us'],
  ['evil-mx.example.org', 'clean', 'a suffix match is not a match'],
  ['example.org', 'clean', "the domain's web server may well stand elsewhere and say so"],
];

for (const [helo, expected, why] of cases) {
  test(`${helo} is ${expected}: ${why}`, () => assert.equal(heloClaimsOurName.run(heloInput({ helo }), {}, options, 'helo').kind, expected));
}

const trusted: readonly [who: string, changes: Parameters<typeof heloInput>[0]][] = [
  ['a client inside (a hub may share our name)', { client: insider }],
  ['an authenticated user', { user: 'anna' }],
  ['a client of a smarthost listener', { client: clientOf({ role: 'smarthost' }) }],
];
for (const [who, changes] of trusted) {
  test(`${who} may say our name`, () =>
    assert.equal(heloClaimsOurName.run(heloInput({ helo: 'mx.example.org', ...changes }), {}, options, 'helo').kind, 'clean'));
}
