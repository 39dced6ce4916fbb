// The journal: append-only JSON Lines in segments. Appending never waits and never throws; the writing happens behind. A full
// disk costs events (counted, chatty ones first), never mail and never the process.
import { open, mkdir } from 'node:fs/promises';
import { ClosedSegments } from './closed-segments.ts';
import { hasRoomFor } from './importance.ts';
import { JournalLines } from './journal-lines.ts';
import { JournalMeter } from './journal-meter.ts';
import { clearLeftovers, cutTornLine, listSegments, segmentPath, type Segment } from './segments.ts';

export interface JournalOptions {
  readonly dir: string;
  /** Bytes at which a segment is closed and compressed. */
  readonly segment: number;
  /** Bytes on disk above which the oldest segments are removed. */
  readonly maxSize: number;
  /** Milliseconds after which a segment is removed. */
  readonly maxAge: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Trouble and recovery in words for the log; told once per bout. */
  onTrouble(what: string): void;
  /** Events that are missing, by type; told when there is room again, so that it can be journalled. */
  onDropped(dropped: Readonly<Record<string, number>>, why: string): void;
  /** Bytes a second that are written over a while; beyond it what tells least is left out. Default 0: no limit. */
  readonly maxRate?: number;
  /** Bytes that may wait for the disk. Default 16 MiB. */
  readonly maxQueued?: number;
  /** Milliseconds between attempts while the disk is in trouble. Default 1000. */
  readonly retryMs?: number;
  /** Opens a segment for writing; given by tests that play a failing disk. */
  openFile?(path: string): Promise<SegmentFile>;
}

/** What the journal does to a segment's file. */
export interface SegmentFile {
  write(chunk: Buffer, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalState {
  /** On disk, all segments. */
  readonly bytes: number;
  readonly segments: number;
  readonly queuedBytes: number;
  /** Clock at the start of the oldest segment, milliseconds since the epoch. */
  readonly oldestMs: number | null;
  /** Events lost since the start. */
  readonly dropped: number;
  /** What is wrong now; null when all is well. */
  readonly trouble: string | null;
}

export interface Journal {
  /** Takes whole lines, each ended by a line feed. */
  append(batch: string | JournalLines): void;
  /** Resolves when what was appended before is in the file, or cannot be written for now. */
  flush(): Promise<void>;
  close(): Promise<void>;
  state(): JournalState;
  segments(): readonly Segment[];
  /** Rotates by age, compresses closed segments, enforces the limits. Runs by itself every minute and after each rotation. */
  upkeep(): Promise<void>;
  /** Leaves out what is chatty from now on, or no longer. */
  spare(isSparing: boolean): void;
  /** Removes the oldest closed segment if all of it happened before then (ms since the epoch); gives the bytes freed. */
  giveUpOldest(beforeMs: number): Promise<number>;
}

/** A quiet site still gets a new segment each day, so that the age limit has something to remove. */
const longestSegmentMs = 86_400_000;
const upkeepMs = 60_000;
/** One write takes at most so much: the queue keeps moving and a failed write repeats little. */
const writeBytes = 1024 * 1024;
/** What is missing is told so often at most, in ms: each telling is an event itself. */
const tellDroppedMs = 10_000;
const pieceBytes = 64 * 1024;

/** Opens the journal, mends what a crash left, and goes on with the newest segment. Rejects when the directory cannot be used. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  await clearLeftovers(options.dir);
  const segments = [...(await listSegments(options.dir))];
  const newest = segments.at(-1);
  if (newest && !newest.compressed) {
    const cut = await cutTornLine(newest);
    if (cut > 0) options.onTrouble(`the journal ended in a torn line (a crash?): ${cut} bytes cut from ${newest.path}`);
    segments[segments.length - 1] = { ...newest, bytes: newest.bytes - cut };
  }
  const writer = new JournalWriter(options, segments);
  void writer.upkeep();
  return writer;
}

const openSegmentFile = async (path: string): Promise<SegmentFile> => {
  const handle = await open(path, 'a+', 0o600).then(async (created) => {
    await created.close();
    return open(path, 'r+'); // append mode would ignore the position, and a torn write must be overwritten
  });
  return {
    write: async (chunk, position) => (await handle.write(chunk, 0, chunk.length, position)).bytesWritten,
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
};

interface OpenSegment {
  readonly file: SegmentFile;
  readonly path: string;
  readonly firstMs: number;
  readonly number: number;
  bytes: number;
}

class JournalWriter implements Journal {
  readonly #options: JournalOptions;
  readonly #maxQueued: number;
  readonly #segmentBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #shelf: ClosedSegments;
  #current: OpenSegment | null = null;
  #resume: Segment | null = null;
  #nextNumber: number;
  readonly #queue: Buffer[] = [];
  #queued = 0;
  #pumping: Promise<void> | null = null;
  #tending: Promise<void> | null = null;
  #retryAt = 0;
  #trouble: string | null = null;
  #dropped = new Map<string, number>();
  #droppedEver = 0;
  #toldDroppedAt = 0;
  readonly #meter: JournalMeter;
  #closing = false;

  constructor(options: JournalOptions, segments: readonly Segment[]) {
    this.#options = options;
    this.#maxQueued = options.maxQueued ?? 16 * 1024 * 1024;
    this.#meter = new JournalMeter(options.maxRate ?? 0);
    // At least four segments within the limit, or removing the oldest would empty the journal.
    this.#segmentBytes = Math.min(options.segment, Math.ceil(options.maxSize / 4));
    const newest = segments.at(-1);
    this.#resume = newest && !newest.compressed && newest.bytes < this.#segmentBytes ? newest : null;
    this.#shelf = new ClosedSegments(options, this.#resume ? segments.slice(0, -1) : segments);
    this.#nextNumber = (newest?.number ?? 0) + 1;
    this.#timer = setInterval(() => void this.upkeep(), upkeepMs).unref();
  }

  append(batch: string | JournalLines): void {
    if (batch.length === 0 || this.#closing) return;
    const lines = typeof batch === 'string' ? JournalLines.of(batch.split('\n').filter((line) => line !== '')) : batch;
    const whole = lines.bytes;
    const isCalm = this.#meter.isCalm(whole.length, this.#options.now());
    const kept = isCalm && hasRoomFor(0, this.#queued + whole.length, this.#maxQueued) ? whole : this.#thin(lines);
    if (kept.length > 0) {
      if (isCalm) this.#meter.wrote(kept.length);
      this.#queue.push(kept);
      this.#queued += kept.length;
    }
    this.#startPump();
  }

  /** Keeps of a batch what there is room for by importance, and counts the rest. */
  #thin(batch: JournalLines): Buffer {
    const kept: Buffer[] = [];
    let bytes = this.#queued;
    for (let index = 0; index < batch.length; index++) {
      const importance = batch.importance(index);
      const line = batch.octets(index);
      if (this.#meter.admits(importance, line.length) && hasRoomFor(importance, bytes + line.length, this.#maxQueued)) {
        this.#meter.wrote(line.length);
        kept.push(line);
        bytes += line.length;
      } else {
        const type = batch.type(index) ?? 'unknown';
        this.#dropped.set(type, (this.#dropped.get(type) ?? 0) + 1);
        this.#droppedEver++;
      }
    }
    return Buffer.concat(kept);
  }

  #startPump(): void {
    if (this.#pumping || this.#queue.length === 0 || this.#options.now() < this.#retryAt) return;
    this.#pumping = this.#pump().finally(() => {
      this.#pumping = null;
    });
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      const chunk = this.#takeChunk();
      try {
        await this.#write(chunk);
      } catch (error) {
        return this.#putOff(chunk, error);
      }
      this.#queued -= chunk.length;
      this.#recovered();
    }
  }

  #takeChunk(): Buffer {
    let bytes = 0;
    let count = 0;
    // On a disk that just refused, little by little: what is left of it may be less than a large write.
    const most = this.#trouble === null ? writeBytes : 0;
    for (const each of this.#queue) {
      if (count > 0 && bytes + each.length > most) break;
      bytes += each.length;
      count++;
    }
    const taken = this.#queue.splice(0, count);
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken, bytes);
  }

  async #write(chunk: Buffer): Promise<void> {
    const segment = this.#current ?? (await this.#begin());
    for (let done = 0; done < chunk.length;) {
      const written = await segment.file.write(chunk.subarray(done), segment.bytes + done);
      if (written === 0) throw new Error('the disk took nothing');
      done += written;
    }
    segment.bytes += chunk.length; // only a whole chunk counts: after a failure the same place is written again
    if (segment.bytes >= this.#segmentBytes) await this.#rotate();
  }

  async #begin(): Promise<OpenSegment> {
    const { dir, now, openFile = openSegmentFile } = this.#options;
    const resumed = this.#resume;
    const firstMs = resumed?.firstMs ?? now();
    const number = resumed?.number ?? this.#nextNumber;
    const path = resumed?.path ?? segmentPath(dir, firstMs, number);
    const file = await openFile(path);
    this.#resume = null;
    if (!resumed) this.#nextNumber++;
    this.#current = { file, path, firstMs, number, bytes: resumed?.bytes ?? 0 };
    return this.#current;
  }

  async #rotate(): Promise<void> {
    const segment = this.#current;
    if (!segment) return;
    this.#current = null;
    this.#shelf.add(asClosed(segment));
    try {
      await endFile(segment);
    } catch (error) {
      this.#options.onTrouble(`the journal segment ${segment.path} may not be safe on disk: ${messageOf(error)}`);
    }
    void this.upkeep();
  }

  /** Puts a chunk back and tries again later. What was half written is cut off, so that readers never see a torn line for long. */
  async #putOff(chunk: Buffer, error: unknown): Promise<void> {
    this.#queue.unshift(...piecesOf(chunk));
    const retryMs = this.#options.retryMs ?? 1000;
    this.#retryAt = this.#options.now() + retryMs;
    setTimeout(() => this.#startPump(), retryMs + 1).unref();
    const what = `the journal cannot be written: ${messageOf(error)}`;
    if (this.#trouble === null) this.#options.onTrouble(what);
    this.#trouble = what;
    try {
      await this.#current?.file.truncate(this.#current.bytes);
    } catch {
      // The disk that refused the write may refuse this too; the next write begins at the same place anyway.
    }
  }

  #recovered(): void {
    if (this.#trouble !== null) {
      this.#trouble = null;
      this.#options.onTrouble('the journal is written again');
    }
    this.#tellDropped();
  }

  #tellDropped(): void {
    if (this.#dropped.size === 0 || !hasRoomFor(0, this.#queued, this.#maxQueued)) return;
    const now = this.#options.now();
    if (this.#toldDroppedAt > 0 && now - this.#toldDroppedAt < tellDroppedMs) return;
    this.#toldDroppedAt = now;
    const dropped = Object.fromEntries(this.#dropped);
    this.#dropped = new Map();
    this.#options.onDropped(dropped, 'more came than the journal may grow, or the disk takes');
  }

  async flush(): Promise<void> {
    this.#startPump();
    await this.#pumping;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#retryAt = 0; // one more attempt, whatever the disk said before
    await this.flush();
    this.#closing = true;
    this.#shelf.stop();
    await this.#tending;
    if (this.#current) await endFile(this.#current);
    this.#current = null;
  }

  state(): JournalState {
    const all = this.segments();
    return {
      bytes: all.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: all.length,
      queuedBytes: this.#queued,
      oldestMs: all[0]?.firstMs ?? null,
      dropped: this.#droppedEver,
      trouble: this.#trouble,
    };
  }

  segments(): readonly Segment[] {
    const current = this.#currentSegment();
    return current ? [...this.#shelf.all(), current] : this.#shelf.all();
  }

  #currentSegment(): Segment | null {
    return this.#current ? asClosed(this.#current) : this.#resume;
  }

  upkeep(): Promise<void> {
    if (this.#closing) return Promise.resolve();
    // One at a time: compression must not take more than one thread from the doors.
    this.#tending = (this.#tending ?? Promise.resolve()).then(() => this.#tend());
    return this.#tending;
  }

  spare(isSparing: boolean): void {
    this.#meter.spare(isSparing);
  }

  giveUpOldest(beforeMs: number): Promise<number> {
    if (this.#closing) return Promise.resolve(0);
    // After what is being compressed: a segment must not go away under it.
    const given = (this.#tending ?? Promise.resolve()).then(() => this.#shelf.giveUpOldest(beforeMs, this.#currentSegment()));
    this.#tending = given.then(
      () => {},
      (error: unknown) => this.#options.onTrouble(`an old journal segment cannot be removed: ${messageOf(error)}`),
    );
    return given.catch(() => 0);
  }

  async #tend(): Promise<void> {
    this.#tellDropped();
    try {
      await this.#pumping; // the file must not be rotated in the middle of a write
      if (!this.#pumping && this.#current && this.#options.now() - this.#current.firstMs >= longestSegmentMs) await this.#rotate();
      await this.#shelf.tidy(() => this.#currentSegment());
    } catch (error) {
      this.#options.onTrouble(`the journal cannot be tidied: ${messageOf(error)}`);
    }
  }
}

const asClosed = ({ path, firstMs, number, bytes }: OpenSegment): Segment => ({ path, firstMs, number, bytes, compressed: false });

/** A chunk cut at line ends into pieces of some 64 KiB. */
function piecesOf(chunk: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < chunk.length;) {
    const lineEnd = chunk.indexOf(0x0a, Math.min(start + pieceBytes, chunk.length - 1));
    const end = lineEnd < 0 ? chunk.length : lineEnd + 1;
    pieces.push(chunk.subarray(start, end));
    start = end;
  }
  return pieces;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function endFile(segment: OpenSegment): Promise<void> {
  try {
    await segment.file.sync();
  } finally {
    await segment.file.close();
  }
}
