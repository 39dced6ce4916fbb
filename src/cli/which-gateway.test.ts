import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { stateDirOf } from './which-gateway.ts';

const cases: readonly [yaml: string, expected: string, why: string][] = [
  ['state: ./data\n', 'data', 'relative to the configuration, not to where the command is called'],
  ['site: {}\n', 'floodgate-data', 'the default, beside the configuration'],
  ['state: ./data\nlimits: {nonsense: 1}\n', 'data', 'a configuration that is wrong elsewhere still names its gateway'],
];
for (const [yaml, expected, why] of cases) {
  test(`${expected}: ${why}`, (context) => {
    const folder = scratchDirectory(context, 'which');
    writeFileSync(join(folder, 'floodgate.yaml'), yaml);
    assert.equal(stateDirOf({ config: join(folder, 'floodgate.yaml') }), join(folder, expected));
  });
}

test('a directory that is named needs no configuration', () =>
  assert.equal(stateDirOf({ state: '/var/lib/floodgate', config: '/nowhere' }), '/var/lib/floodgate'));
test('a configuration that cannot be read is told as such', () =>
  assert.throws(() => stateDirOf({ config: '/nowhere/floodgate.yaml' }), { message: '/nowhere/floodgate.yaml cannot be read: no such file' }));
