// Reads one whole log: bytes, lines, events. Nothing of it stays in memory but what is joined.
import { LogEvents, type LogEventsOptions } from '../../wire/log/log-events.ts';
import { LineCutter } from './line-cutter.ts';
import { openLog } from './open-log.ts';

export interface ReadLogOptions extends LogEventsOptions {
  /** After each chunk of the file: the place to let output drain, and to give up (`false`). */
  readonly onChunk?: () => Promise<boolean> | boolean;
}

/** What was read of a log. */
export interface LogCounts {
  readonly lines: number;
  readonly events: number;
  readonly unknownLines: number;
  /** Earliest and latest stamp, in milliseconds since the epoch. */
  readonly first: number | null;
  readonly last: number | null;
}

/** Reads the log named `file` to its end. */
export async function readLog({ onChunk, ...options }: ReadLogOptions): Promise<LogCounts> {
  const events = new LogEvents(options);
  const cutter = new LineCutter((line) => events.take(line));
  for await (const chunk of openLog(options.file)) {
    cutter.push(chunk);
    if ((await onChunk?.()) === false) break;
  }
  cutter.end();
  events.end();
  return { lines: events.lines, events: events.events, unknownLines: events.unknownLines, first: events.first, last: events.last };
}
