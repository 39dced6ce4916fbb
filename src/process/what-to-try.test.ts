import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../config/load.ts';
import { whatToTry } from './what-to-try.ts';

test('a newcomer reads commands and addresses, one a line, and what each is for in one column', () => {
  const loaded = loadConfig(null, { checkIds: [] });
  assert.ok(loaded.ok);
  const text = whatToTry(loaded.config);
  const hints = text.split('\n').filter((line) => line.startsWith('  '));
  assert.deepEqual(
    hints.map((line) => line.slice(0, 35).trimEnd()),
    ['  npx floodgate try', '  npx floodgate explain REFERENCE', '  http://127.0.0.1:8025/', '  npx floodgate init'],
  );
  for (const hint of hints) assert.match(hint.slice(34), /^ \S/);
  assert.match(text, /SMTP is at 127\.0\.0\.1:2525; stop with Ctrl-C/);
});
