// A house for tests of the web door and of the commands that ask it: everything in it is fixed.
import { ForgedSenderFold } from '../incidents/forged-sender-case.ts';
import type { Preview } from '../delivery/quarantine/preview.ts';
import type { ShownSpooled } from '../delivery/spool/desk.ts';
import type { ShownQuota } from '../facts/quota-keeper.ts';
import type { ShownIncident } from '../incidents/shown.ts';
import type { DigestStatus } from '../respond/digest/control.ts';
import type { KernelDrop, Status, WebHouse } from './house.ts';

export const sampleStatus: Status = {
  version: '0.1.0',
  mode: 'enforce',
  hostname: 'mx.hub.example',
  startedAt: '2026-11-21T09:00:00.000Z',
  ready: true,
  trouble: [],
  listeners: [{ name: 'mx', address: '0.0.0.0:25' }],
  loadLevel: 0,
  sessions: { inside: 1, outside: 2, most: 2000 },
  total: { sessions: 120, connectionsRefused: 4, messages: { delivered: 90, refused: 3 }, findings: { reject: 20, observe: 7 }, events: 900, eventsDropped: 0 },
  lastMinute: { sessions: 12, connectionsRefused: 1, messages: { delivered: 9 }, findings: { reject: 2 }, events: 90, eventsDropped: 0 },
  hubs: [{ route: 'hub', address: '127.0.0.1:2626', state: 'closed', busy: 1, idle: 2 }],
  journal: { dir: '/var/lib/floodgate/journal', bytes: 5_000_000, segments: 3, queuedBytes: 0, oldest: '2026-11-01T00:00:00.000Z', dropped: 0, trouble: null },
  doors: [{ name: 'smtp-1', state: 'up', sessions: 3, lagMs: 1.4 }],
  kernel: null,
  bounces: { othersSendForUs: false, told: 1, untold: [], untoldInAll: 0 },
  observing: null,
  incidents: { open: 0, alert: 0, severe: 0 },
  measures: { person: 0, auto: 0 },
};

export const sampleSpooled: ShownSpooled = {
  id: '1M7YNPXHV1000-5',
  store: 'floodgate',
  queuedAt: '2026-11-21T09:06:00.000Z',
  expiresAt: '2026-11-26T09:06:00.000Z',
  from: 'x@sender.example',
  to: ['ann@hub.example'],
  size: 4096,
  route: 'hub',
  class: 'person',
  reason: 'connection refused',
  tries: 0,
  nextTryAt: null,
  incident: null,
  held: false,
};

export const sampleMeasure = {
  id: 'm-3fa94c01d2',
  scope: { client: '192.0.2.0/24' },
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: 'subscription bomb',
  createdAt: '2026-11-21T09:00:00.000Z',
  expiresAt: '2026-11-21T10:00:00.000Z',
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  state: 'active',
  endedAt: null,
  hits: 412,
  probes: 0,
  recorded: 0,
} as const;

export const sampleIncident: ShownIncident = {
  id: 'i-3fa94c01d2',
  reference: 'FG-3FA94C01D2',
  detector: 'subscription-bomb',
  key: { recipient: 'ann@example.org' },
  state: 'alert',
  level: 'alert',
  openedAt: '2026-11-21T09:00:00.000Z',
  closedAt: null,
  onsetAt: '2026-11-21T08:59:00.000Z',
  lastAt: '2026-11-21T09:02:00.000Z',
  count: 24,
  alarms: 2,
  measures: ['m-3fa94c01d2'],
  campaign: null,
  folded: 0,
  acknowledgedBy: null,
  statistic: { name: 'cusum', value: 31.2, threshold: 23 },
  confidence: 'high',
  spoofable: false,
  counts: { domains: { est: 24, err: 0 } },
  origins: [{ origin: 'domain shop.example', est: 1, err: 0 }],
  needles: [],
  samples: ['smtp-1#42'],
  because: '24 first contacts in two minutes from 24 domains',
};

export const sampleHeld = {
  id: '1M7YNPXHV1000-4',
  store: 'quarantine',
  reference: '1M7YNPXHV1000-4',
  queuedAt: '2026-11-21T09:06:32.123Z',
  from: 'x@sender.example',
  to: ['ann@hub.example'],
  size: 2411,
  reason: 'standing-measure: a standing measure covers it: subscription bomb',
  incident: null,
  state: 'held',
  expiresAt: '2026-12-21T09:06:32.123Z',
  check: 'standing-measure',
  measure: 'm-3fa94c01d2',
  user: null,
  ip: '192.0.2.7',
  subject: 'Welcome',
  messageId: '<1@sender.example>',
  release: null,
  discarded: null,
  refused: false,
  unreadable: null,
} as const;

export const samplePreview: Preview = {
  header: ['Subject: Welcome'],
  text: ['Hello'],
  more: false,
  subject: 'Welcome',
  author: 'x@sender.example',
  kind: 'plain',
  readable: ['Hello'],
  links: [],
  parts: [{ type: 'text/plain', name: '', bytes: 7 }],
};

export const sampleDigest: DigestStatus = {
  enabled: true,
  nextAt: '2026-11-22T06:00:00.000Z',
  lastAt: '2026-11-21T06:00:00.000Z',
  underWay: false,
  last: { letters: 12, lines: 31, failed: 0, again: false },
  ordersWaiting: 0,
};

export const sampleToken = { name: 'grafana', role: 'reader', by: 'anna', createdAt: '2026-11-21T09:00:00.000Z', expiresAt: null, expired: false } as const;

export const sampleQuota: ShownQuota = {
  account: 'user bob',
  kind: 'user',
  name: 'bob',
  externalRecipientsPerHour: { used: 400, limit: 500 },
  internalRecipientsPerHour: { used: 0, limit: 1000 },
  recipientsPerDay: { used: 410, limit: 0 },
  raised: { times: 10, until: '2026-11-22T09:00:00.000Z', by: 'anna' },
};

export interface SampleHouse extends WebHouse {
  /** What was asked of it, in order. */
  readonly asked: string[];
}

/** One message waits. */
function spoolThat(say: (what: string) => void): WebHouse['spool'] {
  return {
    list: () => ({ waiting: 1, routes: [{ route: 'hub', messages: 1, away: 'connection refused' }], items: [sampleSpooled], next: null }),
    preview: (id) =>
      Promise.resolve(id === sampleSpooled.id ? { header: ['Subject: Hello'], text: ['Hello'], more: false, user: null, ip: '192.0.2.7' } : null),
    act: (verb, raw, by) => {
      say(`${verb} ${JSON.stringify(raw)} by ${by}`);
      return { ok: true, results: [{ id: sampleSpooled.id, ok: true }] };
    },
    retry: () => ({ ok: true, tried: 1 }),
    waiting: () => [{ route: 'hub', messages: 1, away: 'connection refused' }],
  };
}

const sampleWaiting = {
  id: '4XyZ12',
  store: 'postfix',
  queuedAt: '2026-11-21T09:06:32.123Z',
  from: 'ulla@hub.example',
  to: ['x@elsewhere.example'],
  size: 2048,
  reason: 'connection refused',
  incident: null,
  held: false,
} as const;

/** One message waits in a Postfix, and an Exim cannot be asked. */
function queuesThat(say: (what: string) => void): WebHouse['queues'] {
  const asked = [
    { store: 'postfix', why: null },
    { store: 'exim', why: 'exim4 -bp: permission denied' },
  ];
  return {
    list: (query) => {
      say(`list queues ${JSON.stringify(query)}`);
      return Promise.resolve({ ok: true, stores: asked, items: [sampleWaiting], more: false });
    },
    act: (verb, raw, by) => {
      say(`${verb} in queues ${JSON.stringify(raw)} by ${by}`);
      const { expect } = raw as { readonly expect?: number };
      if (expect === undefined) {
        const sums = { count: 1, bytes: 2048, stores: { postfix: 1 }, senders: [{ from: 'ulla@hub.example', count: 1 }] };
        const { queuedAt } = sampleWaiting;
        return Promise.resolve({ ok: true, preview: true, ...sums, oldest: queuedAt, newest: queuedAt, samples: [sampleWaiting], asked });
      }
      if (expect !== 1) return Promise.resolve({ ok: false, error: `nothing was done: 1 messages fit by now, not ${expect}`, isOther: true });
      return Promise.resolve({ ok: true, preview: false, action: 'q-3fa94c01d2', undoUntil: '2026-11-22T09:06:32.123Z', messages: 1, failed: 0, failures: [] });
    },
  };
}

/** One letter would be sent. */
function digestThat(say: (what: string) => void): WebHouse['digest'] {
  return {
    status: () => sampleDigest,
    runNow: () => {
      say('round');
      return Promise.resolve({ ok: true, ...sampleDigest });
    },
    preview: (raw) => {
      say(`preview letter ${JSON.stringify(raw)}`);
      return Promise.resolve({ ok: true, subject: '1 message to you is being held', text: 'Hello', html: '<p>Hello</p>', lines: 1 });
    },
  };
}

/** A house that knows one explained id (`known`), one list and no trouble. */
export function sampleHouse(over: Partial<WebHouse> = {}): SampleHouse {
  const asked: string[] = [];
  const say = (what: string): void => void asked.push(what);
  return {
    asked,
    status: () => sampleStatus,
    ready: () => ({ ready: true, reasons: [] }),
    metricsText: () => Promise.resolve('floodgate_backscatter_made_total 0\n'),
    explain: (id, { limit }) => {
      say(`explain ${id} ${limit}`);
      return Promise.resolve({ explanations: [], more: false, badLines: 0 });
    },
    events: (options) => {
      say(`events ${JSON.stringify(options)}`);
      return Promise.resolve([]);
    },
    live: () => null,
    flushJournal: () => {
      say('flush');
      return Promise.resolve();
    },
    lists: {
      show: () => Promise.resolve({ lists: [], entries: [] }),
      add: (raw, by) => {
        say(`add ${JSON.stringify(raw)} by ${by}`);
        return Promise.resolve({ ok: true });
      },
      remove: (raw, by) => {
        say(`remove ${JSON.stringify(raw)} by ${by}`);
        return Promise.resolve({ ok: false, error: 'is in no list' });
      },
    },
    tokens: {
      show: () => ({ tokens: [sampleToken] }),
      add: (raw, by) => {
        say(`add token ${JSON.stringify(raw)} by ${by}`);
        return Promise.resolve({ ok: true, token: 'fgt_0000', ...sampleToken });
      },
      remove: (name, by) => {
        say(`remove token ${name} by ${by}`);
        return Promise.resolve(name === sampleToken.name ? { ok: true } : { ok: false, error: `there is no token ${name}` });
      },
    },
    incidents: incidentsThat(say),
    spool: spoolThat(say),
    queues: queuesThat(say),
    releases: () => null,
    digest: digestThat(say),
    quarantine: {
      list: (raw) => {
        say(`list held ${JSON.stringify(raw)}`);
        return Promise.resolve({ ok: true, items: [sampleHeld], next: null });
      },
      find: (id) => Promise.resolve(id === sampleHeld.id ? sampleHeld : null),
      preview: (id) => Promise.resolve(id === sampleHeld.id ? samplePreview : null),
      act: (verb, raw, by) => {
        say(`${verb} ${JSON.stringify(raw)} by ${by}`);
        if ((raw as { dryRun?: boolean }).dryRun === true) return Promise.resolve({ ok: true, dryRun: true, messages: 1, bytes: sampleHeld.size });
        return Promise.resolve({ ok: true, results: [{ id: sampleHeld.id, ok: true }], next: null });
      },
    },
    quotas: {
      show: () => [sampleQuota],
      find: ({ kind, name }) => ({ ...sampleQuota, account: `${kind} ${name}`, kind, name, raised: null }),
      raise: (raw, by) => {
        say(`raise ${JSON.stringify(raw)} by ${by}`);
        return { ok: true, quota: sampleQuota };
      },
      lower: (user, by) => {
        say(`lower ${user} by ${by}`);
        return { ok: false, error: `the quota of ${user} is not raised` };
      },
    },
    measures: measuresOf(say),
    ...over,
  };
}

/** An address that the kernel drops. */
export const sampleDrop: KernelDrop = {
  address: '192.0.2.7',
  network: '192.0.2.0/24',
  where: 'kernel',
  why: null,
  measures: [
    {
      id: 'm-3fa94c01d2',
      client: '192.0.2.0/24',
      by: 'person anna',
      reason: 'flood \u001b[2J',
      since: '2026-11-21T09:00:00.000Z',
      expiresAt: '2026-11-21T10:00:00.000Z',
      incident: null,
    },
  ],
  count: { packets: 1204, bytes: 72_240, since: '2026-11-21T09:06:00.000Z' },
};

const measuresOf = (say: (what: string) => void): WebHouse['measures'] => ({
  show: () => Promise.resolve({ measures: [sampleMeasure], suspended: null }),
  find: (id) => Promise.resolve(id === sampleMeasure.id ? sampleMeasure : null),
  add: (raw, by) => {
    say(`add measure ${JSON.stringify(raw)} by ${by}`);
    return Promise.resolve({ ok: true, measure: sampleMeasure });
  },
  undo: (id, by) => {
    say(`undo ${id} by ${by}`);
    return Promise.resolve(id === sampleMeasure.id ? { ok: true, measure: sampleMeasure } : { ok: false, error: `there is no measure ${id}` });
  },
  suspend: (raw, by) => {
    say(`suspend ${JSON.stringify(raw)} by ${by}`);
    return Promise.resolve({ ok: true });
  },
  resume: (by) => {
    say(`resume by ${by}`);
    return Promise.resolve({ ok: false, error: 'automatic measures are not suspended' });
  },
  dropOf: (ip) => Promise.resolve(ip === sampleDrop.address ? sampleDrop : null),
  export: ({ format }) =>
    Promise.resolve(
      format === 'nftables'
        ? { ok: true, format, text: 'table inet floodgate\n', networks: 1, leftOut: [{ measure: 'm-2', why: 'is a dry run' }] }
        : { ok: false, error: 'format is one of nftables' },
    ),
});

/** One incident, of which all is said that is asked. */
const incidentsThat = (say: (what: string) => void): WebHouse['incidents'] => ({
  show: () => Promise.resolve([sampleIncident]),
  find: (name) =>
    Promise.resolve(
      name === sampleIncident.id
        ? {
            incident: sampleIncident,
            history: [
              {
                incident: sampleIncident.id,
                number: 1,
                at: sampleIncident.openedAt,
                step: 'opened',
                by: 'floodgate',
                text: 'seen',
                evidence: null,
                hash: '00',
              },
            ],
          }
        : null,
    ),
  forgedSender: (name) => Promise.resolve(name === sampleIncident.id ? new ForgedSenderFold({ domain: 'hub.example' }).result() : null),
  acknowledge: (name, by) => {
    say(`acknowledge ${name} by ${by}`);
    return { ok: true, incident: sampleIncident };
  },
  note: (name, text, by) => {
    say(`note ${name} ${text} by ${by}`);
    return { ok: true, incident: sampleIncident };
  },
  close: (name, by) => {
    say(`close ${name} by ${by}`);
    return { ok: false, error: `no incident ${name} is open` };
  },
});
