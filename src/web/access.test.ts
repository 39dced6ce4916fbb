import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from '../config/address-space.ts';
import type { EventBody } from '../model/events.ts';
import { createAccess, type AccessRequest, type Where } from './access.ts';
import type { Bearer } from './token-desk.ts';

const bearers: Readonly<Record<string, Bearer>> = { r: { name: 'grafana', role: 'reader' }, o: { name: 'ci', role: 'operator' } };

function start() {
  const said: EventBody[] = [];
  const clock = { now: 0 };
  const judge = createAccess({ bearerOf: (secret) => bearers[secret] ?? null, isLoopback, record: (body) => said.push(body), now: () => clock.now });
  const ask = (where: Exclude<Where, 'control'>, request: Partial<AccessRequest> = {}) => {
    const access = judge({ method: 'GET', path: '/api/v1/status', peer: '192.0.2.7', authorization: undefined, ...request }, where);
    return access.kind === 'granted' ? (access.bearer?.name ?? 'anyone') : access.status;
  };
  return { ask, said, clock };
}

const cases: readonly [where: Exclude<Where, 'control'>, request: Partial<AccessRequest>, expected: string | number, why: string][] = [
  ['loopback', {}, 'anyone', 'whoever is on the machine may read'],
  ['loopback', { method: 'POST' }, 403, 'but change nothing'],
  ['network', {}, 401, 'strangers may come here'],
  ['network', { peer: '127.0.0.1' }, 401, 'a proxy on this machine speaks for strangers, too'],
  ['network', { path: '/healthz' }, 'anyone', 'load balancers have no token'],
  ['network', { path: '/readyz' }, 'anyone', 'load balancers have no token'],
  ['network', { path: '/metrics' }, 401, 'metrics tell of the traffic'],
  ['network', { path: '/metrics', peer: '::1' }, 'anyone', 'a scraper on the machine itself'],
  ['network', { path: '/metrics', peer: undefined }, 401, 'no peer is not loopback'],
  ['network', { path: '/' }, 'anyone', 'the page holds nothing until it has a token'],
  ['network', { path: '/quarantine' }, 'anyone', 'nor does the page of held mail'],
  ['network', { path: '/api/v1/quarantine' }, 401, 'which asks for what it shows'],
  ['loopback', { path: '/api/v1/quarantine/A/preview', method: 'POST' }, 403, 'mail itself is for operators'],
  ['network', { path: '/release/abc', method: 'POST' }, 'anyone', 'the address itself is the key, and the page asks for it'],
  ['network', { path: '/release/abc' }, 'anyone', 'a recipient has no token of ours'],
  ['network', { path: '/release/abc', method: 'DELETE' }, 401, 'and nothing else is to be done there'],
  ['network', { path: '/releases' }, 401, 'no other page is meant'],
  ['network', { authorization: 'Bearer r' }, 'grafana', 'a reader reads'],
  ['network', { authorization: 'bearer   r ' }, 'grafana', 'the scheme is not case-sensitive'],
  ['network', { authorization: 'Bearer r', method: 'POST' }, 403, 'and changes nothing'],
  ['network', { authorization: 'Bearer o', method: 'DELETE' }, 'ci', 'an operator changes'],
  ['loopback', { authorization: 'Bearer o', method: 'POST' }, 'ci', 'on loopback, too'],
  ['network', { authorization: 'Bearer x' }, 401, 'not a token of ours'],
  ['network', { authorization: 'Basic r' }, 401, 'another scheme'],
  ['network', { authorization: 'Bearer r o' }, 401, 'not one token'],
  ['loopback', { authorization: 'Bearer x' }, 401, 'a wrong token is told even where none is needed: its owner thinks that it works'],
];
for (const [where, request, expected, why] of cases) {
  test(`${where} ${JSON.stringify(request)} is ${expected}: ${why}`, () => assert.equal(start().ask(where, request), expected));
}

test('a flood of wrong tokens makes two events a minute and address, and does not lock the right one out', () => {
  const { ask, said, clock } = start();
  const answers = Array.from({ length: 100 }, () => ask('network', { authorization: 'Bearer x' }));
  assert.deepEqual([answers[0], answers[19], answers[20], answers[99]], [401, 401, 429, 429]);
  assert.deepEqual(
    said.map((body) => ('tries' in body ? body.tries : 0)),
    [1, 20],
  );
  assert.equal(ask('network', { authorization: 'Bearer r' }), 'grafana');
  assert.equal(ask('network', { authorization: 'Bearer x', peer: '192.0.2.8' }), 401);
  clock.now = 60_000;
  assert.equal(ask('network', { authorization: 'Bearer x' }), 401);
});
