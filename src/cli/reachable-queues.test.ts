import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory, type Owner } from '../../test/harness/scratch.ts';

const told = 'floodgate: postfix is left out, for it cannot be asked: postqueue failed (exit 69): postqueue: fatal: Queue report unavailable\n';

/** Runs a program on a machine where Postfix is installed and down, and no other mail server is there. */
function run(owner: Owner, program: string) {
  const dir = scratchDirectory(owner, 'down');
  const programs = {
    postconf: 'echo /var/spool/postfix',
    postqueue: 'echo "postqueue: warning: Mail system is down" >&2; echo "postqueue: fatal: Queue report unavailable" >&2; exit 69',
    exim4: 'exit 1',
    exim: 'exit 1',
  };
  for (const [name, does] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${does}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  const env = { ...process.env, PATH: `${dir}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env, cwd: dir });
  return [status, stdout, stderr];
}

test('a Postfix that is down is told once, by its fatal line; the other queues are served, and the command fails', (t) => {
  const ran = run(
    t,
    `import { programLines } from '${new URL('../respond/queues/run-program.ts', import.meta.url).href}';
    import { whereReachable } from '${new URL('reachable-queues.ts', import.meta.url).href}';
    const down = whereReachable({ name: 'postfix', list: () => programLines('postqueue', ['-j']) });
    const ours = whereReachable({ name: 'floodgate', async *list() { yield { id: 'A1' }; } });
    for (const queue of [down, ours, down]) for await (const item of queue.list()) console.log(item.id);`,
  );
  assert.deepEqual(ran, [1, 'A1\n', told]);
});

for (const [words, says, why] of [
  [['discard', '--all'], 'nothing fits\n', 'where no store is named, the others are still asked'],
  [['discard', '--all', '--store', 'postfix'], '', 'one that was named must answer'],
] as const)
  test(`queue ${words.join(' ')} with a Postfix that is down: ${why}`, (t) => {
    const ran = run(
      t,
      `import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
      import { queueCommand } from '${new URL('queue.ts', import.meta.url).href}';
      await runCommandLine(${JSON.stringify(['queue', ...words, '--state', '.'])}, { version: '0' }, [queueCommand(() => { throw new Error('no look'); })]);`,
    );
    assert.deepEqual(ran, [1, says, says === '' ? told.replace('postfix is left out, for it cannot be asked: ', '') : told]);
  });
