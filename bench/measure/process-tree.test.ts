import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { cpuSeconds, memoryBytes, parseStat } from './process-tree.ts';

test('a process name with brackets and spaces does not shift the fields', () => {
  const line = '42 (a) b (c)) S 7 42 42 0 -1 4194304 100 0 0 0 11 22 33 44 20 0 1 0 100 1000 10';
  assert.deepEqual(parseStat(line), { parent: 7, cpuTicks: 110 });
});

test('the time of a child that ended is counted: a server of short-lived processes pays for them', () => {
  const before = cpuSeconds(process.pid);
  spawnSync(process.execPath, ['-e', 'const end = process.cpuUsage().user + 150000; while (process.cpuUsage().user < end);']);
  assert.ok(cpuSeconds(process.pid) - before >= 0.14);
});

test('memory is that of a living process, in bytes', () => {
  const bytes = memoryBytes(process.pid);
  assert.ok(bytes > 10 * 2 ** 20 && bytes < 2 ** 32);
});
