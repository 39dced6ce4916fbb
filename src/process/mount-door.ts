// One door put together from its parts: facts and policy, delivery, listeners, recorder. The door's side of the composition root.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createContentStore } from '../delivery/content-store.ts';
import { createDelivery, type DeliveryDesk } from '../delivery/delivery.ts';
import { createHoldingPlace } from '../delivery/quarantine/holding-place.ts';
import { Vault } from '../delivery/quarantine/vault.ts';
import { createUnconfirmedFinals, type FinalEntry, type UnconfirmedFinals } from '../delivery/unconfirmed-finals.ts';
import type { LogDetail } from '../events/log-focus.ts';
import type { ReputeChange } from '../facts/correspondents.ts';
import { createInsideWatch, type DistrustedAddress, type InsideUse, type InsideWatch } from '../facts/inside-use.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { ListsSnapshot } from '../facts/lists.ts';
import { createLiveMeasures, type MeasuresSnapshot } from '../facts/measures.ts';
import { EstablishedPairs } from '../facts/established-pairs.ts';
import { createOutgoingDesk } from '../facts/outgoing-desk.ts';
import { OutgoingMemory } from '../facts/outgoing-memory.ts';
import { openLastingRecipients } from '../facts/lasting-recipients.ts';
import type { RecipientFacts } from '../facts/recipients.ts';
import { createLiveLists } from '../facts/source.ts';
import { createAdmission } from '../intake/smtp/admission.ts';
import type { DoorServices } from '../intake/smtp/services.ts';
import { DailyShare } from '../lib/daily-share.ts';
import { newSessionIds } from '../lib/reference.ts';
import { SharedCounters } from '../lib/shared-counters.ts';
import { FairShare } from '../delivery/fair-share.ts';
import { SharedStock } from '../lib/shared-stock.ts';
import type { Delivery, HubAbilities } from '../model/delivery.ts';
import type { Recorder } from '../model/events.ts';
import type { QuotaRaise } from '../model/quota.ts';
import { openAuthDesk } from './auth-desk.ts';
import { DoorListeners } from './door-listeners.ts';
import { openDoorGate } from './door-gate.ts';
import { readerFor, returnEvidenceFor } from './door-reading.ts';
import { openDoorQuotas } from './door-quotas.ts';
import { openDoorSpool, scannerOf } from './door-spool.ts';
import { openListedRecipients } from '../facts/listed-recipients.ts';
import { openDoorRecord } from './door-record.ts';
import type { DoorFigures, DoorSettings, DoorStart, FromDoor } from './messages.ts';
import { ownChecks } from './own-checks.ts';
import { createNextHopAddresses } from './next-hop-addresses.ts';
import { isSinkOf, policyParts } from './policy-parts.ts';
import { openDoorReleases } from './door-releases.ts';
import { quarantineDir } from './quarantine-in-force.ts';

/** Content that all sessions of one door keep in memory at most; beyond it files are used whatever the size. */
const CONTENT_MEMORY_BYTES = 256 * 1024 ** 2;

export interface MountedDoor {
  /** Opens the listeners and says so to the keeper. */
  open(): Promise<void>;
  reconfigure(settings: DoorSettings): Promise<void>;
  useLogDetail(detail: LogDetail): void;
  useLists(lists: ListsSnapshot): void;
  useMeasures(measures: MeasuresSnapshot): void;
  useDistrusted(addresses: readonly DistrustedAddress[]): void;
  useQuotaRaises(raises: readonly QuotaRaise[]): void;
  learnFinal(entry: FinalEntry): void;
  /** What other doors have learned of correspondents. */
  learnReputes(changes: readonly ReputeChange[]): void;
  /** Tells the keeper what this door has learned. */
  tellReputes(): void;
  taken(cost: number): void;
  flush(): void;
  /** Ships what is due; to be called about every 50 ms. */
  beat(): void;
  figures(): Omit<DoorFigures, 'lagMs' | 'loopShare'>;
  drain(patienceMs: number): Promise<void>;
}

/** What lives as long as the door. */
async function openDoorParts(start: DoorStart, say: (message: FromDoor) => void) {
  const now = Date.now;
  const { recorder, record: keep, flush, beat } = openDoorRecord(start, say);
  const entrance = openDoorGate(start, { record: keep, say });
  const { record } = entrance;
  const spool = openDoorSpool(start, { record, say });
  const quotas = openDoorQuotas(start, { record, say, now });
  const delivery = createDelivery({ config: start.config, record, shareOf: start.doors, now });
  const finals = await openFinals(start, say);
  const content = contentStoreOf(start.config);
  const lists = createLiveLists(start.lists);
  const measures = createLiveMeasures(start.measures);
  const auth = openAuthDesk(record);
  const sinkSample = new DailyShare(now);
  const outgoing = new OutgoingMemory(start.outgoing, { now });
  const correspondents = new EstablishedPairs(start.pairs);
  const counters = SharedCounters.attach(start.counters, start.number);
  const newSessionId = newSessionIds({ doorNumber: start.number, now });
  const lasting = openLastingRecipients({ dir: join(start.config.state, 'recipients'), name: start.name, entries: start.config.recipientCache.entries, now });
  const insideWatch = liveInsideWatch(start.distrusted, (use) => say({ kind: 'inside-use', use }));
  return {
    start,
    say,
    recorder,
    record,
    flush,
    beat,
    entrance,
    spool,
    quotas,
    delivery,
    finals,
    content,
    lists,
    measures,
    auth,
    sinkSample,
    outgoing,
    correspondents,
    counters,
    newSessionId,
    insideWatch,
    lasting,
  };
}

type DoorParts = Awaited<ReturnType<typeof openDoorParts>>;

/** All that depends on the configuration, built anew at a reload. */
async function servicesFor(parts: DoorParts, { config, heldKeys }: DoorSettings): Promise<DoorServices> {
  const { start, say, record, entrance, spool, quotas, delivery, finals, content, auth, sinkSample, outgoing, counters, newSessionId, insideWatch } = parts;
  const { lists, measures, correspondents } = parts;
  const now = Date.now;
  const policy = policyParts(config, {
    lists,
    measures,
    delivery,
    own: await ownChecks(config),
    listed: await openListedRecipients(config),
    mayAsk: (input) => entrance.gate.mayAskHub(input),
    lasting: parts.lasting,
    quotas: quotas.desk,
    correspondents,
  });
  const judge = quotas.around(policy.judge);
  const { router, recipients, reverseName } = policy;
  const watch = insideWatch.of(config);
  const nextHops = createNextHopAddresses(config);
  return {
    judge: (stage, input) => {
      if ('to' in input && input.client.inside) watch.look(input);
      return judge(stage, input);
    },
    router,
    delivery: learningDelivery(delivery, finals, recipients),
    content,
    spool: spool.desk(config, { recipients, load: entrance.load }),
    viruses: scannerOf(config, start.doors),
    quarantine: holdingPlaceOf(start, { config, heldKeys }, { record, say }),
    reader: readerFor(config, { key: start.contentKey, level: () => entrance.load.level(), record }),
    releases: openDoorReleases(start, config, say),
    sinks: {
      has: isSinkOf(config),
      takeSample: () => sinkSample.take(Math.ceil(config.traps.maxSample / start.doors)), // each door keeps its share
    },
    ...abilitiesOf(delivery, config),
    auth: await auth.use(config),
    outgoing: createOutgoingDesk({
      memory: outgoing,
      evidence: returnEvidenceFor(config),
      printKey: start.contentKey,
      config,
      isBusy: () => entrance.load.level() > 0,
      now,
    }),
    admission: createAdmission({ limits: config.limits, counters }),
    gate: entrance.gate,
    load: entrance.load,
    finals,
    // What is recorded of a message says whether its recipients have been sent to.
    record: (event) => {
      record(event);
      quotas.desk.hear(event);
    },
    reverseName,
    isInside: (ip) => policy.isInside(ip) && !watch.isDistrusted(ip),
    isNextHop: nextHops.has,
    newSessionId,
    now,
  };
}

/** Puts one door together; it is not open yet. */
export async function mountDoor(start: DoorStart, say: (message: FromDoor) => void): Promise<MountedDoor> {
  const parts = await openDoorParts(start, say);
  const { recorder, record, flush, beat, entrance, spool, quotas, delivery, finals, content, lists, measures, auth, insideWatch } = parts;
  const listeners = new DoorListeners({ inherited: start.inherited, record, say, now: Date.now });
  listeners.use(start, await servicesFor(parts, start));

  return {
    open: async () => {
      const open = await listeners.open();
      record({ type: 'door-started', listeners: open.map(({ name, host, port }) => `${name} ${host}:${port}`) });
      say({ kind: 'ready', listeners: open });
    },
    reconfigure: async (settings) => {
      recorder.setLog(settings.config.log.format, settings.config.log.level);
      delivery.reconfigure(settings.config);
      entrance.use(settings.config);
      quotas.use(settings.config);
      listeners.use(settings, await servicesFor(parts, settings));
      await listeners.open();
    },
    useLogDetail: recorder.setDetail,
    useLists: (snapshot) => lists.replace(snapshot),
    useMeasures: (snapshot) => measures.replace(snapshot),
    useDistrusted: insideWatch.distrust,
    useQuotaRaises: quotas.useRaises,
    learnFinal: (entry) => finals.learn(entry),
    learnReputes: entrance.merge,
    tellReputes: entrance.tell,
    taken: (cost) => recorder.taken(cost),
    flush,
    beat,
    figures: () => ({ ...entrance.figures(), sessions: listeners.sessions(), contentBytes: content.memoryInUse, delivery: delivery.snapshot() }),
    drain: async (patienceMs) => {
      entrance.gate.close();
      await listeners.drain(patienceMs);
      auth.close();
      await delivery.close();
      await spool.close();
      parts.lasting.close();
      await finals.close();
      entrance.tell();
      flush();
    },
  };
}

const openFinals = ({ name, config }: DoorStart, say: (message: FromDoor) => void): ReturnType<typeof createUnconfirmedFinals> =>
  createUnconfirmedFinals({
    dir: join(config.state, 'finals'),
    name,
    now: Date.now,
    steady: () => performance.now(),
    onRemember: (entry) => say({ kind: 'final', entry }),
  });

function contentStoreOf({ state, limits }: Config): ReturnType<typeof createContentStore> {
  return createContentStore({
    dir: join(state, 'incoming'),
    memoryBytes: limits.messageInMemory,
    budgetBytes: CONTENT_MEMORY_BYTES,
    freeDiskBytes: limits.freeDisk,
    now: Date.now,
  });
}

/** Where this door puts what is held; all doors together keep the limits. */
function holdingPlaceOf(
  { doors, quarantined, refusedKept }: DoorStart,
  { config: { state, quarantine }, heldKeys }: Pick<DoorSettings, 'config' | 'heldKeys'>,
  { record, say }: { readonly record: Recorder; say(message: FromDoor): void },
): DoorServices['quarantine'] {
  const vault = new Vault(heldKeys);
  return createHoldingPlace({
    dir: quarantineDir(state),
    stock: new SharedStock(quarantined),
    refusedStock: new SharedStock(refusedKept),
    shares: new FairShare({ doors, steady: () => performance.now() }),
    vault: () => vault,
    limits: () => quarantine,
    record,
    kept: (item) => say({ kind: 'quarantined', item }),
    now: Date.now,
  });
}

/** What the hub can do, and what all next hops that were met can. */
function abilitiesOf(delivery: DeliveryDesk, { hub: { address } }: Config): Pick<DoorServices, 'hubAbilities' | 'hopAbilities'> {
  const hubAbilities = (): HubAbilities | null => delivery.abilities({ key: 'hub', address });
  return {
    hubAbilities,
    hopAbilities: (toAnyone) => {
      const hub = hubAbilities();
      const others = delivery.met().filter(({ key }) => key !== 'hub' && (toAnyone || key !== 'outbound'));
      return hub === null ? [] : [hub, ...others.map(({ abilities }) => abilities)];
    },
  };
}

/** The watch of the configuration in force: a new one knows at once whom the keeper does not trust. */
function liveInsideWatch(
  known: readonly DistrustedAddress[],
  note: (use: InsideUse) => void,
): { of(config: Config): InsideWatch; distrust(addresses: readonly DistrustedAddress[]): void } {
  let distrusted = known;
  let watch: InsideWatch | null = null;
  return {
    of: (config) => {
      watch = watchInside(config, note);
      watch.replace(distrusted);
      return watch;
    },
    distrust: (addresses) => {
      distrusted = addresses;
      watch?.replace(addresses);
    },
  };
}

/** Our users write as our domains; who writes to them as others do comes from outside, whatever the address says. */
function watchInside({ site }: Config, note: (use: InsideUse) => void): InsideWatch {
  const domains = new Set([...site.domains, ...site.customerDomains]);
  const shared = PrefixSet.build(site.sharedAddresses);
  return createInsideWatch({ domains: () => domains, isShared: (ip) => shared.has(ip), note, now: Date.now });
}

/** What the next hop says at delivery is learned for the next RCPT, and an answer that may not have been heard is kept. */
const learningDelivery = (delivery: Delivery, finals: Pick<UnconfirmedFinals, 'deliver'>, recipients: Pick<RecipientFacts, 'learnFrom'>): Delivery => ({
  ...delivery,
  deliver: async (request) => {
    const outcome = await finals.deliver(request, delivery.deliver);
    // What one message was refused for is no reason to refuse the next at RCPT: that is done where the client could not be told otherwise.
    if (!(outcome.kind === 'mixed' && request.perRecipientAnswers)) recipients.learnFrom(request, outcome);
    return outcome;
  },
});
