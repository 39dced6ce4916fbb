import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { loadConfig } from '../load.ts';

const errorsOf = (t: Owner, more: string): readonly string[] => {
  const folder = scratchDirectory(t, 'abuse-contacts');
  mkdirSync(join(folder, 'bootstrap'));
  writeFileSync(join(folder, 'bootstrap/ipv4.json'), '{}');
  writeFileSync(join(folder, 'table.txt'), '45.0.0.0/8: abuse@isp.example\n');
  writeFileSync(join(folder, 'holed.txt'), '# ours\n45.0.0.0/8: abuse@isp.example\n46.0.0.0/8 abuse@isp.example\nisp: abuse@isp.example\n47.0.0.0/8: abuse\n');
  const file = join(folder, 'floodgate.yaml');
  writeFileSync(
    file,
    `site: {hostname: mx.example.org, networks: [127.0.0.0/8], domains: [example.org], postmaster: postmaster@example.org}
hub: {address: "127.0.0.1:2626"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
state: ./state
${more}
`,
  );
  const loaded = loadConfig(file, { checkIds: [], checkProblems: () => [] });
  return loaded.ok ? [] : loaded.errors.map(({ path, message }) => `${path} ${message.replace(`${folder}/`, '')}`);
};

test('a network is told by a contact that can be found, or the configuration is wrong', (t) => {
  assert.deepEqual(errorsOf(t, 'viruses: {clamd: "127.0.0.1:3310", tellNetwork: true}'), ['viruses.tellNetwork does nothing: no abuse contact can be found']);
  assert.deepEqual(errorsOf(t, 'viruses: {clamd: "127.0.0.1:3310", tellNetwork: true}\nabuseContacts: {table: table.txt}'), []);
  assert.deepEqual(errorsOf(t, 'viruses: {clamd: "127.0.0.1:3310", tellNetwork: true}\nabuseContacts: {rdap: "https://data.iana.org/rdap/"}'), []);
});

test('files that are not there are named: relative ones start at the configuration file', (t) => {
  const [table = '', ...more] = errorsOf(t, 'abuseContacts: {table: nowhere.txt}');
  assert.match(table, /^abuseContacts\.table .*cannot be read/);
  assert.deepEqual(more, []);
  const [bootstrap = '', ...others] = errorsOf(t, 'abuseContacts: {rdap: ./bootstrap}');
  assert.match(bootstrap, /^abuseContacts\.rdap the bootstrap file ipv6\.json cannot be read/);
  assert.deepEqual(others, []);
});

test('each bad line of the table is told: a network in it would never be found', (t) => {
  assert.deepEqual(errorsOf(t, 'abuseContacts: {table: holed.txt}'), [
    'abuseContacts.table holed.txt:3 is not network: value',
    'abuseContacts.table holed.txt:4 does not begin with a network',
    'abuseContacts.table holed.txt:5 holds something that is no mail address',
  ]);
});

test('the table is looked at though the scanner that needs it is wrong', (t) => {
  assert.ok(errorsOf(t, 'viruses: {clamd: x}\nabuseContacts: {table: holed.txt}').includes('abuseContacts.table holed.txt:3 is not network: value'));
});
