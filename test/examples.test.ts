// Every example configuration is loaded, with the files it names beside it, so that what a reader copies works.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig, loadConfigText } from '../src/config/load.ts';
import { optionSchema } from '../src/config/json-schema.ts';
import { placeKey } from '../src/config/problem.ts';
import { catalogue } from '../src/policy/catalogue.ts';
import { scratchDirectory } from './harness/scratch.ts';
import { selfSigned } from './harness/self-signed.ts';

const examples = fileURLToPath(new URL('../examples/', import.meta.url));
const names = readdirSync(examples).filter((name) => name.endsWith('.yaml'));

/** The examples in a folder of their own, with certificate and users as the operator would have put them there. */
function setUp(t: Parameters<typeof scratchDirectory>[0]): string {
  const folder = scratchDirectory(t, 'examples');
  cpSync(examples, folder, { recursive: true });
  const { cert, key } = selfSigned('mx.example.org');
  writeFileSync(join(folder, 'cert.pem'), cert);
  for (const [name, text] of [
    ['key.pem', key],
    ['users.txt', ''],
    ['held.keys', `k-1: ${Buffer.alloc(32, 1).toString('base64')}`],
  ] as const)
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

const load = (file: string) => {
  const result = loadConfig(file, { checkIds: catalogue.map(({ id }) => id), localAddresses: [] });
  assert.ok(result.ok, JSON.stringify(result.ok ? null : result.errors));
  return result;
};

test('the examples were found', () => assert.ok(names.length >= 7));

/** Warnings of what the machine that tests lacks: a clamd, room on its disk. */
const ofThisMachine = /^clamd cannot be asked|^the disk of /;

for (const name of names) {
  test(`examples/${name} says what it is for, loads, and warns of nothing but what is still to come`, (t) => {
    assert.match(readFileSync(join(examples, name), 'utf8'), /^# .{20,}\n/);
    const { warnings } = load(join(setUp(t), name));
    assert.deepEqual(
      warnings.filter(({ message }) => !message.includes('still to come') && !ofThisMachine.test(message)).map(({ path, message }) => `${path} ${message}`),
      [],
    );
  });
}

test('minimal.yaml has no more than ten lines', () => assert.ok(readFileSync(join(examples, 'minimal.yaml'), 'utf8').trimEnd().split('\n').length <= 10));

test('everything.yaml has every section there is', (t) => {
  const { source } = load(join(setUp(t), 'everything.yaml'));
  const missing = Object.keys(optionSchema().properties ?? {}).filter((key) => !source.places.has(placeKey([key])));
  assert.deepEqual(missing, []);
});

const means: readonly [name: string, inside: boolean, roles: readonly string[], users: boolean][] = [
  ['three-means-user.yaml', false, ['mx', 'submission', 'submission'], true],
  ['three-means-network.yaml', true, ['mx'], false],
  ['three-means-listener.yaml', false, ['mx', 'smarthost'], false],
];
for (const [name, inside, roles, users] of means) {
  test(`${name} permits by that one means alone`, (t) => {
    const { config } = load(join(setUp(t), name));
    assert.deepEqual([config.site.networks.length > 0, config.listeners.map(({ role }) => role), config.auth?.users !== undefined], [inside, roles, users]);
  });
}

test('the configuration printed in docs/configuration.md loads without a word', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/configuration.md', import.meta.url)), 'utf8');
  const [, text = ''] = /```yaml\n(site:[^`]*)```/.exec(page) ?? [];
  const result = loadConfigText(text, '/etc/floodgate/floodgate.yaml', { checkIds: [], localAddresses: [] });
  assert.deepEqual([result.ok, result.warnings], [true, []]);
});
