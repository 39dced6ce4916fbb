import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, mailboxOf, siteOf } from '../../test/harness/policy-inputs.ts';
import { createRouter } from './router.ts';

const site = siteOf({ customerDomains: ['customer.example', 'shared.example'] });
const routes = { 'customer.example': { address: '10.20.0.9:25' } };
const full = createRouter(configOf({ site, routes, outbound: { address: '10.20.0.5:25' } }));
const plain = createRouter(configOf({ site, routes }));

const cases: readonly [to: string, full: string, plain: string, why: string][] = [
  ['a@example.org', 'hub', 'hub', 'our own domains are on the hub'],
  ['a@shared.example', 'hub', 'hub', 'a customer without a server of its own too'],
  ['a@customer.example', 'customer.example', 'customer.example', "the customer's own server"],
  ['a@world.example', 'outbound', 'hub', 'the world by outbound, without one by the hub'],
  ['a@[203.0.113.9]', 'outbound', 'hub', "another machine's literal is the world"],
  ['postmaster', 'hub', 'hub', 'postmaster without a domain is ours'],
  ['postmaster@[198.51.100.1]', 'hub', 'hub', 'postmaster at our literal is ours'],
];
for (const [to, withOutbound, without, why] of cases) {
  test(`${to} goes to ${withOutbound}: ${why}`, () => {
    const input = { to: mailboxOf(to), client: clientOf() };
    assert.deepEqual([full.routeOf(input).key, plain.routeOf(input).key], [withOutbound, without]);
  });
}

const probes: readonly [sections: Record<string, unknown>, to: string, expected: string | null, why: string][] = [
  [{}, 'a@example.org', 'hub', 'the hub is asked by default'],
  [{}, 'a@world.example', null, 'nobody can be asked about the world'],
  [{ hub: { address: '192.0.2.25:25', verifyRecipients: false } }, 'a@example.org', null, 'switched off for the hub'],
  [{ routes }, 'a@customer.example', 'customer.example', "the customer's own server is asked"],
  [{ routes: { 'customer.example': { address: '10.20.0.9:25', verifyRecipients: false } } }, 'a@customer.example', null, 'unless that is switched off'],
  [{ routes: { 'customer.example': { address: '10.20.0.9:25', verifyRecipients: false } } }, 'a@example.org', 'hub', 'which says nothing about the hub'],
];
for (const [sections, to, expected, why] of probes) {
  test(`${to} is asked of ${expected}: ${why}`, () => {
    assert.equal(createRouter(configOf(sections)).probeRouteOf({ to: mailboxOf(to), client: clientOf() })?.key ?? null, expected);
  });
}
