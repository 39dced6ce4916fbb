// Follows a log as it is written, through rotation (renamed and made new, or copied and cut off), from where reading stood when it ended.
import { statSync } from 'node:fs';
import type { LogEvent } from '../../model/log-event.ts';
import { Joiner } from '../../wire/log/join.ts';
import { LogEvents } from '../../wire/log/log-events.ts';
import { FollowedFile } from './followed-file.ts';
import type { LogCounts } from './read-log.ts';
import { holdsFile, loadPosition, positionFile, rotatedSince, savePosition } from './log-position.ts';

export interface FollowOptions {
  readonly path: string;
  /** `auto`, or the word of a reader. */
  readonly format: string;
  readonly onEvent: (event: LogEvent) => void;
  /** A line that no reader understood, and its number. */
  readonly onUnknown?: (text: string, line: number) => void;
  /** Where the position is remembered; null: it is not, and reading begins at the first line. */
  readonly stateDir: string | null;
  /** Where to begin in a file that is there and was never read. */
  readonly begin: 'first-line' | 'end';
  /** A trouble that passes (the file is not there, no right to read it): told once until it is over. */
  readonly onTrouble?: (message: string) => void;
  /** Milliseconds between two looks at the file. */
  readonly pollMs?: number;
  /** How long a rotated file is still read: its writer may be told late of the rotation; in ms. */
  readonly lateMs?: number;
}

export interface Following {
  /** What was read of all files of the log until now. */
  readonly counts: LogCounts;
  /** Reads what is there, remembers the place and closes. */
  stop(): Promise<void>;
}

const defaultPollMs = 500;
const defaultLateMs = 30_000;
/** Between two savings of the position: what a crash reads twice. */
const saveEveryMs = 5000;
/** Rotated files that are still read; a log that rotates faster loses only what is written late. */
const mostRetired = 3;

/** A file and the reader of its lines: a rotated one that still grows counts its lines apart. */
interface Followed {
  readonly file: FollowedFile;
  events: LogEvents;
}

/** Where to go on in a file that was rotated while nobody read. */
interface Missed {
  readonly path: string;
  readonly offset: number;
  readonly line: number;
}

const sumOf = (a: LogCounts, b: LogCounts): LogCounts => ({
  lines: a.lines + b.lines,
  events: a.events + b.events,
  unknownLines: a.unknownLines + b.unknownLines,
  first: a.first === null || (b.first !== null && b.first < a.first) ? b.first : a.first,
  last: a.last === null || (b.last !== null && b.last > a.last) ? b.last : a.last,
});

/** Begins to follow; the first look at the file is made at once. */
export function followLog(options: FollowOptions): Following {
  const follower = new Follower(options);
  follower.start();
  return follower;
}

class Follower implements Following {
  readonly #options: FollowOptions;
  readonly #joiner = new Joiner();
  readonly #stateFile: string | null;
  #now: Followed | null = null;
  /** Rotated, and still read for a while; oldest first. */
  readonly #retired: (Followed & { readonly until: number })[] = [];
  /** To be read before the log itself; oldest first. */
  #missed: Missed[] = [];
  #begin: FollowOptions['begin'];
  /** Of files that are closed, less the lines that were read before we came. */
  #before: LogCounts = { lines: 0, events: 0, unknownLines: 0, first: null, last: null };
  #savedAt = 0;
  #isDirty = false;
  #isStopped = false;
  #trouble = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#begin = options.begin;
    this.#stateFile = options.stateDir === null ? null : positionFile(options.stateDir, options.path);
  }

  get counts(): LogCounts {
    return [this.#before, ...this.#open.map(({ events }) => events)].reduce(sumOf);
  }

  get #open(): readonly Followed[] {
    return this.#now === null ? this.#retired : [...this.#retired, this.#now];
  }

  start(): void {
    this.#guard(() => this.#resume());
    this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#guard(() => {
      while (this.#step()) continue;
    });
    this.#guard(() => this.#save());
    for (const { file } of this.#open) file.close();
    return Promise.resolve();
  }

  #look(): void {
    let more = false;
    this.#guard(() => {
      more = this.#step();
    });
    if (this.#isDirty && performance.now() - this.#savedAt >= saveEveryMs) this.#guard(() => this.#save());
    // With more to read, only let others have their turn.
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#look(), more ? 0 : (this.#options.pollMs ?? defaultPollMs));
  }

  /** Reads a piece of each file; true when there is more. */
  #step(): boolean {
    for (const { file } of this.#retired) if (file.readMore()) return true;
    this.#dismiss();
    if (this.#now === null) return this.#openNext();
    const { file } = this.#now;
    if (file.wasCut) {
      file.startAgain();
      this.#count(this.#now);
      this.#now.events = this.#eventsFrom(0);
    }
    if (file.readMore()) {
      this.#isDirty = true;
      return true;
    }
    if (!this.#hasBeenReplaced(file)) return false;
    this.#retire(this.#now, this.#options.lateMs ?? defaultLateMs);
    return true;
  }

  /** Another file has the log's name now. While there is none, the old one is the log. */
  #hasBeenReplaced(file: FollowedFile): boolean {
    const now = statSync(this.#options.path, { throwIfNoEntry: false });
    return now !== undefined && (now.ino !== file.inode || now.dev !== file.device);
  }

  #retire(followed: Followed, lateMs: number): void {
    this.#retired.push({ ...followed, until: performance.now() + lateMs });
    this.#now = null;
    this.#isDirty = true;
  }

  /** Closes what nobody writes into any more. */
  #dismiss(): void {
    const now = performance.now();
    while (this.#retired.length > mostRetired || (this.#retired[0] !== undefined && this.#retired[0].until <= now)) {
      const gone = this.#retired.shift() as Followed;
      gone.file.finish();
      gone.file.close();
      this.#count(gone);
    }
  }

  #count({ events }: Followed): void {
    this.#before = sumOf(this.#before, events);
  }

  /** The next file that was missed, else the log itself; false while it is not there. */
  #openNext(): boolean {
    const missed = this.#missed.shift();
    if (missed !== undefined) {
      this.#retire(this.#opened(missed), 0);
      return true;
    }
    const { path } = this.#options;
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) this.#tell('the file is not there yet');
    else this.#now = this.#opened({ path, offset: this.#begin === 'end' ? there.size : 0, line: 0 });
    // Whatever gets the name after this was written while we looked.
    this.#begin = 'first-line';
    if (there !== undefined) this.#trouble = '';
    return there !== undefined;
  }

  #opened({ path, offset, line }: Missed): Followed {
    const followed: Followed = { file: new FollowedFile(path, offset, (text) => followed.events.take(text)), events: this.#eventsFrom(line) };
    this.#before = { ...this.#before, lines: this.#before.lines - line };
    return followed;
  }

  /** A fresh reader of lines; what is joined stays over a rotation. */
  #eventsFrom(firstLine: number): LogEvents {
    const { path, format, onEvent, onUnknown } = this.#options;
    return new LogEvents({ file: path, format, now: Date.now, onEvent, ...(onUnknown ? { onUnknown } : {}), joiner: this.#joiner, firstLine });
  }

  /** Goes on where reading stood: in the same file, or in the one it was renamed or copied to and then the new one. */
  #resume(): void {
    const { path } = this.#options;
    const saved = this.#stateFile === null ? null : loadPosition(this.#stateFile);
    if (saved === null) return;
    this.#begin = 'first-line';
    if (holdsFile(path, saved)) this.#now = this.#opened({ path, offset: saved.offset, line: saved.line });
    else this.#missed = rotatedSince(path, saved).map((old, at) => ({ path: old, offset: at === 0 ? saved.offset : 0, line: at === 0 ? saved.line : 0 }));
  }

  #save(): void {
    if (this.#stateFile === null || this.#now === null) return;
    savePosition(this.#stateFile, this.#now.file.position(this.#now.events.lines));
    this.#savedAt = performance.now();
    this.#isDirty = false;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  #tell(message: string): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#options.onTrouble?.(`${this.#options.path}: ${message}`);
  }
}
