import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeRegistry } from '../../test/harness/fake-registry.ts';
import { openRdapBootstrap } from './rdap-bootstrap.ts';
import { createRdapClient } from './rdap-client.ts';

test('from a web address; read once a day; what was had stays while new ones cannot be had', async (t) => {
  const registry = await startFakeRegistry(t);
  const clock = { at: 0 };
  const now = (): number => clock.at;
  const client = createRdapClient({ timeoutMs: 2000, perMinute: 100, now });
  const source = openRdapBootstrap(registry.url, { client, now });
  const before = await source.current();
  assert.match('why' in before ? before.why : '', /not there/);
  registry.answers['ipv4.json'] = { body: { services: [[['45.0.0.0/8'], [registry.url]]] } };
  registry.answers['ipv6.json'] = { body: { services: [] } };
  clock.at += 5 * 60_000;
  for (let each = 0; each < 3; each += 1) assert.deepEqual(serversOf(await source.current(), '45.0.2.9'), [registry.url]);
  assert.equal(registry.asked.length, 4, 'two in vain, two read');
  registry.answers['ipv4.json'] = { status: 500 };
  clock.at += 24 * 3_600_000;
  assert.deepEqual(serversOf(await source.current(), '45.0.2.9'), [registry.url]);
});

test('from a folder', async (t) => {
  const registry = await startFakeRegistry(t);
  const client = createRdapClient({ timeoutMs: 2000, perMinute: 100, now: () => 0 });
  assert.deepEqual(serversOf(await openRdapBootstrap(registry.bootstrap, { client, now: () => 0 }).current(), '45.0.2.9'), [registry.url]);
  rmSync(join(registry.bootstrap, 'ipv6.json'));
  const missing = await openRdapBootstrap(registry.bootstrap, { client, now: () => 0 }).current();
  assert.match('why' in missing ? missing.why : '', /ipv6\.json/);
});

const serversOf = (bootstrap: Awaited<ReturnType<ReturnType<typeof openRdapBootstrap>['current']>>, ip: string): readonly string[] =>
  'why' in bootstrap ? [bootstrap.why] : bootstrap.serversFor(ip);
