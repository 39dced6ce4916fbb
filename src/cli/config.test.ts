import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { explanationText } from './config.ts';

const config = (args: readonly string[], cwd: string) =>
  runSubcommand('config.ts', "m.configCommand({ checkIds: ['early-talker'] })", ['config', ...args], cwd);

test('show prints the first-run set-up where there is no file, defaults included', (t) => {
  const { code, stdout } = config(['show', '--json'], scratchDirectory(t, 'config'));
  const shown = JSON.parse(stdout) as { readonly listeners: readonly unknown[]; readonly timeouts: { readonly command: string } };
  assert.deepEqual(
    [code, shown.listeners, shown.timeouts.command],
    [0, [{ name: 'mx', address: '127.0.0.1:2525', role: 'mx', tls: 'starttls', trap: false }], '5m'],
  );
});

test('show of a users file names the file and holds nothing of it', (t) => {
  const folder = scratchDirectory(t, 'config');
  writeFileSync(join(folder, 'users.txt'), 'alice:{PLAIN}hunter2\n', { mode: 0o600 });
  writeFileSync(
    join(folder, 'floodgate.yaml'),
    'site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}\nhub: {address: 192.0.2.10:25}\nlisteners: [{name: mx, address: "127.0.0.1:2525", role: mx}]\nauth: {users: users.txt}\n',
  );
  const { stdout } = config(['show'], folder);
  assert.match(stdout, /users: .*\/users\.txt/);
  assert.doesNotMatch(stdout, /hunter2/);
});

test('a wrong configuration is neither shown nor explained', (t) => {
  const folder = scratchDirectory(t, 'config');
  writeFileSync(join(folder, 'floodgate.yaml'), 'site: 1\n');
  const { code, stdout, stderr } = config(['show'], folder);
  assert.deepEqual([code, stdout, stderr], [1, '', 'floodgate: ./floodgate.yaml: 3 errors in the configuration; `floodgate check` lists them\n']);
});

test('explain gives a line of JSON for each option', (t) => {
  const { code, stdout } = config(['explain', 'mode', 'threads', '--json'], scratchDirectory(t, 'config'));
  const keys = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly key: string }).key);
  assert.deepEqual([code, keys], [0, ['mode', 'threads']]);
});

test('explain of an unknown option is bad usage and names the nearest', (t) => {
  const { code, stderr } = config(['explain', 'sesions'], scratchDirectory(t, 'config'));
  assert.deepEqual([code, stderr], [2, 'floodgate: sesions is not an option; did you mean limits.sessions?\n']);
});

test('an explanation tells value, meaning, unit, origin, default and page', () => {
  const text = explanationText(
    { key: 'hub.connections', value: 5, line: 7, unit: 'count', default: 50, range: '1 to 1000', meaning: 'At most.', page: 'p.md#hub' },
    'f.yaml',
  );
  assert.deepEqual(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' ')),
    ['hub.connections = 5', ' meaning At most.', ' unit count (1 to 1000)', ' origin f.yaml:7', ' default 50', ' page p.md#hub'],
  );
});
