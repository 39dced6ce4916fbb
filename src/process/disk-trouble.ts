// What the room on the disk means for mail just now, in words for the operator.
import type { Config } from '../config/options.ts';
import { sizeText } from '../config/units.ts';
import type { DiskGuard } from './disk-guard.ts';

const mib = 1024 ** 2;
const roughly = (bytes: number): string => (bytes < mib ? sizeText(bytes) : `${Math.floor(bytes / mib)} MiB`);

/** Every floor of free space that is under-run, and what comes of it. */
export function diskTrouble({ level, room }: Pick<DiskGuard, 'level' | 'room'>, { state, limits, quarantine, spool, intake }: Config): readonly string[] {
  if (room === null) return [];
  const free = `the disk of ${state} has ${roughly(room.free)} free`;
  if (level === 4) return [`${free} (limits.freeDisk: ${sizeText(limits.freeDisk)}): all mail is put off with 452 (docs/disk-guard.md)`];
  const under = (floor: number): boolean => room.free < floor;
  return [
    ...(level === 3 ? [`${free}: the oldest journal is removed (docs/disk-guard.md)`] : []),
    ...(under(quarantine.freeDisk) ? [`${free} (quarantine.freeDisk: ${sizeText(quarantine.freeDisk)}): what should be held is put off with 452`] : []),
    ...((spool.enabled || intake.length > 0) && under(spool.freeDisk)
      ? [`${free} (spool.freeDisk: ${sizeText(spool.freeDisk)}): no mail waits for a next hop that is away, it is put off`]
      : []),
  ];
}
