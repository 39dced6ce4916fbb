// CPU time and memory of a server with all its processes, from /proc, so that a server of many processes pays for all of them.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ: the unit of /proc/PID/stat on every Linux platform

interface Stat {
  readonly parent: number;
  readonly cpuTicks: number;
}

/** One line of /proc/PID/stat: the name in brackets may hold spaces and brackets, so fields are counted from the last one. */
export function parseStat(line: string): Stat {
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  // Fields 14 to 17 of proc(5): utime stime cutime cstime; a child that was waited for lives on in its parent's last two.
  const cpuTicks = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  return { parent, cpuTicks };
}

function readStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      stats.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'latin1')));
    } catch {
      // The process ended between listing and reading; its time is in its parent's by now.
    }
  }
  return stats;
}

function descendants(root: number, stats: ReadonlyMap<number, Stat>): number[] {
  const found = [root];
  for (const pid of found) for (const [child, { parent }] of stats) if (parent === pid) found.push(child);
  return found.filter((pid) => stats.has(pid));
}

/** User and system CPU seconds of a process and all below it since they began, those that ended and were waited for included. */
export function cpuSeconds(rootPid: number): number {
  const stats = readStats();
  const ticks = descendants(rootPid, stats).reduce((sum, pid) => sum + (stats.get(pid)?.cpuTicks ?? 0), 0);
  return ticks / TICKS_PER_SECOND;
}

/** Proportional set size of a process and all below it, in bytes: shared pages are counted once, kernel socket memory not at all. */
export function memoryBytes(rootPid: number): number {
  let kib = 0;
  for (const pid of descendants(rootPid, readStats())) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    kib += Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  }
  return kib * 1024;
}
