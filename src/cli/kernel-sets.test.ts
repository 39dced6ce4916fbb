import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { kernelSets } from '${new URL('kernel-sets.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [kernelSets]);`;

const run = (...words: readonly string[]) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', 'kernel-helper', ...words], { encoding: 'utf8', timeout: 20_000 });

/** A configuration, and a place for the socket. */
function place(context: TestContext, config = '') {
  const directory = scratchDirectory(context, 'kernel-helper');
  const [file, socket] = [join(directory, 'floodgate.yaml'), join(directory, 'kernel.sock')];
  writeFileSync(file, config);
  return { file, socket };
}

const misuse: readonly [words: readonly string[], code: number, said: RegExp, why: string][] = [
  [[], 2, /name what must never be dropped/, 'a helper that spares nobody is not started by mistake'],
  [['--never', 'our-lan'], 2, /--never our-lan is no network/, 'a name is no network'],
  [['--never', '10.0.0.0/8', '--ports', '25,smtp'], 2, /--ports 25,smtp/, 'ports are numbers'],
  [['--never', '10.0.0.0/8', '--ports', '70000'], 2, /--ports 70000/, 'and have a bound'],
  [['--config', 'no-such-file.yaml'], 1, /no-such-file\.yaml cannot be read/, 'the file it was to trust'],
];
for (const [words, code, said, why] of misuse) {
  test(`kernel-helper ${words.join(' ')} ends with ${code}: ${why}`, (context) => {
    const { status, stderr } = run('--socket', place(context).socket, ...words);
    assert.equal(status, code);
    assert.match(stderr, said);
  });
}

for (const [config, said] of [
  ['site: {hostname: mx.example.org}\n', /names no networks/],
  ['site: {networks: [ours]}\n', /ours is no network/],
] as const) {
  test(`a configuration that ${String(said)} is not taken for one that spares everybody who matters`, (context) => {
    const { file, socket } = place(context, config);
    const { status, stderr } = run('--socket', socket, '--config', file);
    assert.equal(status, 1);
    assert.match(stderr, said);
  });
}

test('what stands where the socket should be, and is none, is left alone', (context) => {
  const { file } = place(context, 'precious');
  const { status, stderr } = run('--socket', file, '--never', '10.0.0.0/8');
  assert.equal(status, 1);
  assert.match(stderr, /is there and is no socket/);
});
