// What `floodgate watch` is made of: logs read or followed, their events as sightings, the detectors over them. Nothing is kept or done.
import { basename, dirname } from 'node:path';
import type { LogWatching, WatchHearer, WatchRequest, WatchSummary } from '../cli/watch.ts';
import type { LoadContext } from '../config/load.ts';
import { type LogCounts, readLog } from '../intake/log-watch/read-log.ts';
import { watchLogs as followLogs } from '../intake/log-watch/watch-logs.ts';
import type { LogEvent } from '../model/log-event.ts';
import { Joiner } from '../wire/log/join.ts';
import { logFormats } from '../wire/log/log-events.ts';
import { keepHeapSmall } from './heap-room.ts';
import type { LogAlarms } from './log-alarms.ts';

/** Between two looks of `--follow` at its output and files, in ms. */
const drainEveryMs = 200;

/** The parts of `floodgate watch`; what loading a configuration needs is asked for only with the detectors. */
export const logWatching = (context: () => Promise<LoadContext>): LogWatching => ({
  formats: logFormats,
  watch: async (request, hearer) => {
    keepHeapSmall(); // before the detectors are read, or the room that took stays
    const alarms = request.alarms ? (await import('./log-alarms.ts')).createLogAlarms(request.config, await context(), hearer.onTrouble) : null;
    return new Watch(request, hearer, alarms).run();
  },
});

class Watch {
  readonly #request: WatchRequest;
  readonly #hearer: WatchHearer;
  readonly #alarmsOf: LogAlarms | null;
  #lines = 0;
  #events = 0;
  #unknownLines = 0;
  #alarms = 0;
  #first: number | null = null;
  #last: number | null = null;

  constructor(request: WatchRequest, hearer: WatchHearer, alarms: LogAlarms | null) {
    this.#request = request;
    this.#hearer = hearer;
    this.#alarmsOf = alarms;
  }

  async run(): Promise<WatchSummary> {
    if (this.#request.follow) await this.#follow();
    else await this.#read();
    return { lines: this.#lines, events: this.#events, unknownLines: this.#unknownLines, alarms: this.#alarms, first: this.#first, last: this.#last };
  }

  async #read(): Promise<void> {
    const joiners = new Map<string, Joiner>();
    const { onTrouble, onUnknown } = this.#hearer;
    const isAsked = this.#alarmsOf !== null || this.#hearer.onEvent !== null;
    for (const file of this.#request.files) {
      if (this.#request.signal.aborted) return;
      const log = rotationOf(file);
      const joiner = joiners.get(log) ?? new Joiner();
      joiners.set(log, joiner);
      const options = {
        file,
        format: this.#request.format,
        now: Date.now,
        joiner,
        onEvent: isAsked ? (event: LogEvent) => this.#take(event) : null,
        onChunk: () => this.#mayGoOn(),
      };
      try {
        const counts = await readLog({ ...options, ...(onUnknown === null ? {} : { onUnknown: (text, line) => onUnknown(file, line, text) }) });
        this.#add(counts);
      } catch (error) {
        onTrouble(`${file}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  async #follow(): Promise<void> {
    const { files, format, signal } = this.#request;
    const watch = followLogs({
      logs: files.map((path) => ({ path, format })),
      stateDir: null,
      begin: 'first-line',
      onEvent: (event) => this.#take(event),
      onUnknown: (file, line, text) => this.#hearer.onUnknown?.(file, line, text),
      onTrouble: this.#hearer.onTrouble,
      pollMs: drainEveryMs,
    });
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => void this.#hearer.drain(), drainEveryMs);
      const leave = (): void => {
        clearInterval(timer);
        resolve();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
    await watch.stop();
    for (const counts of watch.counts.values()) this.#add(counts);
  }

  async #mayGoOn(): Promise<boolean> {
    await this.#hearer.drain();
    return !this.#request.signal.aborted;
  }

  #add({ lines, events, unknownLines, first, last }: LogCounts): void {
    this.#lines += lines;
    this.#events += events;
    this.#unknownLines += unknownLines;
    if (first !== null && (this.#first === null || first < this.#first)) this.#first = first;
    if (last !== null && (this.#last === null || last > this.#last)) this.#last = last;
  }

  #take(event: LogEvent): void {
    this.#hearer.onEvent?.(event);
    this.#alarmsOf?.(event, (alarm) => {
      this.#alarms++;
      this.#hearer.onAlarm(alarm, event);
    });
  }
}

/** `mail.log.2.gz`, `mail.log.1` and `mail.log` are one log: a message of yesterday evening may be delivered this morning. */
const rotationOf = (file: string): string =>
  `${dirname(file)}/${basename(file)
    .replace(/\.(?:gz|xz|zst|Z)$/, '')
    .replace(/[.-]\d[\d-]*$/, '')}`;
