// SIGKILL at every step of taking a message and handing it on: what was acknowledged is delivered, and twice only where the next hop's answer was lost.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratchDirectory } from '../../../test/harness/scratch.ts';

const program = fileURLToPath(new URL('../../../test/harness/spooling-process.ts', import.meta.url));
const run = (...args: readonly string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const steps: readonly (readonly [step: string, mayBeTwice: number])[] = [
  ['before-create', 0],
  ['after-create', 0],
  ['after-folder', 0],
  ['before-write', 0],
  ['half-write', 0],
  ['after-write', 0],
  ['after-flush', 0],
  ['before-delivery', 0],
  ['after-delivery', 1], // the next hop has it and we do not know
  ['after-mark', 0],
];

for (const [step, mayBeTwice] of steps) {
  test(`killed at ${step}, the first time and a later one: nothing acknowledged is lost`, (t) => {
    const folder = scratchDirectory(t, 'kill');
    const acknowledged: string[] = [];
    for (const number of ['1', '3']) {
      const killed = run(folder, step, number);
      assert.equal(killed.signal, 'SIGKILL', killed.stderr);
      acknowledged.push(...linesOf(killed.stdout));
    }
    const last = run(folder, 'none');
    assert.equal(last.status, 0, last.stderr);
    const delivered = linesOf(readFileSync(join(folder, 'delivered'), { encoding: 'utf8', flag: 'a+' }));
    for (const id of acknowledged) assert.ok(delivered.includes(id), `${id} was acknowledged`);
    assert.ok(delivered.length - new Set(delivered).size <= 2 * mayBeTwice, 'one copy more for each kill at most');
  });
}
