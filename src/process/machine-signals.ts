// How the machine does: memory of our control group where it has a limit, of the machine otherwise; load for each processor.
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';

export interface MachineSignals {
  /** Share of the memory in use that cannot be had back without swapping. */
  readonly memory: number;
  /** Load average of one minute for each processor. */
  readonly systemLoad: number;
}

/** Looks at the machine; a few small files of /proc and /sys. */
export function lookAtMachine(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): MachineSignals {
  const ofMachine = 1 - freemem() / Math.max(1, totalmem());
  return { memory: Math.max(ofMachine, groupMemory(read) ?? 0), systemLoad: (loadavg()[0] ?? 0) / availableParallelism() };
}

const root = '/sys/fs/cgroup';

/** Share of our control group's memory (cgroup v2); null without a limit. The kernel's file cache can be had back and does not count. */
export function groupMemory(read: (path: string) => string): number | null {
  try {
    const [, group = '/'] = /^0::(.*)$/m.exec(read('/proc/self/cgroup')) ?? [];
    // Inside a container the group is the root of what we can see, whatever its name outside.
    const dir = [`${root}${group === '/' ? '' : group}`, root].find((path) => isReadable(read, `${path}/memory.max`));
    if (dir === undefined) return null;
    const most = Number(read(`${dir}/memory.max`)); // "max" is no number: no limit
    if (!(most > 0)) return null;
    const used = Number(read(`${dir}/memory.current`));
    const [, cache = '0'] = /^inactive_file (\d+)$/m.exec(read(`${dir}/memory.stat`)) ?? [];
    return Math.max(0, used - Number(cache)) / most;
  } catch {
    return null; // no such system: the machine's own figures stand
  }
}

function isReadable(read: (path: string) => string, path: string): boolean {
  try {
    return read(path) !== '';
  } catch {
    return false;
  }
}
