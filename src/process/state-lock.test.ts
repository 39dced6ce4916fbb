import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockState } from './state-lock.ts';

const other = (dir: string): string => {
  const script = `import { lockState } from ${JSON.stringify(new URL('./state-lock.ts', import.meta.url).href)}; console.log(lockState(${JSON.stringify(dir)}).ok)`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
};

test('a second process is refused while the first lives, and let in once it has let go', (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'floodgate-lock-'));
  context.after(() => rmSync(dir, { recursive: true }));
  const first = lockState(dir);
  assert.ok(first.ok);
  assert.equal(other(dir), 'false');
  first.close();
  assert.equal(other(dir), 'true', 'the dead hold no lock');
  assert.equal(other(dir), 'true', 'nor did the one that exited without letting go');
});
