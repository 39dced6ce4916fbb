// A module of the operator's own that hears each decision: the hook for OpenTelemetry and the like (docs/telemetry.md). It may fail;
// the mail does not notice.
import { pathToFileURL } from 'node:url';
import type { LiveEvents } from '../events/live.ts';
import type { Event, Recorder } from '../model/events.ts';

/** What the module exports. */
export interface TelemetryModule {
  /** Hears one decision; the next one when it is done. */
  onEvent(event: Event): unknown;
  /** So many were too many for it. */
  onMissed?(missed: number): unknown;
  /** At the end: to send what it still holds. */
  close?(): unknown;
}

export interface TelemetryParts {
  /** Absolute path of the module. */
  readonly module: string;
  readonly watch: LiveEvents['watch'];
  readonly record: Recorder;
}

export interface Telemetry {
  /** Resolves when the module has closed, or its time for that is over. */
  close(): Promise<void>;
}

/** How long the gateway waits for the module at its end, in ms. */
const closingMs = 5000;

/** Loads the module and tells it what is decided from now on. One that cannot be loaded, or fails, is recorded once and left alone. */
export async function openTelemetry({ module, watch, record }: TelemetryParts): Promise<Telemetry> {
  const fail = (why: unknown): void => record({ type: 'telemetry-failed', module, why: (why instanceof Error ? why.message : String(why)).slice(0, 500) });
  const loaded = await load(module).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  const watcher = watch({ all: false });
  if (loaded instanceof Error || watcher === null) {
    fail(loaded instanceof Error ? loaded : 'as many watch as may');
    watcher?.close();
    return { close: () => Promise.resolve() };
  }
  let isOver = false;
  const telling = (async () => {
    for (let item = await watcher.next(); item.kind !== 'closed'; item = await watcher.next()) {
      if (item.kind === 'event') await loaded.onEvent(JSON.parse(item.line) as Event); // the recorder wrote the line
      else await loaded.onMissed?.(item.missed);
    }
    if (!isOver) fail('it took nothing for a minute');
  })().catch((error: unknown) => {
    fail(error);
    watcher.close();
  });
  return {
    close: async () => {
      isOver = true;
      watcher.close();
      await atMost(closingMs, telling.then(() => loaded.close?.()).catch(fail));
    },
  };
}

async function load(file: string): Promise<TelemetryModule> {
  const loaded: unknown = await import(pathToFileURL(file).href);
  if (!isTelemetry(loaded)) throw new Error('it exports no function onEvent');
  return loaded;
}

function isTelemetry(value: unknown): value is TelemetryModule {
  if (typeof value !== 'object' || value === null || !('onEvent' in value) || typeof value.onEvent !== 'function') return false;
  return (['onMissed', 'close'] as const).every((name) => !(name in value) || typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}

async function atMost(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([done, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
