import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory, type Owner } from '../../test/harness/scratch.ts';
import type { Config } from '../config/options.ts';
import { readHeldKeys } from './held-keys.ts';

const line = `k-1: ${Buffer.alloc(32, 1).toString('base64')}\n`;
const read = (t: Owner, text: string, mode = 0o600) => {
  const keyFile = join(scratchDirectory(t, 'keys'), 'held.keys');
  writeFileSync(keyFile, text);
  chmodSync(keyFile, mode);
  return readHeldKeys({ keyFile } as Config['quarantine']); // the rest is not looked at
};

test('no file, no keys', () => assert.equal(readHeldKeys({} as Config['quarantine']), null)); // as above

test('the keys of the file, the one that writes first', (t) => {
  assert.deepEqual(
    read(t, line)?.map(({ id }) => id),
    ['k-1'],
  );
});

test('a file that all may read is refused, and one that is no key file; neither shows what is in it', (t) => {
  assert.throws(() => read(t, line, 0o644), /can be read by every user of this host/);
  const told = (): string => {
    try {
      read(t, `${line}k-2: geheim`);
    } catch (error) {
      return String(error);
    }
    return '';
  };
  assert.match(told(), /line 2 is no key/);
  assert.doesNotMatch(told(), /geheim/);
});
