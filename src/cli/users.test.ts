import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { users } from '${new URL('users.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [users]);`;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly trouble: string;
}

async function run(args: readonly string[], input: string, cwd?: string): Promise<Ran> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'users', ...args], cwd === undefined ? {} : { cwd });
  child.stdin.end(input);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, out, trouble] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, out, trouble };
}

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'floodgate-users-'));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

test('a user is added, checked, listed and removed; the file is for its owner only', async (context) => {
  const file = join(await folder(context), 'users.txt');
  assert.equal((await run(['add', 'anna', '--file', file], 'secret\n')).code, 0);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(file, 'utf8'), /secret/);
  assert.equal((await run(['check', 'ANNA', '--file', file], 'secret\n')).code, 0);
  assert.deepEqual(await run(['check', 'anna', '--file', file], 'wrong\n'), { code: 1, out: '', trouble: 'floodgate: the password is wrong\n' });
  assert.equal((await run(['list', '--json', '--file', file], '')).out, '{"name":"anna","scheme":"ARGON2ID"}\n');
  assert.equal((await run(['remove', 'anna', '--file', file], '')).code, 0);
  assert.equal(await readFile(file, 'utf8'), '');
});

test('a file the group may read stays so: root edits what the gateway reads', async (context) => {
  const file = join(await folder(context), 'users.txt');
  await writeFile(file, '# ours\n');
  await chmod(file, 0o664);
  await run(['add', 'anna', '--file', file], 'secret');
  assert.equal((await stat(file)).mode & 0o777, 0o640);
});

test('without --file the configuration names it, even one that is not finished', async (context) => {
  const path = await folder(context);
  await writeFile(join(path, 'floodgate.yaml'), 'auth: {users: mail-users.txt}\n');
  assert.equal((await run(['add', 'anna'], 'secret', path)).code, 0);
  assert.match(await readFile(join(path, 'mail-users.txt'), 'utf8'), /^anna:\{ARGON2ID\}/);
});

const wrongUses: readonly [args: readonly string[], input: string, code: number, says: RegExp, why: string][] = [
  [['add', 'anna', '--file', 'u.txt'], '', 2, /no password/, 'an empty password'],
  [['add', 'an na', '--file', 'u.txt'], 'x', 2, /no space/, 'a name that would break the file'],
  [['add', 'anna', 'secret', '--file', 'u.txt'], '', 2, /too many arguments/, 'a password on the command line'],
  [['add', 'anna'], 'x', 2, /: there is no configuration that names a users file: give one with --file/, 'no file and no configuration'],
  [['remove', 'anna', '--file', 'u.txt'], '', 1, /no such file/, 'a file that is not there'],
];
for (const [args, input, code, says, why] of wrongUses) {
  test(`refused with exit ${code}: ${why}`, async (context) => {
    const ran = await run(args, input, await folder(context));
    assert.equal(ran.code, code);
    assert.match(ran.trouble, says);
  });
}

test('two edits at once do not lose one: the second is told', async (context) => {
  const file = join(await folder(context), 'users.txt');
  await writeFile(`${file}.new`, '');
  const ran = await run(['add', 'anna', '--file', file], 'secret');
  assert.equal(ran.code, 1);
  assert.match(ran.trouble, /another .* is at work/);
});
