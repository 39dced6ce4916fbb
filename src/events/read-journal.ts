// Reading the journal: plain and compressed segments, read-only, with or without a daemon that writes at the same time. Lines are
// searched as bytes first; only those that hold the needle are parsed, which is what makes a gigabyte searchable in seconds.
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import type { Event } from '../model/events.ts';
import { isMissing, listSegments, type Segment } from './segments.ts';

export interface ReadOptions {
  /** Only segments that can hold events of this window are opened; milliseconds since the epoch, both ends included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only lines that hold one of these texts, as they stand in the JSON, are parsed. */
  readonly needles?: readonly string[];
  /** Which segment is read first. Within a segment events come in the order of writing. Default 'forward'. */
  readonly order?: 'forward' | 'newest-segment-first';
  /** Told of each line that is no event (torn, damaged), and once of a segment whose rest cannot be read. */
  onBadLine?(segment: Segment): void;
}

/** An event may be written to a segment that was begun later than the event happened: it waited in a batch. */
const batchSlackMs = 60_000;
const readBytes = 1024 * 1024;
/** A line longer than this is damage, not an event; the recorder writes far shorter ones. */
const maxLineBytes = 16 * 1024 * 1024;

/** Gives the events a segment at a time, each with the events that passed the filter. */
export async function* readSegments(
  dir: string,
  options: ReadOptions = {},
): AsyncGenerator<{ readonly segment: Segment; readonly events: AsyncGenerator<Event> }> {
  const segments = segmentsWithin(await listSegments(dir), options);
  for (const segment of options.order === 'newest-segment-first' ? segments.toReversed() : segments) {
    yield { segment, events: readSegment(segment, options) };
  }
}

/** All events that pass the filter. */
export async function* readJournal(dir: string, options: ReadOptions = {}): AsyncGenerator<Event> {
  for await (const { events } of readSegments(dir, options)) yield* events;
}

/** All events of one segment that stands by itself: a copy, a part of a journal. */
export const readJournalFile = (path: string, options: ReadOptions = {}): AsyncGenerator<Event> =>
  readSegment({ path, firstMs: 0, number: 0, bytes: 0, compressed: path.endsWith('.zst') }, options);

/** A segment holds what happened from its begin to the begin of the next one. */
function segmentsWithin(segments: readonly Segment[], { fromMs = 0, toMs = Infinity }: ReadOptions): readonly Segment[] {
  return segments.filter((segment, index) => {
    const endMs = segments[index + 1]?.firstMs ?? Infinity;
    return segment.firstMs - batchSlackMs <= toMs && endMs >= fromMs;
  });
}

async function* readSegment(segment: Segment, options: ReadOptions): AsyncGenerator<Event> {
  const { fromMs = 0, toMs = Infinity } = options;
  const needles = options.needles?.map((needle) => Buffer.from(needle)) ?? null;
  try {
    for await (const lines of wholeLines(segment)) {
      for (const line of needles ? linesWith(lines, needles) : allLines(lines)) {
        const event = parseEvent(line);
        if (event === null) options.onBadLine?.(segment);
        else if (event.at >= fromMs && event.at <= toMs) yield event;
      }
    }
  } catch (error) {
    // One damaged segment must not hide what the others tell.
    if (!isDamage(error)) throw error;
    options.onBadLine?.(segment);
  }
}

/** Trouble with the bytes of a file, as zlib and the disk report it. */
const isDamage = (error: unknown): boolean => error instanceof Error && 'code' in error && /^(ZSTD_|Z_|ERR_ZLIB|EIO$|ENOENT$)/.test(String(error.code));

/** Chunks of the segment that begin and end at line ends. A last line without its end is still being written, or torn: left out. */
async function* wholeLines(segment: Segment): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of await openSegment(segment)) {
    const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = block.lastIndexOf(0x0a);
    if (end >= 0) yield block.subarray(0, end + 1);
    rest = block.subarray(end + 1);
    if (rest.length > maxLineBytes) rest = Buffer.alloc(0);
  }
}

async function openSegment(segment: Segment): Promise<AsyncIterable<Buffer>> {
  // Between listing and opening the keeper may have compressed the segment, or removed it.
  const options = { highWaterMark: readBytes };
  if (!segment.compressed && (await exists(segment.path))) return createReadStream(segment.path, options);
  const path = segment.compressed ? segment.path : `${segment.path}.zst`;
  return (await exists(path)) ? decompressed(createReadStream(path, options)) : nothing();
}

async function* nothing(): AsyncGenerator<Buffer> {}

function decompressed(file: ReadStream): AsyncIterable<Buffer> {
  const stream = createZstdDecompress({ chunkSize: readBytes });
  file.on('error', (error) => stream.destroy(error));
  return file.pipe(stream);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function* allLines(block: Buffer): Generator<Buffer> {
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(0x0a, start);
    yield block.subarray(start, end);
    start = end + 1;
  }
}

/** Lines that hold one of the needles, each once, in order. */
function* linesWith(block: Buffer, needles: readonly Buffer[]): Generator<Buffer> {
  const next = needles.map((needle) => ({ needle, at: block.indexOf(needle) })).filter(({ at }) => at >= 0);
  while (next.length > 0) {
    const hit = Math.min(...next.map(({ at }) => at));
    const start = block.lastIndexOf(0x0a, hit) + 1;
    const end = block.indexOf(0x0a, hit);
    yield block.subarray(start, end);
    for (let i = next.length - 1; i >= 0; i--) {
      const each = next[i];
      if (!each || each.at > end) continue;
      each.at = block.indexOf(each.needle, end);
      if (each.at < 0) next.splice(i, 1);
    }
  }
}

function parseEvent(line: Buffer): Event | null {
  try {
    const value: unknown = JSON.parse(line.toString());
    // The journal is ours: what has a stamp and a type was written by the recorder.
    return typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number' && 'type' in value ? (value as Event) : null;
  } catch {
    return null;
  }
}

/** Without a time to go back to, this much of the journal's end is searched: the page that asks every two seconds must stay cheap. */
const shallowBytes = 16 * 1024 * 1024;
/** JSON Lines of events shrink to about a tenth. */
const usualCompression = 10;

/**
 * The newest events, oldest first, at most `limit`. With `sinceMs` the journal is searched back to that time; without, only its
 * last 16 MiB are.
 */
export async function lastEvents(
  dir: string,
  options: { readonly sinceMs?: number; readonly limit: number; wanted?(event: Event): boolean },
): Promise<readonly Event[]> {
  const { sinceMs = 0, limit, wanted = () => true } = options;
  const found: Event[] = [];
  let budget = sinceMs > 0 ? Infinity : shallowBytes;
  for (const segment of segmentsWithin(await listSegments(dir), { fromMs: sinceMs }).toReversed()) {
    const room = limit - found.length;
    const cost = segment.compressed ? segment.bytes * usualCompression : segment.bytes;
    if (room <= 0 || budget <= 0 || (segment.compressed && cost > budget)) break;
    found.push(...(await lastOfSegment(segment, { room, budget, wanted: (event) => event.at >= sinceMs && wanted(event) })));
    budget -= cost;
  }
  return found.toSorted(byTime);
}

/** Order of what happened: doors write at the same time, so the order in the file is only nearly that. */
export const byTime = (a: Event, b: Event): number => a.at - b.at || (a.door === b.door ? a.seq - b.seq : a.door < b.door ? -1 : 1);

interface Search {
  /** Events at most. */
  readonly room: number;
  /** Bytes at most. */
  readonly budget: number;
  wanted(event: Event): boolean;
}

async function lastOfSegment(segment: Segment, { room, budget, wanted }: Search): Promise<readonly Event[]> {
  for (const bytes of segment.compressed ? [] : [readBytes, shallowBytes]) {
    const tail = await tailOf(segment, Math.min(bytes, budget));
    if (tail === null) break;
    const found = [...allLines(tail.lines)].map(parseEvent).filter((event): event is Event => event !== null && wanted(event));
    if (found.length >= room || tail.whole || bytes >= budget) return found.slice(-room);
  }
  let found: Event[] = [];
  for await (const event of readSegment(segment, {})) {
    if (!wanted(event)) continue;
    found.push(event);
    if (found.length > 2 * room) found = found.slice(-room);
  }
  return found.slice(-room);
}

/** The end of a plain segment, from a line's begin; null when the segment is gone. */
async function tailOf(segment: Segment, bytes: number): Promise<{ readonly lines: Buffer; readonly whole: boolean } | null> {
  try {
    const handle = await open(segment.path, 'r');
    try {
      const { size } = await handle.stat();
      const start = Math.max(0, size - bytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
      const block = buffer.subarray(0, bytesRead);
      const begin = start === 0 ? 0 : block.indexOf(0x0a) + 1;
      return { lines: block.subarray(begin, block.lastIndexOf(0x0a) + 1), whole: start === 0 };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
