import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupMemory, lookAtMachine } from './machine-signals.ts';

const files =
  (there: Readonly<Record<string, string>>) =>
  (path: string): string => {
    const text = there[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
const limited = (dir: string, max: string): Readonly<Record<string, string>> => ({
  [`${dir}/memory.max`]: `${max}\n`,
  [`${dir}/memory.current`]: '900\n',
  [`${dir}/memory.stat`]: 'anon 300\ninactive_file 400\nactive_file 100\n',
});

const cases: readonly [there: Readonly<Record<string, string>>, expected: number | null, why: string][] = [
  [{ '/proc/self/cgroup': '0::/mail.service\n', ...limited('/sys/fs/cgroup/mail.service', '1000') }, 0.5, 'a limited service; the file cache can be had back'],
  [{ '/proc/self/cgroup': '0::/mail.service\n', ...limited('/sys/fs/cgroup', '1000') }, 0.5, 'a container, which sees its own group as the root'],
  [{ '/proc/self/cgroup': '0::/\n', ...limited('/sys/fs/cgroup', 'max') }, null, 'no limit'],
  [{ '/proc/self/cgroup': '5:memory:/x\n' }, null, 'cgroup v1'],
  [{}, null, 'no control groups'],
];
for (const [there, expected, why] of cases) test(`memory of the group: ${why}`, () => assert.equal(groupMemory(files(there)), expected));

test('the machine says something sensible', () => {
  const { memory, systemLoad } = lookAtMachine();
  assert.ok(memory > 0 && memory < 1.5, String(memory));
  assert.ok(systemLoad >= 0);
});
