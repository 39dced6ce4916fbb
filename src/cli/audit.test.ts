import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';

const hubBrakes = (args: readonly string[], cwd: string) =>
  runSubcommand('audit.ts', 'm.audit', ['audit', 'hub-brakes', '--memory', '4096', '--processors', '4', '--gateway-address', '192.0.2.1', ...args], cwd);

test('a directory of Postfix: --json has a line a setting, --write the lines, and the server’s own files stay', (t) => {
  const folder = scratchDirectory(t, 'brakes');
  writeFileSync(join(folder, 'main.cf'), 'default_process_limit = 20\n');
  writeFileSync(join(folder, 'master.cf'), 'smtp inet n - y - - smtpd\n');
  const { code, stdout, stderr } = hubBrakes(['--postfix', folder, '--json', '--write', 'lines.cf'], folder);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    hub: 'postfix',
    setting: 'default_process_limit',
    value: '20',
    meaning: 'processes of each service at once, SMTP sessions among them',
    verdict: 'harms the gateway',
    proposed: '110',
    line: 'default_process_limit = 110',
    why: 'the gateway opens more sessions than this (hub.connections) and would be refused; at least 60',
  });
  assert.match(readFileSync(join(folder, 'lines.cf'), 'utf8'), /^default_process_limit = 110$/m);
  assert.equal(readFileSync(join(folder, 'main.cf'), 'utf8'), 'default_process_limit = 20\n');
});

test('--write never overwrites: not even the configuration it was told to read', (t) => {
  const folder = scratchDirectory(t, 'brakes');
  writeFileSync(join(folder, 'main.cf'), 'default_process_limit = 20\n');
  const { code, stderr } = hubBrakes(['--postfix', 'main.cf', '--write', 'main.cf'], folder);
  assert.deepEqual([code, readFileSync(join(folder, 'main.cf'), 'utf8')], [1, 'default_process_limit = 20\n']);
  assert.match(stderr, /main\.cf is not written/);
});

for (const [args, code] of [
  [['--exim', 'nowhere'], 1],
  [['--gateway-address', '192.0.2.0/24'], 2],
  [['--memory', '0'], 2],
] as const) {
  test(`${args.join(' ')} ends with ${code}`, (t) => assert.equal(hubBrakes(args, scratchDirectory(t, 'brakes')).code, code));
}
