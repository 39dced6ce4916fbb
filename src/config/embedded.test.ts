import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { isInNetworks } from './address-space.ts';
import { embeddedConfig, isMadeUpName, siteHostname } from './embedded.ts';

const names: readonly [system: string, site: string][] = [
  ['mx.example.org', 'mx.example.org'],
  ['MX.Example.org.', 'mx.example.org'],
  ['vm', 'vm.localdomain'],
  ['', 'localhost.localdomain'],
  ['my_host', 'localhost.localdomain'],
  ['-x.example', 'localhost.localdomain'],
  ['a'.repeat(64), 'localhost.localdomain'],
];
for (const [system, site] of names)
  test(`a host called ${JSON.stringify(system.slice(0, 20))} greets as ${site}`, () => assert.equal(siteHostname(system), site));

test('in the first-run set-up a neighbour on loopback is a stranger: that relaying is refused can be tried on one machine', () => {
  const networks = embeddedConfig().site.networks ?? [];
  assert.deepEqual(
    ['127.0.0.1', '::1', '127.0.0.2'].map((address) => isInNetworks(address, networks)),
    [true, true, false],
  );
});

test('the first-run set-up starts without the YAML library: it would cost a tenth of the start', () => {
  const script = `const { loadConfig } = await import(${JSON.stringify(new URL('./load.ts', import.meta.url).href)});
    loadConfig(null, { checkIds: [] });
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('/node_modules/yaml/')).length);`;
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: import.meta.dirname }).trim(), '0');
});

test('names that machines invent for themselves are no names of the Internet', () => {
  for (const name of ['vm', 'vm.localdomain', 'mail.local', 'mx.internal', 'nas.lan', 'x.home.arpa']) assert.equal(isMadeUpName(name), true, name);
  for (const name of ['mx.example.org', 'local.example', 'localdomain.net']) assert.equal(isMadeUpName(name), false, name);
});
