// bin/floodgate.mjs on a machine whose own Node is too old: it must be invisible between a service manager and the program.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (path) => Number(/^v(\d+)/.exec(spawnSync(path, ['--version']).stdout?.toString() ?? '')?.[1] ?? 99) < 24,
);
const skip = oldNode === undefined ? 'no Node older than 24 on this machine' : false;
const nodePackage = `node-${process.platform}-${process.arch}`;

/** A folder laid out like the project, with this program in place of ours. */
async function layOut(context: TestContext, program: string, { withNode }: { readonly withNode: boolean }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'floodgate-launcher-'));
  context.after(() => rm(root, { recursive: true }));
  for (const folder of ['bin', 'src', 'node_modules']) await mkdir(join(root, folder));
  await cp(fileURLToPath(new URL('../bin/floodgate.mjs', import.meta.url)), join(root, 'bin/floodgate.mjs'));
  await writeFile(join(root, 'src/main.ts'), program);
  await writeFile(join(root, 'package.json'), '{"type": "module"}');
  if (withNode) await symlink(fileURLToPath(new URL(`../node_modules/${nodePackage}`, import.meta.url)), join(root, `node_modules/${nodePackage}`));
  return join(root, 'bin/floodgate.mjs');
}

async function start(
  context: TestContext,
  program: string,
  { args = [], stdio = 'pipe', withNode = true }: { readonly args?: string[]; readonly stdio?: StdioOptions; readonly withNode?: boolean } = {},
): Promise<ChildProcess> {
  const launcher = await layOut(context, program, { withNode });
  // `env` so that a shell can put its own process id where a service manager would.
  return spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', oldNode ?? '', launcher, ...args], {
    stdio,
    env: { ...process.env, LISTEN_FDS: stdio === 'pipe' ? '0' : '1' },
  });
}

const output = (child: ChildProcess): Promise<string> => (child.stdout === null ? Promise.resolve('') : text(child.stdout));

test('the program runs on the Node that npm ci brought, with its arguments, and its exit code is ours', { skip }, async (context) => {
  const child = await start(context, 'console.log(process.versions.node.split(".")[0], ...process.argv.slice(2)); process.exitCode = 7;', {
    args: ['run', '--x'],
  });
  const [said, end] = await Promise.all([output(child), once(child, 'close')]);
  assert.equal(said, '24 run --x\n');
  assert.deepEqual(end, [7, null]);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} reaches the program, which may take its time`, { skip }, async (context) => {
    const child = await start(
      context,
      `process.on('${signal}', () => { process.exitCode = 3; clearInterval(timer); }); const timer = setInterval(() => {}, 1000); console.log('up');`,
    );
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [3, null]);
  });
}

test('a program that is killed looks killed: a service manager must see the crash', { skip }, async (context) => {
  const child = await start(context, 'process.kill(process.pid, "SIGKILL");');
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
});

test('sockets of a service manager reach the program', { skip }, async (context) => {
  const file = await open(fileURLToPath(import.meta.url));
  context.after(() => file.close());
  const program =
    'import { readSync } from "node:fs"; const bytes = Buffer.alloc(2); readSync(3, bytes, 0, 2, 0); console.log(bytes.toString(), process.env.LISTEN_FDS, Number(process.env.LISTEN_PID) === process.pid);';
  const child = await start(context, program, { stdio: ['ignore', 'pipe', 'inherit', file.fd] });
  assert.equal(await output(child), '// 1 true\n');
});

test('without the Node of npm ci it says what is needed and what to do', { skip }, async (context) => {
  const child = await start(context, '', { withNode: false });
  assert.ok(child.stderr);
  const [said, end] = await Promise.all([text(child.stderr), once(child, 'close')]);
  assert.match(said, /needs Node 24\.12 or newer; this is \d+\..*npm ci/);
  assert.deepEqual(end, [1, null]);
});
