// What a keeper is made of, opened in the order in which the parts need each other; the doors come last.
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { pingClamd } from '../delivery/clamd/ping.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { Incident } from '../model/incident.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { maxDoors } from '../lib/reference.ts';
import { SharedCounters } from '../lib/shared-counters.ts';
import { SharedLevel } from '../lib/shared-level.ts';
import type { QueueControl } from '../respond/queues/control.ts';
import { openStore, type Store } from '../store/open.ts';
import { createTokens } from '../store/tokens.ts';
import { openTokenDesk, type TokenDesk } from '../web/token-desk.ts';
import type { AlertsInForce } from './alerts-in-force.ts';
import { openCorrespondentsInForce, type CorrespondentsInForce } from './correspondents-in-force.ts';
import { openContentKey } from './content-key.ts';
import { openEstablishedPairs, type EstablishedPairsInForce } from './established-pairs.ts';
import { openIncidentsInForce } from './incidents-in-force.ts';
import { tellingTypes } from './detection.ts';
import { startDiskGuard, type DiskGuard } from './disk-guard.ts';
import { openLogFocus, type LogFocusInForce } from './log-focus-in-force.ts';
import { openFileWatch, type FileWatch } from './file-watch.ts';
import { openListsInForce, type ListsInForce } from './lists-in-force.ts';
import { openLearned, type LearnedInForce } from './learned-in-force.ts';
import { openLogsInForce, type LogsInForce } from './logs-in-force.ts';
import { createLostAddresses, type LostAddresses } from './lost-addresses.ts';
import { openMeasuresInForce, type MeasuresInForce } from './measures-in-force.ts';
import type { DoorSettings, ToDoor } from './messages.ts';
import { openOutgoingInForce, type OutgoingInForce } from './outgoing-in-force.ts';
import { alertRemarks } from './forged-refusal-now.ts';
import { openDigestsInForce, type DigestsInForce } from './digests-in-force.ts';
import { openQuarantineInForce, type QuarantineInForce } from './quarantine-in-force.ts';
import { openSpoolInForce, type SpoolInForce } from './spool-in-force.ts';
import { openNetworkNotices, type NetworkNoticesInForce } from './network-notices-in-force.ts';
import { openQuotasInForce, type QuotasInForce } from './quotas-in-force.ts';
import { openQueueControl } from './queue-control.ts';
import type { HouseRecord } from './record.ts';
import { watchScanner, type ScannerWatch } from './scanner-watch.ts';
import { createVirusNotices, type VirusNotices } from './virus-notices.ts';
import { startResponse, type Response } from './response.ts';

/** The keeper's own number in references; doors have lower ones. */
const ownDoorNumber = maxDoors - 1;
/** Addresses and networks counted at once: each session takes two places (admission.ts). */
const COUNTER_SLOTS = 65_536;

export interface KeeperParts {
  readonly record: HouseRecord;
  readonly store: Store;
  readonly lists: ListsInForce;
  readonly files: FileWatch;
  readonly measures: MeasuresInForce;
  readonly incidents: IncidentDesk;
  readonly alerts: AlertsInForce;
  readonly response: Response;
  readonly viruses: Pick<VirusNotices, 'stop'>;
  readonly networkNotices: NetworkNoticesInForce;
  readonly scanner: Pick<ScannerWatch, 'trouble' | 'stop'>;
  readonly pairs: EstablishedPairsInForce;
  readonly learned: Pick<LearnedInForce, 'close'>;
  /** Secret with which the prints of content are made. */
  readonly contentKey: HashKey;
  readonly logs: LogsInForce;
  readonly logFocus: LogFocusInForce;
  readonly diskGuard: DiskGuard;
  readonly tokens: TokenDesk;
  readonly quarantine: QuarantineInForce;
  readonly digests: DigestsInForce;
  readonly spool: SpoolInForce;
  readonly queues: QueueControl;
  readonly quotas: QuotasInForce;
  readonly lost: LostAddresses;
  readonly correspondents: CorrespondentsInForce;
  readonly outgoing: OutgoingInForce;
  /** The load level, for all doors to see. */
  readonly level: SharedArrayBuffer;
  readonly lock: { close(): void };
  readonly inherited: readonly Readonly<Record<string, number>>[];
  readonly doors: number;
  readonly counters: SharedArrayBuffer;
  readonly region: SharedCounters;
  /** Replaced at a reload. */
  readonly inForce: { settings: DoorSettings };
}

export interface KeeperGround {
  readonly first: DoorSettings;
  readonly record: HouseRecord;
  readonly lock: { close(): void };
  readonly inherited: readonly Readonly<Record<string, number>>[];
  /** To every door, once there are any. */
  broadcast(message: ToDoor): void;
}

/** Opens everything but the doors. */
export async function openKeeperParts({ first, record, lock, inherited, broadcast }: KeeperGround): Promise<KeeperParts> {
  const { config } = first;
  const inForce = { settings: first };
  const store = openStore(join(config.state, 'floodgate.sqlite'));
  const { record: say } = record.recorder;
  const lists = await openListsInForce({ store, lists: config.lists, record: say, changed: (snapshot) => broadcast({ kind: 'lists', lists: snapshot }) });
  let response: Response | null = null;
  let desk: IncidentDesk | null = null;
  const measures = await openMeasuresInForce({
    store,
    record: (body) => {
      say(body);
      if (body.type === 'measure-ended') response?.measureEnded(body.id);
    },
    config: () => inForce.settings.config,
    changed: (snapshot) => broadcast({ kind: 'measures', measures: snapshot }),
    met: (id) => desk?.measureMet(id),
    incidentNamed: async (name) => (await desk?.find(name))?.incident.id ?? null,
    attach: (incident, measure, text) => desk?.attach(incident, measure, text),
  });
  const outgoing = await openOutgoing(config);
  const remarksOn = (incident: Incident): readonly string[] => alertRemarks(incident, { config: inForce.settings.config, outgoing, nowMs: Date.now() });
  const { incidents, alerts } = await openIncidentsInForce({ config, store, record: say, doorNumber: ownDoorNumber, remarksOn });
  desk = incidents;
  const trouble = (why: string): void => void process.stderr.write(`floodgate: ${why}\n`);
  const pairs = await openEstablishedPairs({ dir: config.state, bombed: () => bombedMailboxes(incidents), trouble, now: Date.now });
  const learned = await openLearned({ dir: config.state, trouble, now: Date.now });
  const loop = startResponse({ config, incidents, measures, record: say, met: pairs.note, now: Date.now, earlier: learned.earlier });
  learned.keep(loop.learned);
  response = loop;
  record.watch(tellingTypes, loop.take);
  const watching = watchRoom({ inForce, record, incidents, response: loop, broadcast });
  const quarantine = await openQuarantineInForce({
    store,
    record: say,
    settings: first,
    knowsIncident: async (name) => (await incidents.find(name)) !== null,
  });
  return {
    record,
    store,
    lists,
    files: openFileWatch({ config: () => inForce.settings.config, record: say, now: Date.now }),
    measures,
    incidents,
    alerts,
    response: loop,
    ...watchViruses({ inForce, record, post: alerts.post, response: loop, trouble }),
    networkNotices: await openNetworkNotices({ config: () => inForce.settings.config, post: alerts.post, record: say, watch: record.watch, trouble }),
    pairs,
    learned,
    contentKey: await openContentKey(config.state, trouble),
    ...watching,
    logs: openLogsInForce({ config, note: loop.note, record: say }),
    tokens: await openTokenDesk({ repository: createTokens(store.queries), record: say, now: Date.now }),
    quarantine,
    digests: await openDigestsInForce({ config, store, quarantine: quarantine.held, post: alerts.post, record: say, trouble }),
    queues: openQueueControl({ config, record: say }),
    spool: await openSpoolInForce({ config, record: say, quarantine, post: alerts.post }),
    quotas: await openQuotasInForce({
      config: () => inForce.settings.config,
      record: say,
      post: alerts.post,
      watch: record.watch,
      changed: (raises) => broadcast({ kind: 'quota-raises', raises }),
      trouble,
    }),
    lost: createLostAddresses({ record: say, now: Date.now, changed: (addresses) => broadcast({ kind: 'distrusted', addresses }) }),
    correspondents: await openCorrespondentsInForce({ dir: config.state, trouble }),
    outgoing,
    level: SharedLevel.allocate(),
    lock,
    inForce,
    inherited,
    ...countersFor(doorCount(config)),
  };
}

/** What is found infected, and whether the scanner is there to find it. */
function watchViruses({ inForce, record, post, response, trouble }: VirusGround): Pick<KeeperParts, 'viruses' | 'scanner'> {
  const config = (): Config => inForce.settings.config;
  const viruses = createVirusNotices({ config, post, trouble, now: Date.now });
  record.watch(['message-quarantined'], ({ text }) => viruses.take(text));
  const scanner = watchScanner({ config, ping: pingClamd, note: response.note, record: record.recorder.record, now: Date.now });
  record.watch(['virus-scanned'], ({ text }) => scanner.take(text));
  return { viruses, scanner };
}

interface VirusGround {
  readonly inForce: KeeperParts['inForce'];
  readonly record: KeeperGround['record'];
  readonly post: KeeperParts['alerts']['post'];
  readonly response: Response;
  trouble(why: string): void;
}

const openOutgoing = ({ state, bounces, listeners }: Config): Promise<OutgoingInForce> =>
  openOutgoingInForce({ dir: state, remember: bounces.remember, listeners, trouble: (why) => process.stderr.write(`floodgate: ${why}\n`) });

/** Whose flood is not over: nobody becomes known to them by it. */
const bombedMailboxes = (incidents: Pick<IncidentDesk, 'open'>): readonly string[] =>
  incidents.open().flatMap(({ detector, key }) => (detector === 'subscription-bomb' && key.recipient !== undefined ? [key.recipient] : []));

/** The disk guard, and the log that is raised for open incidents: the guard says whether there is room for debug lines. */
function watchRoom({
  inForce,
  record: { journal, recorder },
  incidents,
  response,
  broadcast,
}: Pick<KeeperParts, 'inForce' | 'record' | 'incidents' | 'response'> & Pick<KeeperGround, 'broadcast'>): Pick<KeeperParts, 'logFocus' | 'diskGuard'> {
  const config = (): Config => inForce.settings.config;
  const logFocus = openLogFocus({
    config,
    openIncidents: incidents.open,
    record: recorder.record,
    changed: (detail) => {
      recorder.setDetail(detail);
      broadcast({ kind: 'log-detail', detail });
    },
  });
  const diskGuard = startDiskGuard({ config, journal, record: recorder.record, note: response.note, mayDebug: logFocus.mayDebug, now: Date.now });
  return { logFocus, diskGuard };
}

function countersFor(doors: number): Pick<KeeperParts, 'doors' | 'counters' | 'region'> {
  const secret = (): number => randomInt(2 ** 32 - 1) | 0;
  const counters = SharedCounters.allocate(doors, COUNTER_SLOTS, { k0: secret(), k1: secret() });
  return { doors, counters, region: SharedCounters.attach(counters, 'reader') };
}

/** One processor is the keeper's and the kernel's: on two, a second door cost a third more a session and served no more (bench, refuse). */
const doorCount = ({ threads }: Config): number => Math.min(ownDoorNumber, threads === 'auto' ? Math.max(1, availableParallelism() - 1) : threads);
