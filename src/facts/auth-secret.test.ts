import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { authSecret } from './auth-secret.ts';

test('doors that ask at the same moment have one secret, and it is there after a restart, for nobody else to read', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-secret-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'auth-secret');
  const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => authSecret(file)));
  assert.equal(first?.length, 32);
  for (const other of [...others, await authSecret(file)]) assert.deepEqual(other, first);
  assert.equal((await stat(file)).mode % 0o1000, 0o600);
  assert.deepEqual(await readdir(folder), ['auth-secret'], 'no draft is left behind');

  await writeFile(file, 'something else\n');
  await assert.rejects(authSecret(file), /not a secret of ours/);
});
