import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfigText } from '../load.ts';

const said = (routes: string, more = ''): readonly string[] => {
  const text = `site: {hostname: mx.example.org, domains: [example.org], customerDomains: [customer.example], postmaster: postmaster@example.org}
hub: {address: "192.0.2.10:25"}
routes: {customer.example: {address: "192.0.2.11:25"}}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
spool: {enabled: true, routes: ${routes}}
${more}`;
  const loaded = loadConfigText(text, '/etc/floodgate/floodgate.yaml', { checkIds: [], localAddresses: [] });
  return loaded.ok ? [] : loaded.errors.map(({ path, message, hint }) => `${path} ${message} (${hint})`);
};

test('the spool waits for next hops that there are', () => {
  assert.deepEqual(said('[]'), []);
  assert.deepEqual(said('[hub, customer.example]'), []);
  assert.deepEqual(said('[outbound]', 'outbound: {address: "192.0.2.12:25"}\n'), []);
});

test('a next hop that there is not is an error: the spool would be on and never used for it', () => {
  const wrong = 'is neither hub nor outbound nor a domain of routes: nothing would wait for it';
  assert.deepEqual(said('[nixhub, custmer.example, nix.example]'), [
    `spool.routes[0] nixhub ${wrong} (name a next hop, or leave the list empty for all)`,
    `spool.routes[1] custmer.example ${wrong} (did you mean customer.example?)`,
    `spool.routes[2] nix.example ${wrong} (name a next hop, or leave the list empty for all)`,
  ]);
  assert.deepEqual(said('[outbound]'), ['spool.routes[0] there is no outbound: mail to the world goes by the hub (name hub, or add outbound: {address: ...})']);
});
