import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Octets of the young generation after much has come and gone, of the main thread and of a thread made as doors are; in a process of its own. */
function youngAfterMuch(prepared: boolean): { readonly keeper: number; readonly door: number } {
  const program = `
    import { Worker } from 'node:worker_threads';
    import { getHeapSpaceStatistics } from 'node:v8';
    import { boundYoungGeneration, doorHeap, prepareDoorHeaps } from '${new URL('./heap-room.ts', import.meta.url).href}';
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const churn = () => { let kept = []; for (let i = 0; i < 1e6; i++) { kept.push({ i, text: 'x' + i }); if (kept.length > 60_000) kept = []; } return young(); };
    if (${prepared}) { boundYoungGeneration(); prepareDoorHeaps(); }
    const thread = "import { parentPort } from 'node:worker_threads'; import { getHeapSpaceStatistics } from 'node:v8'; const young = " + young + "; parentPort.postMessage((" + churn + ")())";
    const door = new Worker(thread, { eval: true, ...(${prepared} ? { resourceLimits: doorHeap } : {}) });
    door.once('message', (size) => console.log(JSON.stringify({ keeper: churn(), door: size })));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as { readonly keeper: number; readonly door: number };
}

const mib = 2 ** 20;

test('what is young takes a few MiB in the keeper and two half-spaces in a door, where V8 would take more', () => {
  const bounded = youngAfterMuch(true);
  assert.ok(bounded.keeper <= 8 * mib, `keeper ${bounded.keeper}`);
  assert.ok(bounded.door <= 65 * mib, `door ${bounded.door}`);
  assert.ok(youngAfterMuch(false).keeper > 16 * mib, 'V8 bounds it by itself: this is no longer needed');
});
