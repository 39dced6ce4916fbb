// The keeper: one main thread that owns configuration, journal, lists, store and web, and keeps the door threads alive.
// The keeper's side of the composition root.
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { sessionTally } from '../intake/smtp/admission.ts';
import { sweepLeftovers } from '../delivery/content-store.ts';
import { openJournal, type Journal } from '../events/journal.ts';
import { createMetrics, type Metrics } from '../events/metrics.ts';
import { createRecorder, type DoorRecorder, type EventBatch } from '../events/recorder.ts';
import { SharedCounters } from '../lib/shared-counters.ts';
import { maxDoors } from '../lib/reference.ts';
import { DoorSupervisor } from './door-supervisor.ts';
import { inheritedSockets } from './inherited-sockets.ts';
import type { DoorSettings, DoorStart, OpenListener } from './messages.ts';
import { openListsInForce, type ListsInForce } from './lists-in-force.ts';
import { assertPortIsFree } from './ports.ts';
import { lockState } from './state-lock.ts';

/** Addresses and networks counted at once: each session takes two places (admission.ts). */
const COUNTER_SLOTS = 65_536;
const FLUSH_MS = 100;

export interface Keeper {
  readonly listeners: readonly OpenListener[];
  readonly recorder: DoorRecorder;
  readonly supervisor: DoorSupervisor;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly lists: ListsInForce;
  /** Sessions now, over all doors. */
  sessions(): { readonly inside: number; readonly outside: number };
  /** Writes what keeper and doors have shipped so far. */
  flushJournal(): Promise<void>;
  /** The settings in force. */
  settings(): DoorSettings;
  /** Puts new settings in force; sessions go on. */
  reconfigure(settings: DoorSettings): void;
  stop(why: string): Promise<void>;
}

/** A reason not to start that the operator must read, not a fault of ours. */
export class CannotStart extends Error {}

/** Starts everything but the web; resolves when every SMTP listener is open. */
export async function startKeeper(first: DoorSettings, about: { readonly version: string }): Promise<Keeper> {
  let settings = first;
  const { config } = first;
  const lock = takeState(config.state);
  const doors = doorCount(config);
  const inherited = inheritedSockets(process.env, process.pid);
  await assertFree(config, inherited.length > 0);
  await sweepLeftovers(join(config.state, 'incoming'));

  const metrics = createMetrics({ version: about.version });
  const journal = await openJournal({
    dir: join(config.state, 'journal'),
    ...config.journal,
    now: Date.now,
    onTrouble: (what) => process.stderr.write(`floodgate: journal: ${what}\n`),
    onDropped: (dropped, why) => recorder.record({ type: 'journal-dropped', dropped, why }),
  });
  const take = (batch: EventBatch): void => {
    journal.append(batch.journal);
    if (batch.log !== '') process.stderr.write(batch.log);
    metrics.addBatch(batch);
  };
  const recorder: DoorRecorder = createRecorder({
    door: 'keeper',
    now: Date.now,
    logFormat: config.log.format,
    logLevel: config.log.level,
    ship: (batch) => {
      take(batch);
      recorder.taken(batch.cost);
    },
  });
  let supervisor: DoorSupervisor | null = null;
  const lists = await openListsInForce({ config, record: recorder.record, changed: (snapshot) => supervisor?.broadcast({ kind: 'lists', lists: snapshot }) });

  const counters = SharedCounters.allocate(doors, COUNTER_SLOTS, { k0: randomInt(2 ** 32 - 1) | 0, k1: randomInt(2 ** 32 - 1) | 0 });
  const region = SharedCounters.attach(counters, 'reader');
  const startOf = (number: number): DoorStart => ({ ...settings, name: `smtp-${number + 1}`, number, doors, counters, lists: lists.snapshot(), inherited: inherited[number] ?? {} });
  const doorsAlive = (supervisor = new DoorSupervisor({
    entry: new URL(import.meta.url.endsWith('.ts') ? './door-thread.ts' : './door-thread.js', import.meta.url),
    doors,
    startOf,
    mayReplace: inherited.length === 0,
    onBatch: (number, { batch }) => {
      take(batch);
      doorsAlive.send(number, { kind: 'taken', cost: batch.cost });
    },
    onFinal: (number, { entry }) => doorsAlive.broadcast({ kind: 'final', entry }, number),
    onListenFailed: ({ listener, why }) => process.stderr.write(`floodgate: listener ${listener} cannot be opened: ${why}\n`),
    onDied: (number, why) => {
      region.clearRegion(number);
      recorder.record({ type: 'door-died', died: `smtp-${number + 1}`, why });
    },
  }));

  const listeners = await doorsAlive.start().catch((error: unknown) => {
    throw new CannotStart(error instanceof Error ? error.message : String(error));
  });
  const flushing = setInterval(() => recorder.flush(), FLUSH_MS);
  recorder.record({ type: 'started', version: about.version, listeners: listeners.map(({ name, host, port }) => `${name} ${host}:${port}`) });

  return {
    listeners,
    recorder,
    supervisor: doorsAlive,
    journal,
    metrics,
    lists,
    sessions: () => {
      const outside = region.readTally(sessionTally.outside);
      return { inside: region.readTally(sessionTally.all) - outside, outside };
    },
    flushJournal: async () => {
      recorder.flush();
      await doorsAlive.flush();
      await journal.flush();
    },
    settings: () => settings,
    reconfigure: (next) => {
      settings = next;
      recorder.setLog(next.config.log.format, next.config.log.level);
      void lists.reload(next.config.lists);
      doorsAlive.broadcast({ kind: 'settings', ...next });
    },
    stop: async (why) => {
      await doorsAlive.stop(settings.config.timeouts.drain);
      recorder.record({ type: 'stopped', why });
      recorder.flush();
      clearInterval(flushing);
      await journal.close();
      await lists.close();
      lock.close();
    },
  };
}

/** Makes the state directory and takes it for this process alone. */
function takeState(dir: string): { close(): void } {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new CannotStart(`state directory ${dir} cannot be made: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lock = lockState(dir);
  if (!lock.ok) throw new CannotStart(`another Floodgate runs on the state directory ${dir}; give this one a directory of its own ("state:")`);
  return lock;
}

const doorCount = ({ threads }: Config): number => Math.min(maxDoors, threads === 'auto' ? availableParallelism() : threads);

async function assertFree(config: Config, inherited: boolean): Promise<void> {
  if (inherited) return;
  for (const { name, address } of config.listeners) {
    await assertPortIsFree(address).catch((error: unknown) => {
      throw new CannotStart(`listener ${name} cannot listen on ${address.host}:${address.port}: ${reasonOf(error)}`);
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already',
  EACCES: 'ports below 1024 need the capability CAP_NET_BIND_SERVICE, or sockets from systemd',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
