import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { siteHostname } from './embedded.ts';

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

test('the first-run set-up starts without the YAML library: it would cost a tenth of the start', () => {
  const script = `const { loadConfig } = await import(${JSON.stringify(new URL('./load.ts', import.meta.url).href)});
    loadConfig(null, { checkIds: [] });
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('/node_modules/yaml/')).length);`;
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: import.meta.dirname }).trim(), '0');
});
