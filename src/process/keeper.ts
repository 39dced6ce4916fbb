// The keeper: one main thread that owns configuration, journal, lists, store and web, and keeps the door threads alive.
// The keeper's side of the composition root.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { sessionTally } from '../intake/smtp/admission.ts';
import { sweepLeftovers } from '../delivery/content-store.ts';
import { createDelivery, type DeliveryDesk } from '../delivery/delivery.ts';
import type { Explanation, Redecision } from '../events/explanation.ts';
import { createLiveMeasures } from '../facts/measures.ts';
import type { DistrustedAddress } from '../facts/inside-use.ts';
import { createLiveLists } from '../facts/source.ts';
import type { Event } from '../model/events.ts';
import { decideToday } from './today.ts';
import { ownChecks } from './own-checks.ts';
import type { DiskGuard } from './disk-guard.ts';
import { openListedRecipients } from '../facts/listed-recipients.ts';
import type { ScannerWatch } from './scanner-watch.ts';
import { policyParts } from './policy-parts.ts';
import type { Journal } from '../events/journal.ts';
import type { LiveEvents } from '../events/live.ts';
import type { Metrics } from '../events/metrics.ts';
import type { DoorRecorder } from '../events/recorder.ts';
import { SharedLevel } from '../lib/shared-level.ts';
import type { DoorSupervisor } from './door-supervisor.ts';
import type { CorrespondentsInForce } from './correspondents-in-force.ts';
import { inheritedSockets } from './inherited-sockets.ts';
import type { DoorSettings, OpenListener } from './messages.ts';
import { openKeeperParts, type KeeperParts } from './keeper-parts.ts';
import type { FileWatch } from './file-watch.ts';
import type { ListsInForce } from './lists-in-force.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { AlertsInForce } from './alerts-in-force.ts';
import type { LogsInForce } from './logs-in-force.ts';
import type { MeasuresInForce } from './measures-in-force.ts';
import type { OutgoingInForce } from './outgoing-in-force.ts';
import { watchCatchAll, type CatchAllWatch } from './catch-all-watch.ts';
import { takeSample } from './load-sample.ts';
import { watchLoad, type LoadWatch } from './load-watch.ts';
import { assertPortIsFree } from './ports.ts';
import type { DigestsInForce } from './digests-in-force.ts';
import type { QueueControl } from '../respond/queues/control.ts';
import type { QuarantineInForce } from './quarantine-in-force.ts';
import type { SpoolInForce } from './spool-in-force.ts';
import type { QuotasInForce } from './quotas-in-force.ts';
import type { Response } from './response.ts';
import { openRecord } from './record.ts';
import type { TokenDesk } from '../web/token-desk.ts';
import { lockState } from './state-lock.ts';
import { superviseDoors } from './supervise-doors.ts';

export interface Keeper {
  readonly listeners: readonly OpenListener[];
  readonly recorder: DoorRecorder;
  readonly supervisor: DoorSupervisor;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly lists: ListsInForce;
  readonly files: Pick<FileWatch, 'trouble' | 'reloaded'>;
  readonly measures: MeasuresInForce;
  readonly incidents: IncidentDesk;
  readonly alerts: AlertsInForce;
  readonly response: Response;
  readonly logs: LogsInForce;
  readonly tokens: TokenDesk;
  readonly quarantine: QuarantineInForce;
  readonly digests: DigestsInForce;
  readonly spool: SpoolInForce;
  readonly queues: QueueControl;
  readonly quotas: QuotasInForce;
  readonly catchAll: Pick<CatchAllWatch, 'trouble'>;
  /** Inside addresses that are not trusted: the world stands behind them. */
  lostAddresses(): readonly DistrustedAddress[];
  /** Sessions now, over all doors. */
  sessions(): { readonly inside: number; readonly outside: number };
  /** Writes what keeper and doors have shipped so far. */
  flushJournal(): Promise<void>;
  /** Decisions in memory, newest last. */
  recentDecisions(limit: number): readonly Event[];
  /** Events from now on; null when as many watch as may. */
  readonly live: LiveEvents['watch'];
  readonly load: LoadWatch;
  readonly scanner: Pick<ScannerWatch, 'trouble'>;
  readonly diskGuard: Pick<DiskGuard, 'level' | 'room'>;
  readonly correspondents: Pick<CorrespondentsInForce, 'size'>;
  readonly outgoing: Pick<OutgoingInForce, 'silenceOf'>;
  /** What would be decided today about a session of the past; null where it cannot be told. */
  today(explanation: Explanation): Promise<Redecision | null>;
  /** The settings in force. */
  settings(): DoorSettings;
  /** Puts new settings in force; sessions go on. Rejects, and changes nothing, when a new listener's address cannot be had. */
  reconfigure(settings: DoorSettings): Promise<void>;
  stop(why: string): Promise<void>;
}

/** A reason not to start that the operator must read, not a fault of ours. */
export class CannotStart extends Error {}

/** Starts everything but the web; resolves when every SMTP listener is open. */
export async function startKeeper(first: DoorSettings, about: { readonly version: string }): Promise<Keeper> {
  const { config } = first;
  const lock = takeState(config.state);
  const inherited = inheritedSockets(process.env, process.pid);
  await assertFree(config, inherited.length > 0);
  await sweepLeftovers(join(config.state, 'incoming'));
  const record = await openRecord(config, about);
  let supervisor: DoorSupervisor | null = null;
  const parts = await openKeeperParts({ first, record, lock, inherited, broadcast: (message) => supervisor?.broadcast(message) });
  supervisor = superviseDoors(parts);
  const doors = supervisor;
  const listeners = await doors.start().catch(async (error: unknown) => {
    await keeperOf(parts, doors, []).stop('cannot start'); // or its threads would go on as half a gateway
    throw new CannotStart(error instanceof Error ? error.message : String(error));
  });
  record.recorder.record({ type: 'started', version: about.version, listeners: listeners.map(({ name, host, port }) => `${name} ${host}:${port}`) });
  return keeperOf(parts, doors, listeners);
}

function keeperOf(parts: KeeperParts, supervisor: DoorSupervisor, listeners: readonly OpenListener[]): Keeper {
  const { inherited, record, lost, inForce, doors, region, level } = parts;
  const { recorder, journal, metrics, recent, live } = record;
  // For the questions of operators only; the doors have their own.
  const ownDelivery = createDelivery({ config: inForce.settings.config, record: recorder.record, shareOf: doors * 10, now: Date.now });
  const first = inForce.settings;
  const configNow = (): Config => inForce.settings.config;
  const load = watchLoad({
    shared: new SharedLevel(level),
    config: configNow,
    sample: () => takeSample({ supervisor, region, config: configNow }),
    record: recorder.record,
    now: Date.now,
  });
  const catchAll = watchCatchAll({
    config: configNow,
    probe: ownDelivery.probe,
    incidents: parts.incidents,
    record: recorder.record,
    now: Date.now,
  });
  return {
    ...parts,
    catchAll,
    get listeners() {
      return inForce.settings === first ? listeners : inForce.settings.config.listeners.map(({ name, address }) => ({ name, ...address }));
    },
    recorder,
    supervisor,
    journal,
    metrics,
    lostAddresses: lost.list,
    load,
    sessions: () => {
      const outside = region.readTally(sessionTally.outside);
      return { inside: region.readTally(sessionTally.all) - outside, outside };
    },
    flushJournal: async () => {
      recorder.flush();
      await supervisor.flush();
      await journal.flush();
    },
    live: live.watch,
    recentDecisions: (limit) => recent.read(limit),
    today: (explanation) => redecide(parts, ownDelivery, explanation),
    settings: () => inForce.settings,
    reconfigure: async (next) => {
      await assertFree(next.config, inherited.length > 0, inForce.settings.config);
      inForce.settings = next;
      recorder.setLog(next.config.log.format, next.config.log.level);
      parts.quarantine.reconfigure(next);
      for (const part of [ownDelivery, parts.spool, parts.digests, parts.alerts, parts.response, parts.logs, parts.outgoing]) part.reconfigure(next.config);
      void parts.lists.reload(next.config.lists);
      void parts.files.look();
      supervisor.broadcast({ kind: 'settings', ...next });
    },
    stop: async (why) => {
      load.stop();
      catchAll.stop();
      await supervisor.stop(inForce.settings.config.timeouts.drain);
      await ownDelivery.close();
      await closeParts(parts, why);
    },
  };
}

/** What would be decided today about what was explained. */
async function redecide({ inForce, lists, measures }: KeeperParts, delivery: DeliveryDesk, explanation: Explanation): Promise<Redecision | null> {
  const { config } = inForce.settings;
  return decideToday(
    explanation,
    config,
    policyParts(config, {
      lists: createLiveLists(lists.snapshot()),
      measures: createLiveMeasures(measures.snapshot()),
      delivery,
      own: await ownChecks(config),
      listed: await openListedRecipients(config),
    }),
  );
}

/** Ends the parts, those that write after those that make them write. */
async function closeParts(parts: KeeperParts, why: string): Promise<void> {
  await parts.logs.stop();
  parts.diskGuard.stop();
  parts.files.stop();
  await parts.logFocus.stop();
  parts.response.stop();
  await parts.quotas.close();
  await parts.digests.close();
  await parts.alerts.stop();
  parts.viruses.stop();
  parts.scanner.stop();
  await parts.networkNotices.close();
  await parts.spool.close();
  await parts.quarantine.close();
  parts.record.recorder.record({ type: 'stopped', why });
  await parts.record.close();
  parts.lists.close();
  await parts.measures.close();
  await parts.incidents.stop();
  await parts.correspondents.close();
  await parts.outgoing.close();
  await parts.pairs.close();
  await parts.learned.close();
  await parts.store.close();
  parts.lock.close();
}

/** Makes the state directory and takes it for this process alone. */
function takeState(dir: string): { close(): void } {
  const lock = lockDirectory(dir);
  if (!lock.ok) throw new CannotStart(`another Floodgate runs on the state directory ${dir}; give this one a directory of its own ("state:")`);
  return lock;
}

function lockDirectory(dir: string): ReturnType<typeof lockState> {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    return lockState(dir);
  } catch (error) {
    throw new CannotStart(`state directory ${dir} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every address can be had; ports that the configuration in force uses already are ours. */
async function assertFree(config: Config, inherited: boolean, inForce?: Config): Promise<void> {
  if (inherited) return;
  const ours = new Set(inForce?.listeners.map(({ address }) => address.port));
  for (const { name, address } of config.listeners.filter(({ address: { port } }) => !ours.has(port))) {
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
