// Lines of one log in, log events out: frame, reader, join. Pure: what it says depends on the lines and on `now`.
import type { LogEvent } from '../../model/log-event.ts';
import { readers as catalogue } from './catalogue.ts';
import { createFrameReader, type FrameReader } from './frame.ts';
import { Joiner } from './join.ts';
import { type LogLine, namesNobody, type Reading } from './line.ts';
import type { LogReader, ReadResult } from './reader.ts';

export interface LogEventsOptions {
  /** As it shall stand in the events. */
  readonly file: string;
  /** `auto`, or the word of a reader: then no other reads. */
  readonly format: string;
  /** Milliseconds since the epoch, for stamps without a year. */
  readonly now: () => number;
  /** Null where nobody asks for events: they are counted, and nothing is joined for them. */
  readonly onEvent: ((event: LogEvent) => void) | null;
  /** A line that no reader understood; `line` counts from 1. */
  readonly onUnknown?: (text: string, line: number) => void;
  /** Shared by the files of one rotation; else each log has its own. */
  readonly joiner?: Joiner;
  /** Lines already read of the file. */
  readonly firstLine?: number;
}

/** What can stand behind `--format`. */
export const logFormats: readonly string[] = ['auto', ...new Set(catalogue.map(({ format }) => format))];

/** Program names kept with their reader: a log that is written into from outside may bring any number. */
const maxPrograms = 1000;

type Read = (line: LogLine) => ReadResult;

interface Opened {
  readonly reader: LogReader;
  readonly read: Read;
}

const isList = (result: Reading | readonly Reading[]): result is readonly Reading[] => Array.isArray(result);

/** Reads the lines of one log, one after the other. */
export class LogEvents {
  /** Lines until now, and of them those that no reader understood; events given. */
  lines: number;
  unknownLines = 0;
  events = 0;
  /** The earliest and the latest stamp, in milliseconds since the epoch; null where no line has one. */
  first: number | null = null;
  last: number | null = null;
  readonly #options: LogEventsOptions;
  readonly #frame: FrameReader;
  readonly #joiner: Joiner;
  readonly #opened: readonly Opened[];
  readonly #byProgram = new Map<string, Read | null>();
  /** The one that understood the last line without a program: the next is likely its own. */
  #owner: Opened | null = null;

  constructor(options: LogEventsOptions) {
    this.#options = options;
    this.#frame = createFrameReader(options.now);
    this.#joiner = options.joiner ?? new Joiner();
    this.lines = options.firstLine ?? 0;
    const wanted = options.format === 'auto' ? catalogue : catalogue.filter(({ format }) => format === options.format);
    this.#opened = wanted.map((reader) => ({ reader, read: reader.open() }));
  }

  /** Takes the next line, without its line end. */
  take(raw: string): void {
    this.lines++;
    const line = this.#frame.read(raw);
    if (line !== null) this.#tell(line);
  }

  /** The log is over. */
  end(): void {
    const line = this.#frame.end();
    if (line !== null) this.#tell(line);
  }

  #tell(line: LogLine): void {
    if (line.at !== null) {
      if (this.first === null || line.at < this.first) this.first = line.at;
      if (this.last === null || line.at > this.last) this.last = line.at;
    }
    const result = line.program === '' ? this.#withoutProgram(line) : this.#ofProgram(line);
    if (result === null) {
      this.unknownLines++;
      this.#options.onUnknown?.(line.raw, this.lines);
    } else if (isList(result)) for (const reading of result) this.#give(line, reading);
    else if (result !== namesNobody) this.#give(line, result);
  }

  #ofProgram(line: LogLine): ReadResult {
    const known = this.#byProgram.get(line.program);
    const read = known === undefined ? this.#readerOf(line.program) : known;
    if (read !== null) return read(line);
    return this.#withoutProgram(line);
  }

  #readerOf(program: string): Read | null {
    const name = program.toLowerCase();
    const slash = name.indexOf('/');
    const first = slash < 0 ? name : name.slice(0, slash);
    const found =
      this.#opened.find(({ reader }) => reader.programs.includes(name) || reader.programs.includes(first)) ??
      this.#opened.find(({ reader }) => reader.claims?.(name) === true);
    if (this.#byProgram.size >= maxPrograms) this.#byProgram.clear();
    this.#byProgram.set(program, found?.read ?? null);
    return found?.read ?? null;
  }

  /** A line that says nothing of who wrote it, or names a program that nobody claims. */
  #withoutProgram(line: LogLine): ReadResult {
    if (this.#owner !== null && this.#owner.reader.owns?.(line) === true) return this.#owner.read(line);
    const owner = this.#opened.find(({ reader }) => reader.owns?.(line) === true);
    if (owner === undefined) return null;
    this.#owner = owner;
    return owner.read(line);
  }

  #give(line: LogLine, reading: Reading): void {
    if (reading === namesNobody) return;
    this.events++;
    const { onEvent } = this.#options;
    if (onEvent === null) return;
    const joined = this.#joiner;
    joined.join(reading, line.host);
    onEvent({
      file: this.#options.file,
      line: this.lines,
      at: line.at,
      program: reading.program ?? (line.program === '' ? (this.#owner?.reader.program ?? '') : line.program),
      type: reading.type,
      hostile: reading.hostile,
      client: joined.client,
      user: joined.user,
      from: joined.from,
      to: reading.to,
      queueId: reading.queueId,
      messageId: joined.messageId,
      outcome: reading.outcome,
      replyCode: reading.replyCode,
      status: reading.status,
      reason: reading.reason,
    });
  }
}
