import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, insider, mailboxOf, rcptInput, siteOf } from '../../../test/harness/policy-inputs.ts';
import { differentRoute } from './different-route.ts';

const options = differentRoute.options(
  configOf({
    site: siteOf({ customerDomains: ['customer.example', 'second.example'] }),
    routes: { 'customer.example': { address: '10.20.0.9:25' } },
    outbound: { address: '10.20.0.5:25' },
  }),
);

const cases: readonly [first: string | null, to: string, expected: 'clean' | 'finding', why: string][] = [
  [null, 'a@customer.example', 'clean', 'the first recipient chooses the way'],
  ['a@example.org', 'b@example.net', 'clean', 'both go to the hub'],
  ['a@example.org', 'b@second.example', 'clean', 'a customer without a server of its own is on the hub'],
  ['a@example.org', 'b@customer.example', 'finding', 'the second goes to the customer'],
  ['a@example.org', 'b@world.example', 'finding', 'the second leaves by outbound'],
  ['a@world.example', 'b@elsewhere.example', 'clean', 'both leave by outbound'],
];

for (const [first, to, expected, why] of cases) {
  test(`${to} after ${first}: ${why}`, () => {
    const input = rcptInput({ client: insider, to: mailboxOf(to), accepted: first === null ? [] : [mailboxOf(first)] });
    assert.equal(differentRoute.run(input, {}, options, 'rcpt').kind, expected);
  });
}
