// What `floodgate watch` is made of: logs read or followed, their events as sightings, the detectors over them. Nothing is kept or done.
import { randomInt } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { LogWatching, WatchHearer, WatchRequest, WatchSummary } from '../cli/watch.ts';
import { loadConfig, type LoadContext } from '../config/load.ts';
import type { Config } from '../config/options.ts';
import { detectors } from '../detect/catalogue.ts';
import type { DetectorContext } from '../detect/detector.ts';
import { createEngine, type Engine } from '../detect/engine.ts';
import { type LogSiteView, SightingsFromLog } from '../detect/sightings/from-log.ts';
import { type LogCounts, readLog } from '../intake/log-watch/read-log.ts';
import { watchLogs as followLogs } from '../intake/log-watch/watch-logs.ts';
import { orgDomain } from '../lib/org-domain.ts';
import type { LogEvent } from '../model/log-event.ts';
import { Joiner } from '../wire/log/join.ts';
import { logFormats } from '../wire/log/log-events.ts';
import { siteViewOf } from './detection.ts';

/** Between two looks of `--follow` at its output and files, in ms. */
const drainEveryMs = 200;

/** The parts of `floodgate watch`. */
export const logWatching = (context: LoadContext): LogWatching => ({
  formats: logFormats,
  watch: (request, hearer) => new Watch(request, hearer, request.config === null ? null : configOf(request.config, context)).run(),
});

function configOf(file: string, context: LoadContext): Config {
  const result = loadConfig(file, context);
  if (result.ok) return result.config;
  throw new Error(`${file}: ${result.errors[0]?.message ?? 'not a configuration'}; floodgate check --config ${file} tells all`);
}

class Watch {
  readonly #request: WatchRequest;
  readonly #hearer: WatchHearer;
  readonly #engine: Engine;
  readonly #sightings: SightingsFromLog;
  #lines = 0;
  #events = 0;
  #unknownLines = 0;
  #alarms = 0;
  #first: number | null = null;
  #last: number | null = null;

  constructor(request: WatchRequest, hearer: WatchHearer, config: Config | null) {
    this.#request = request;
    this.#hearer = hearer;
    const site = logSiteOf(config);
    this.#sightings = new SightingsFromLog(site);
    this.#engine = createEngine({
      definitions: detectors,
      options: config?.detectors ?? {},
      context: { ...site, hashKey: { k0: randomInt(2 ** 32 - 1) | 0, k1: randomInt(2 ** 32 - 1) | 0 } },
    });
  }

  async run(): Promise<WatchSummary> {
    if (this.#request.follow) await this.#follow();
    else await this.#read();
    return { lines: this.#lines, events: this.#events, unknownLines: this.#unknownLines, alarms: this.#alarms, first: this.#first, last: this.#last };
  }

  async #read(): Promise<void> {
    const joiners = new Map<string, Joiner>();
    const { onTrouble, onUnknown } = this.#hearer;
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
        onEvent: (event: LogEvent) => this.#take(event),
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

  #add({ lines, unknownLines, first, last }: LogCounts): void {
    this.#lines += lines;
    this.#unknownLines += unknownLines;
    if (first !== null && (this.#first === null || first < this.#first)) this.#first = first;
    if (last !== null && (this.#last === null || last > this.#last)) this.#last = last;
  }

  #take(event: LogEvent): void {
    this.#events++;
    this.#hearer.onEvent?.(event);
    if (!this.#request.alarms) return;
    for (const sighting of this.#sightings.note(event)) {
      for (const alarm of this.#engine.note(sighting)) {
        this.#alarms++;
        this.#hearer.onAlarm(alarm, event);
      }
    }
  }
}

/** Without a configuration the domains that are ours are learned from the log, and insiders are those on private networks. */
function logSiteOf(config: Config | null): LogSiteView & Pick<DetectorContext, 'isBulkSender'> {
  if (config !== null) return { ...siteViewOf(config), knowsDomains: true };
  return { isOurDomain: () => false, isInside: () => false, orgDomain, knowsDomains: false };
}

/** `mail.log.2.gz`, `mail.log.1` and `mail.log` are one log: a message of yesterday evening may be delivered this morning. */
const rotationOf = (file: string): string =>
  `${dirname(file)}/${basename(file)
    .replace(/\.(?:gz|xz|zst|Z)$/, '')
    .replace(/[.-]\d[\d-]*$/, '')}`;
