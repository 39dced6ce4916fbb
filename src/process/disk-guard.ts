// The disk guard (mission L7): looks at the room on the file system of the state directory once a second, and gives things up in a written
// order before it runs out: debug lines, chatty events, old journal, and at last new content (452, by the doors themselves). What is in the
// quarantine, or on its way, is never given up.
import { statfsSync } from 'node:fs';
import type { Config } from '../config/options.ts';
import type { Journal } from '../events/journal.ts';
import type { Recorder } from '../model/events.ts';
import type { GaugeSighting } from '../model/sighting.ts';

/** 0 enough room; 1 no debug lines; 2 no chatty events; 3 old journal goes; 4 new content hears 452. */
export type DiskLevel = 0 | 1 | 2 | 3 | 4;

export interface DiskRoom {
  /** Bytes. */
  readonly free: number;
  readonly total: number;
}

export interface DiskGuard {
  readonly level: DiskLevel;
  /** The last look; null where the system does not tell. */
  readonly room: DiskRoom | null;
  stop(): void;
}

export interface DiskGuardParts {
  config(): Pick<Config, 'disk' | 'limits' | 'state'>;
  readonly journal: Pick<Journal, 'spare' | 'giveUpOldest'>;
  readonly record: Recorder;
  /** For the detector of a hub in distress. */
  note(sighting: GaugeSighting): void;
  /** Whether debug lines may be logged. */
  mayDebug(may: boolean): void;
  now(): number;
  /** Default asks the system. */
  room?(dir: string): DiskRoom | null;
}

const lookMs = 1000;
/** Detectors hear of it so often, or when the level changes: a gauge, not an event. */
const noteMs = 60_000;
/** A level falls when there is a tenth more than asks for it: a disk at the threshold must not make an event a second. */
const easeFactor = 1.1;

const doings: Readonly<Record<DiskLevel, string>> = {
  0: 'nothing is given up',
  1: 'no debug lines are logged',
  2: 'the journal leaves out what is chatty',
  3: 'the oldest journal is removed before its time',
  4: 'new content is put off with 452',
};

/** Starts looking. */
export function startDiskGuard(parts: DiskGuardParts): DiskGuard {
  const fold = createDiskFold(parts);
  let looking: Promise<void> | null = null;
  const look = (): void => {
    looking ??= fold.look().finally(() => {
      looking = null;
    });
  };
  look();
  const timer = setInterval(look, lookMs).unref();
  return {
    get level() {
      return fold.level();
    },
    get room() {
      return fold.room();
    },
    stop: () => clearInterval(timer),
  };
}

/** The guard without its timer. */
export function createDiskFold({ config, journal, record, note, mayDebug, now, room = roomOf }: DiskGuardParts): {
  look(): Promise<void>;
  level(): DiskLevel;
  room(): DiskRoom | null;
} {
  let level: DiskLevel = 0;
  let last: DiskRoom | null = null;
  let notedAt = Number.NEGATIVE_INFINITY;

  const change = (next: DiskLevel, { free, total }: DiskRoom): void => {
    record({ type: 'disk-space', level: next, before: level, free, share: shareOf(free, total), doing: doings[next] });
    level = next;
    mayDebug(level < 1);
    journal.spare(level >= 2);
  };

  return {
    look: async () => {
      const { disk, limits, state } = config();
      last = room(state);
      if (last === null) return; // a file system that does not tell: the doors see for themselves whether a write fails
      const { free, total } = last;
      const before = level;
      const next = nextLevel(level, free, [disk.debugLog, disk.chatter, disk.oldJournal, limits.freeDisk]);
      if (next !== level) change(next, last);
      if (level !== before || now() - notedAt >= noteMs) {
        notedAt = now();
        const at = now();
        note({ kind: 'gauge', at, source: 'disk', name: 'disk-free', value: free });
        note({ kind: 'gauge', at, source: 'disk', name: 'disk-free-share', value: shareOf(free, total) });
        note({ kind: 'gauge', at, source: 'disk', name: 'disk-level', value: level });
      }
      // One segment a look: what it frees is seen before the next one goes.
      if (level >= 3) await journal.giveUpOldest(now() - disk.keepJournal);
    },
    level: () => level,
    room: () => last,
  };
}

/** The level that the free room asks for; it rises at once and falls when there is some more. Thresholds of levels 1 to 4, in bytes. */
export function nextLevel(level: DiskLevel, free: number, thresholds: readonly [number, number, number, number]): DiskLevel {
  const asked = levelAt(free, thresholds, 1);
  if (asked >= level) return asked;
  const eased = levelAt(free, thresholds, easeFactor);
  return eased < level ? eased : level;
}

function levelAt(free: number, thresholds: readonly number[], factor: number): DiskLevel {
  // The sternest whose threshold is passed, whatever the order in which an operator has written them.
  return (thresholds.findLastIndex((threshold) => free < threshold * factor) + 1) as DiskLevel; // of four thresholds
}

const shareOf = (free: number, total: number): number => Math.round((1000 * free) / Math.max(1, total)) / 1000;

/** What may be used by us, not what root keeps for itself. */
function roomOf(dir: string): DiskRoom | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(dir);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return null;
  }
}
