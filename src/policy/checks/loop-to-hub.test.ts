import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { loopToHub } from './loop-to-hub.ts';

const hub = clientOf({ ip: '192.0.2.25', inside: true });
const without = configOf();
const cases: readonly [config: typeof without, changes: Parameters<typeof rcptInput>[0], expected: 'clean' | 'finding', why: string][] = [
  [without, { client: hub, to: mailboxOf('a@world.example') }, 'finding', 'it would come straight back to the hub'],
  [without, { client: hub, to: mailboxOf('a@example.org') }, 'clean', 'mail for our own domains may take the round'],
  [without, { client: hub, to: mailboxOf('a@customer.example') }, 'clean', 'so may mail for customers'],
  [without, { client: insider, to: mailboxOf('a@world.example') }, 'clean', 'other insiders send by the hub'],
  [without, { client: hub, user: 'anna', to: mailboxOf('a@world.example') }, 'clean', "webmail on the hub's machine submits as its user"],
  [configOf({ outbound: { address: '10.20.0.5:25' } }), { client: hub, to: mailboxOf('a@world.example') }, 'clean', 'there is a way out'],
  [
    configOf({ routes: { 'world.example': { address: '10.20.0.9:25' } } }),
    { client: hub, to: mailboxOf('a@world.example') },
    'clean',
    'this domain has a way of its own',
  ],
  [
    configOf({ hub: { address: '127.0.0.1:2626' } }),
    { client: clientOf({ ip: '127.0.0.1', inside: true }), to: mailboxOf('a@world.example') },
    'clean',
    'on the loopback interface a script and the hub look alike',
  ],
];

for (const [config, changes, expected, why] of cases) {
  test(`${expected}: ${why}`, () => assert.equal(loopToHub.run(rcptInput(changes), {}, loopToHub.options(config), 'rcpt').kind, expected));
}
