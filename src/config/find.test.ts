import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { findConfig } from './find.ts';

test('the file that is named wins, even when it does not exist: another one must not be taken instead', () =>
  assert.equal(findConfig('/nowhere/x.yaml', [import.meta.filename]), '/nowhere/x.yaml'));

test('the first usual place that exists is taken, and none means the embedded set-up', (t) => {
  const file = join(scratchDirectory(t, 'find'), 'floodgate.yaml');
  assert.equal(findConfig(undefined, [file]), null);
  writeFileSync(file, '');
  assert.equal(findConfig(undefined, ['/nowhere/floodgate.yaml', file]), file);
});
