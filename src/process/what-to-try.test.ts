import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../config/load.ts';
import { whatToTry } from './what-to-try.ts';

test('a newcomer reads commands and addresses, one a line, and what each is for in one column', () => {
  const loaded = loadConfig(null, { checkIds: [] });
  assert.ok(loaded.ok);
  const text = whatToTry(loaded.config, 'bin/floodgate');
  const hints = text.split('\n').filter((line) => line.startsWith('  '));
  assert.deepEqual(
    hints.map((line) => line.slice(0, 35).trimEnd()),
    ['  bin/floodgate try', '  bin/floodgate explain REFERENCE', '  http://127.0.0.1:8025/', '  bin/floodgate init'],
  );
  for (const hint of hints) assert.match(hint.slice(34), /^ \S/);
  assert.match(text, /in another terminal, in this folder:\n/);
  assert.ok(!whatToTry(loaded.config, 'floodgate').includes('in this folder'), 'installed, it is found anywhere');
  assert.match(text, /SMTP is at 127\.0\.0\.1:2525; stop with Ctrl-C/);
});
