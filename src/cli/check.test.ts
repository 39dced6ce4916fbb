import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { problemLine, reportOf, shortProblem } from './check.ts';

const good = `site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}
hub: {address: 192.0.2.10:25}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}, {name: out, address: "127.0.0.1:2627", role: smarthost}]
checks: {early-talker: {action: defer}}
`;
const check = (args: readonly string[], cwd: string) => runSubcommand('check.ts', "m.checkCommand({ checkIds: ['early-talker'] })", ['check', ...args], cwd);

test('a right configuration in the usual place: ok, exit 0', (t) => {
  const folder = scratchDirectory(t, 'check');
  writeFileSync(join(folder, 'floodgate.yaml'), good);
  assert.deepEqual(check([], folder), { code: 0, stdout: './floodgate.yaml: ok\n', stderr: '' });
  assert.deepEqual(check(['--json'], folder), { code: 0, stdout: '{"ok":true,"errors":[],"warnings":[]}\n', stderr: '' });
});

test('without a way for our own people’s mail it says that no forged bounce is refused, where nobody has said so himself', (t) => {
  const folder = scratchDirectory(t, 'check');
  const without = good.replace(/, \{name: out.*\}\]/, ']');
  writeFileSync(join(folder, 'floodgate.yaml'), without);
  const { code, stdout } = check([], folder);
  assert.match(stdout, /^\.\/floodgate\.yaml: note: no listener for what your people send .*none is refused.*\n\.\/floodgate\.yaml: ok\n$/);
  assert.equal(code, 0);
  writeFileSync(join(folder, 'floodgate.yaml'), `${without}bounces: {othersSendForUs: true}\n`);
  assert.equal(check([], folder).stdout, './floodgate.yaml: ok\n');
});

test('a wrong one: every error on a line with its place, one line of trouble, exit 1', (t) => {
  const folder = scratchDirectory(t, 'check');
  writeFileSync(join(folder, 'bad.yaml'), `${good.replace('early-talker', 'early-talkr')}mode: observ\n`);
  const { code, stdout, stderr } = check(['--config', 'bad.yaml'], folder);
  assert.deepEqual(stdout.split('\n'), [
    'bad.yaml:4:10: checks.early-talkr: is not a check (did you mean early-talker?)',
    'bad.yaml:5:1: mode: must be enforce or observe (did you mean observe?)',
    '',
  ]);
  assert.deepEqual([code, stderr], [1, 'floodgate: bad.yaml: 2 errors in the configuration\n']);
});

test('--json: one object, with path, message and hint of every error; nothing else on standard output', (t) => {
  const folder = scratchDirectory(t, 'check');
  writeFileSync(join(folder, 'bad.yaml'), `${good}mode: observ\n`);
  const { code, stdout } = check(['--config', 'bad.yaml', '--json'], folder);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), {
    ok: false,
    errors: [{ path: 'mode', line: 5, column: 1, message: 'must be enforce or observe', hint: 'did you mean observe?' }],
    warnings: [],
  });
  assert.equal(stdout.split('\n').length, 2);
});

test('a missing file is an error, an unknown option of the command bad usage', (t) => {
  const folder = scratchDirectory(t, 'check');
  const { code, stdout } = check(['--config', 'not-there.yaml'], folder);
  assert.deepEqual([code, stdout.match(/not-there\.yaml/g)?.length], [1, 1], 'and is named once');
  assert.equal(check(['--bogus'], folder).code, 2);
});

test('warnings are marked, and come with an ok', () => {
  const problem = { path: 'web.address', line: 3, column: 6, message: 'is not on loopback', hint: 'h' };
  assert.equal(reportOf('f.yaml', { ok: false, errors: [], warnings: [problem] }), 'f.yaml:3:6: web.address: warning: is not on loopback (h)\n');
});

test('a problem of the whole file has no option in its line, one without a place no numbers', () => {
  assert.equal(problemLine('f.yaml', { path: '', line: 2, column: 1, message: 'm', hint: 'h' }), 'f.yaml:2:1: m (h)');
  assert.equal(problemLine('f.yaml', { path: 'site', line: null, column: null, message: 'm', hint: 'h' }), 'f.yaml: site: m (h)');
});

test('a log names the line, and nothing where there is nothing to name', () => {
  const problem = { path: 'web.address', line: 3, column: 6, message: 'is not on loopback', hint: 'h' };
  assert.equal(shortProblem(problem), 'line 3: web.address: is not on loopback');
  assert.equal(shortProblem({ ...problem, path: '', message: 'the indentation does not fit' }), 'line 3: the indentation does not fit');
  assert.equal(shortProblem({ ...problem, line: null }), 'web.address: is not on loopback');
});
