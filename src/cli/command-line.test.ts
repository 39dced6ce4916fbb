import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const program = `
  import { writeSync } from 'node:fs';
  import { setTimeout as pause } from 'node:timers/promises';
  import { printJson, runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  const lines = (program) => program.command('lines').action(async () => {
    for (let line = 0; line < 20_000; line += 1) {
      printJson({ line, text: 'x'.repeat(100) });
      if (line % 1000 === 0) await pause(1);
    }
    writeSync(2, 'done to its end');
  });
  await runCommandLine(['lines'], { version: '0' }, [lines]);`;

test('a reader that has read enough is no trouble: nothing is told of it, and what was begun is done to its end', () => {
  const { stdout, stderr } = spawnSync('sh', ['-c', '{ "$0" --input-type=module -e "$1"; echo "exit $?" >&2; } | head -1', process.execPath, program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.deepEqual([stdout, stderr], [`{"line":0,"text":"${'x'.repeat(100)}"}\n`, 'done to its endexit 0\n']);
});
