// What the web and the control socket may ask of the running gateway, answered from the keeper's parts.
import { join } from 'node:path';
import { explain } from '../events/explain.ts';
import { entryOf } from '../events/catalogue.ts';
import { lastEvents } from '../events/read-journal.ts';
import type { Gauges } from '../events/metrics.ts';
import { hostPortText, hubAddressText } from '../config/value-types.ts';
import type { Incident } from '../model/incident.ts';
import type { HubStatus, Status, WebHouse } from '../web/house.ts';
import { bouncesToldNow, forgedRefusalNow, observingNow } from './forged-refusal-now.ts';
import { diskTrouble } from './disk-trouble.ts';
import { forgedSenderCase } from './forged-sender-desk.ts';
import { hopState } from './hop-state.ts';
import type { Keeper } from './keeper.ts';

/** The house of a running keeper. */
export function webHouse(keeper: Keeper, about: { readonly version: string }): WebHouse {
  const startedAt = new Date().toISOString();
  const journalDir = join(keeper.settings().config.state, 'journal');
  return {
    status: () => statusOf(keeper, { ...about, startedAt, journalDir }),
    ready: () => readiness(keeper),
    metricsText: () => {
      keeper.metrics.setGauges(gaugesOf(keeper));
      return keeper.metrics.text();
    },
    explain: (id, options) => explain(journalDir, id, { ...options, redecide: keeper.today }),
    today: keeper.today,
    events: ({ sinceMs, limit, decisionsOnly }) =>
      decisionsOnly && sinceMs === 0
        ? Promise.resolve(keeper.recentDecisions(limit))
        : lastEvents(journalDir, { sinceMs, limit, wanted: (event) => !decisionsOnly || entryOf(event).level(event) !== 'debug' }),
    live: keeper.live,
    flushJournal: () => keeper.flushJournal(),
    lists: keeper.lists.desk,
    measures: keeper.measures.desk,
    incidents: {
      ...keeper.incidents,
      forgedSender: async (name) => {
        const found = await keeper.incidents.find(name);
        if (found === null) return null;
        await keeper.flushJournal();
        const { config } = keeper.settings();
        const refusal = forgedRefusalNow(found.incident.key, { config, outgoing: keeper.outgoing, nowMs: Date.now() });
        return forgedSenderCase(found.incident, { journalDir, countries: config.bounces.countries, places: config.places, refusal });
      },
    },
    tokens: keeper.tokens,
    quarantine: keeper.quarantine.desk,
    digest: keeper.digests.control,
    releases: keeper.digests.door,
    spool: keeper.spool.desk,
    queues: keeper.queues,
    quotas: keeper.quotas.desk,
  };
}

function readiness(keeper: Keeper): { readonly ready: boolean; readonly reasons: readonly string[] } {
  const reasons = troubleOf(keeper);
  // A balancer should send mail to another gateway, which has room for it.
  return { ready: keeper.supervisor.figures().some(({ alive }) => alive) && keeper.diskGuard.level < 4, reasons };
}

/** What is wrong though mail may flow. */
function troubleOf(keeper: Keeper): readonly string[] {
  const doors = keeper.supervisor.figures().flatMap(({ door, alive }) => (alive ? [] : [`door smtp-${door + 1} is down`]));
  const { trouble } = keeper.journal.state();
  const circuits = hubsOf(keeper).flatMap(({ route, address, state }) => (state === 'open' ? [`${route} (${address}) cannot be reached`] : []));
  const lost = keeper
    .lostAddresses()
    .map(({ ip }) => `the world stands behind ${ip}, which is inside: clients' addresses are lost on the way (docs/lost-client-address.md)`);
  const quarantine = keeper.quarantine.trouble();
  const suspended = keeper.measures.suspension();
  const off =
    suspended === null
      ? []
      : [`automatic measures are suspended since ${new Date(suspended.since).toISOString()} by ${suspended.by} (floodgate measure resume)`];
  return [
    ...doors,
    ...diskTrouble(keeper.diskGuard, keeper.settings().config),
    ...keeper.scanner.trouble(),
    ...kernelTrouble(keeper),
    ...loadTrouble(keeper.load),
    ...circuits,
    ...keeper.alerts.trouble(),
    ...keeper.logs.trouble(),
    ...keeper.files.trouble(),
    ...keeper.lists.trouble(),
    ...lost,
    ...off,
    ...quarantine,
    ...keeper.digests.trouble(),
    ...keeper.spool.trouble(),
    ...keeper.catchAll.trouble(),
    ...(trouble === null ? [] : [`journal: ${trouble}`]),
  ];
}

/** The kernel does not drop what it should. */
function kernelTrouble({ measures }: Keeper): readonly string[] {
  const kernel = measures.kernel();
  if (kernel === null) return [];
  if (kernel.state === 'lost') return [`the kernel helper cannot be used: ${kernel.why}; what it should drop is refused at the banner (docs/kernel.md)`];
  return kernel.leftOut === 0 ? [] : [`the kernel helper left out ${kernel.leftOut} networks: ${kernel.leftOutWhy}`];
}

const shedding = ['', 'penalised clients are refused', 'unknown clients are refused', 'only known good ones and our own come in'] as const;

/** What the load level does just now, and why. */
function loadTrouble({ level, causes }: Keeper['load']): readonly string[] {
  if (level === 0) return [];
  const why = causes.map(({ signal, value }) => `${signal} ${Math.round(value * 100) / 100}`).join(', ');
  return [`load level ${level}: ${shedding[level]} with 421 (${why === '' ? 'calm again, it falls soon' : why}; docs/load.md)`];
}

function statusOf(keeper: Keeper, about: { readonly version: string; readonly startedAt: string; readonly journalDir: string }): Status {
  const { config } = keeper.settings();
  const { ready } = readiness(keeper);
  const journal = keeper.journal.state();
  return {
    version: about.version,
    mode: config.mode,
    hostname: config.site.hostname,
    startedAt: about.startedAt,
    ready,
    trouble: troubleOf(keeper),
    listeners: keeper.listeners.map(({ name, host, port }) => ({ name, address: hostPortText({ host, port }) })),
    loadLevel: keeper.load.level,
    sessions: { ...keeper.sessions(), most: config.limits.sessions },
    total: keeper.metrics.totals(),
    lastMinute: keeper.metrics.lastMinute(),
    hubs: hubsOf(keeper),
    journal: {
      dir: about.journalDir,
      bytes: journal.bytes,
      segments: journal.segments,
      queuedBytes: journal.queuedBytes,
      oldest: journal.oldestMs === null ? null : new Date(journal.oldestMs).toISOString(),
      dropped: journal.dropped,
      trouble: journal.trouble,
    },
    doors: keeper.supervisor.figures().map(({ door, alive, figures }) => ({
      name: `smtp-${door + 1}`,
      state: alive ? 'running' : 'down',
      sessions: Object.values(figures?.sessions ?? {}).reduce((sum, each) => sum + each, 0),
      lagMs: Math.round((figures?.lagMs ?? 0) * 10) / 10,
    })),
    kernel: keeper.measures.kernel(),
    bounces: bouncesToldNow(config, { config, outgoing: keeper.outgoing, nowMs: Date.now() }),
    observing: observingNow(config, Date.now()),
    incidents: openByLevel(keeper.incidents.open()),
    measures: { person: keeper.measures.inForce('person'), auto: keeper.measures.inForce('auto') },
  };
}

const openByLevel = (open: readonly Pick<Incident, 'level'>[]): Status['incidents'] => ({
  open: open.length,
  alert: open.filter(({ level }) => level === 'alert').length,
  severe: open.filter(({ level }) => level === 'severe').length,
});

/** Every next hop that the configuration names, as doors and spool find it. */
function hubsOf(keeper: Keeper): readonly HubStatus[] {
  const { config } = keeper.settings();
  const targets = [
    ['hub', config.hub] as const,
    ...Object.entries(config.routes),
    ...(config.outbound === undefined ? [] : [['outbound', config.outbound] as const]),
  ];
  const ofDoors = keeper.supervisor.figures().flatMap(({ figures }) => figures?.delivery ?? []);
  const [ofSpool, waiting] = [keeper.spool.hops(), keeper.spool.desk.waiting()];
  return targets.map(([route, target]) => {
    const doors = ofDoors.filter((each) => each.route === route);
    const spool = ofSpool.filter((each) => each.route === route);
    const here = [...doors, ...spool];
    const waitingInVain = waiting.some((each) => each.route === route && each.messages > 0 && each.away !== null);
    const state = hopState({ doors, spool, waitingInVain });
    const idle = here.reduce((sum, each) => sum + each.idle, 0);
    return {
      route,
      address: hubAddressText(target.address),
      state: state === 'unknown' && target.address.kind === 'maildir' ? 'closed' : state,
      busy: here.reduce((sum, each) => sum + each.open, 0) - idle,
      idle,
    };
  });
}

const heldStates = ['held', 'refused', 'trash'] as const;

function gaugesOf(keeper: Keeper): Gauges {
  const held = keeper.quarantine.desk.totals();
  const doors = keeper.supervisor.figures();
  const { inside, outside } = keeper.sessions();
  const journal = keeper.journal.state();
  const hubs = hubsOf(keeper);
  return {
    sessions: [
      { listener: 'all', class: 'inside', value: inside },
      { listener: 'all', class: 'outside', value: outside },
    ],
    eventLoopLag: doors.map(({ door, figures }) => ({ door: `smtp-${door + 1}`, value: (figures?.lagMs ?? 0) / 1000 })),
    hubConnections: hubs.flatMap(({ route, busy, idle }) => [
      { route, state: 'busy', value: busy },
      { route, state: 'idle', value: idle },
    ]),
    doors: [
      { state: 'running', value: doors.filter(({ alive }) => alive).length },
      { state: 'down', value: doors.filter(({ alive }) => !alive).length },
    ],
    spoolMessages: keeper.spool.desk.waiting().map(({ route, messages }) => ({ route, value: messages })),
    quarantineMessages: heldStates.map((state) => ({ state, value: held[state].messages })),
    quarantineBytes: heldStates.map((state) => ({ state, value: held[state].bytes })),
    measures: (['person', 'auto'] as const).map((actor) => ({ actor, value: keeper.measures.inForce(actor) })),
    loadLevel: keeper.load.level,
    bannerQueue: doors.reduce((sum, { figures }) => sum + (figures?.waiting ?? 0), 0),
    correspondents: keeper.correspondents.size,
    journalBytes: journal.bytes,
    journalSegments: journal.segments,
  };
}
