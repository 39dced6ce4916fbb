// Where the reading of a followed log stands, remembered over restarts: the file (its inode), the place in it, and the bytes before that
// place, by which a file is known again after it was copied or cut off.
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

export interface LogPosition {
  readonly device: number;
  readonly inode: number;
  /** Bytes of whole lines that were read. */
  readonly offset: number;
  /** Lines that were read. */
  readonly line: number;
  /** The last bytes before `offset`, in hexadecimal. */
  readonly tail: string;
}

/** Bytes compared to know a file again: stamps alone make a line of a log different from all others. */
export const tailBytes = 64;

/** The bytes before a place of an open file, in hexadecimal. */
export function tailOf(descriptor: number, offset: number): string {
  const length = Math.min(tailBytes, offset);
  const bytes = Buffer.alloc(length);
  const read = length === 0 ? 0 : readSync(descriptor, bytes, 0, length, offset - length);
  return bytes.subarray(0, read).toString('hex');
}

/** Whether the file still holds, before the place, what was read there. */
export function holdsPosition(descriptor: number, { offset, tail }: LogPosition): boolean {
  return fstatSync(descriptor).size >= offset && tailOf(descriptor, offset) === tail;
}

/** Whether the log is still the file that was read: by its inode, or, after a move to another disk, by what stands in it. */
export function holdsFile(path: string, position: LogPosition): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now === undefined || (now.ino !== position.inode && position.offset === 0)) return false;
  return holdsAt(path, position);
}

/** Name of the state file of a log: its own name, to be found by a person, and a hash of its path. */
export const positionFile = (stateDir: string, path: string): string =>
  join(stateDir, `${basename(path).replaceAll(/[^\w.-]/g, '_')}-${createHash('sha256').update(path).digest('hex').slice(0, 12)}.json`);

/** The position that was saved; null when there is none, or it is not readable as one. */
export function loadPosition(file: string): LogPosition | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isPosition(value) ? value : null;
  } catch {
    return null;
  }
}

function isPosition(value: unknown): value is LogPosition {
  if (typeof value !== 'object' || value === null) return false;
  const { device, inode, offset, line, tail } = value as Record<string, unknown>;
  return [device, inode, offset, line].every((each) => Number.isSafeInteger(each) && Number(each) >= 0) && typeof tail === 'string';
}

/** Writes the position so that a power cut leaves the old or the new one. */
export function savePosition(file: string, position: LogPosition): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(position)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

/** Rotated files looked at beside a log, newest first. */
const mostSiblings = 20;

interface Sibling {
  readonly path: string;
  readonly inode: number;
  readonly changedAt: number;
}

/**
 * The files that hold what was written to the log since the position was saved and is no longer in it, oldest first: the file that was
 * renamed or copied meanwhile, and those rotated after it. Empty when it cannot be found (packed, or gone).
 */
export function rotatedSince(path: string, position: LogPosition): readonly string[] {
  const siblings = siblingsOf(path);
  const known =
    siblings.find((each) => each.inode === position.inode && isHeldIn(each.path, position)) ?? siblings.find((each) => isHeldIn(each.path, position));
  if (known === undefined) return [];
  const later = siblings.filter(({ changedAt, path: other }) => changedAt > known.changedAt && other !== known.path);
  return [known.path, ...later.toReversed().map((each) => each.path)];
}

/** `mail.log.1`, `mail.log-20241026`, `mail.log.20241026-181350`: plain files whose names begin with the log's, newest first. */
function siblingsOf(path: string): readonly Sibling[] {
  const name = basename(path);
  return readdirSync(dirname(path))
    .filter((each) => each.length > name.length && each.startsWith(name) && /^[.-]\d[\d-]*$/.test(each.slice(name.length)))
    .map((each) => join(dirname(path), each))
    .map((each): Sibling => {
      const { ino, mtimeMs } = statSync(each);
      return { path: each, inode: ino, changedAt: mtimeMs };
    })
    .toSorted((a, b) => b.changedAt - a.changedAt)
    .slice(0, mostSiblings);
}

const isHeldIn = (path: string, position: LogPosition): boolean => position.offset > 0 && holdsAt(path, position);

function holdsAt(path: string, position: LogPosition): boolean {
  const descriptor = openSync(path, 'r');
  try {
    return holdsPosition(descriptor, position);
  } finally {
    closeSync(descriptor);
  }
}
