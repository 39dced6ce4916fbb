// The page on programs whose logs are read names each reader, and no other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logFormats } from '../src/wire/log/log-events.ts';

test('docs/log-programs.md has a row for each format of --format', () => {
  const page = readFileSync(new URL('../docs/log-programs.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `') && !line.startsWith('| `--'));
  const named = rows.flatMap((row) => (row.split('|')[1] ?? '').match(/[\w-]+/g) ?? []);
  assert.deepEqual(named.toSorted(), logFormats.filter((format) => format !== 'auto').toSorted());
});
