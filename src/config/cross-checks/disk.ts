// A disk that is smaller than what must stay free on it: everything is right, and every message hears 452.
import { type CrossCheck, warning } from '../cross-check.ts';
import { sizeText } from '../units.ts';

const roomForMail: CrossCheck = {
  reads: ['state', 'limits.freeDisk', 'quarantine.freeDisk', 'spool.freeDisk'],
  *find({ state, limits, quarantine, spool, intake }, { files }) {
    const room = files.room?.(state) ?? null;
    if (room === null) return;
    const floors = [
      ['limits', limits.freeDisk, 'all mail is put off with 452'],
      ['quarantine', quarantine.freeDisk, 'what should be held is put off with 452'],
      ...(spool.enabled || intake.length > 0 ? ([['spool', spool.freeDisk, 'no mail waits for a next hop that is away']] as const) : []),
    ] as const;
    for (const [section, floor, what] of floors) {
      if (room.free >= floor) continue;
      const has = room.total < floor ? `has ${sizeText(room.total)} in all` : `has less than ${sizeText(floor)} free now`;
      yield warning([section, 'freeDisk'], `the disk of ${state} ${has}: ${what}`, 'make room, put state on a larger disk, or lower it (docs/disk-guard.md)');
    }
  },
};

export const diskChecks: readonly CrossCheck[] = [roomForMail];
