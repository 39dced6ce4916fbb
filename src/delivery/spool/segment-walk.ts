// A walk through a segment, record by record, with a few megabytes of it in memory whatever its size.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { SpoolItem } from '../../model/spool.ts';
import { FileWindow } from './file-window.ts';
import {
  beginsSegment,
  figuresBytes,
  headBytesAt,
  headWord,
  itemOf,
  mostFixedBytes,
  oldSign,
  parseHead,
  segmentHeadBytes,
  signOf,
  type RecordHead,
} from './record.ts';

/** What a walk through a segment finds. */
export interface SegmentFindings {
  readonly items: readonly SpoolItem[];
  /** Bytes of the whole segment. */
  readonly bytes: number;
  /** Bytes up to which records were found. */
  readonly soundBytes: number;
  /** What cannot be read, with sound records behind it; bytes. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Records whose content is not what was kept. */
  readonly damaged: readonly string[];
  /** Records that a newer Floodgate has written in a way that is not known here. */
  readonly foreign: readonly string[];
  /** No sound record stands behind that, and what does looks like the end of a write that never ended: nobody was promised anything about it. */
  readonly isTorn: boolean;
}

export interface WalkOptions {
  readonly segment: string;
  readonly windowBytes?: number;
}

/** The way of writing records that is known here. */
const knownFormat = 1;
/**
 * Behind an unreadable place of a segment without a sign of its own strangers can write what looks like heads: so many bytes of such are tried, and each counts for
 * some more, for it has to be read again.
 */
const mostTriedBytes = 64 * 1024 ** 2;
const triedAtLeast = 64 * 1024;

/** Every sound record. What is damaged is left out and named; what stands behind it was acknowledged too, and is found by the segment's sign. */
export async function walkSegment(file: FileHandle, { segment, windowBytes }: WalkOptions): Promise<SegmentFindings> {
  const { size: bytes } = await file.stat();
  const window = new FileWindow(file, windowBytes);
  const { sign, firstAt } = signOf(await window.view(0, mostFixedBytes)) ?? { sign: undefined, firstAt: 0 };
  const mayGoOn = sign !== undefined && !sign.equals(oldSign);
  const found = { items: [] as SpoolItem[], damaged: [] as string[], foreign: [] as string[], gaps: [] as { readonly from: number; readonly to: number }[] };
  let at = firstAt;
  let behind = -1;
  for (;;) {
    const read = await recordAt(window, at, sign);
    if (read !== null && read.end <= bytes) {
      const { envelope, headBytes } = read.head;
      if (!read.isSound) found.damaged.push(envelope.id);
      else if ((envelope.format as number) === knownFormat) found.items.push(itemOf(envelope, { segment, at, headBytes }));
      else found.foreign.push(envelope.id);
      at = read.end;
      continue;
    }
    behind = at < bytes ? await headBehind(window, at, sign) : -1;
    if (!mayGoOn || behind < 0) break;
    found.gaps.push({ from: at, to: behind });
    at = behind;
  }
  const isTorn = at < bytes && behind < 0 && (await mayBeTorn(window, { at, bytes, sign: at === 0 ? undefined : sign }));
  return { ...found, bytes, soundBytes: at, isTorn };
}

/** The record there, whole or not, sound or not; null where no sound head is. */
async function recordAt(
  window: FileWindow,
  at: number,
  sign: Buffer | undefined,
): Promise<{ readonly head: RecordHead; readonly end: number; readonly isSound: boolean } | null> {
  const head = await headAt(window, at, sign);
  if (head === null) return null;
  const end = at + head.headBytes + head.envelope.wireBytes;
  return { head, end, isSound: (await hashOf(window, at + head.headBytes, end)) === head.envelope.sha256 };
}

async function headAt(window: FileWindow, at: number, sign: Buffer | undefined): Promise<RecordHead | null> {
  if (sign === undefined) return null;
  const headBytes = headBytesAt(await window.view(at, mostFixedBytes), sign);
  return headBytes === null ? null : parseHead(await window.view(at, headBytes), sign);
}

async function hashOf(window: FileWindow, from: number, to: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of window.pieces(from, to)) hash.update(piece);
  return hash.digest('hex');
}

/**
 * Where the next sound head stands; -1 where none does. More than can be tried counts as one. Where even the sign cannot be read, the first word of one does: what
 * may be mail is not ours to cut.
 */
async function headBehind(window: FileWindow, from: number, sign: Buffer | undefined): Promise<number> {
  const word = sign === undefined ? await window.indexOf(headWord, segmentHeadBytes) : -1;
  if (word >= 0) return word;
  const sought = sign ?? oldSign;
  let tried = 0;
  for (let at = await window.indexOf(sought, from + 1); at >= 0; at = await window.indexOf(sought, at + 1)) {
    tried += triedAtLeast + (headBytesAt(await window.view(at, mostFixedBytes), sought) ?? 0);
    if (tried > mostTriedBytes || (await headAt(window, at, sought)) !== null) return at;
  }
  return -1;
}

/**
 * The beginning of a record whose end is not there, or pages that never reached the disk. A head that is all there and not sound is damage. Anything else may be
 * what a newer version calls a record.
 */
async function mayBeTorn(
  window: FileWindow,
  { at, bytes, sign }: { readonly at: number; readonly bytes: number; readonly sign: Buffer | undefined },
): Promise<boolean> {
  const rest = await window.view(at, mostFixedBytes);
  const begin = rest.subarray(0, (sign ?? oldSign).length);
  if (begin.every((octet) => octet === 0)) return true;
  if (sign === undefined) return beginsSegment(rest) || begin.equals(oldSign.subarray(0, begin.length));
  if (!begin.equals(sign.subarray(0, begin.length))) return false;
  if (rest.length < sign.length + figuresBytes) return true;
  const headBytes = headBytesAt(rest, sign);
  return headBytes !== null && (at + headBytes > bytes || (await headAt(window, at, sign)) !== null);
}
