// `npm start` and its end: npm puts a shell between itself and the gateway, and a shell keeps signals to itself.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ended, scratchDirectory, startProcess } from './harness/scratch.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('SIGTERM to `npm start` drains the gateway: none stays behind with the port', async (t) => {
  const folder = scratchDirectory(t, 'npm-start');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: { readonly start: string } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts: { start: scripts.start } }));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'src'));
  cpSync(join(root, 'bin/floodgate.mjs'), join(folder, 'bin/floodgate.mjs'));
  writeFileSync(
    join(folder, 'src/main.ts'),
    "process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');",
  );
  const path = `${fileURLToPath(new URL('.', `file://${process.execPath}`))}:${process.env['PATH'] ?? ''}`;
  const npm = startProcess(t, 'npm', ['start'], { cwd: folder, env: { ...process.env, PATH: path, npm_config_update_notifier: 'false' } });
  assert.ok(npm.stdout);
  const said = text(npm.stdout);
  npm.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('up\n')) npm.kill('SIGTERM');
  });
  await ended(npm);
  assert.match(await said, /up\n[^]*drained/);
});
