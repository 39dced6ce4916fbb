// One row for every type of event: its constructor's doc line, and what the log says of it. The row of a missing type does not
// compile. A decision is an info line; what asks for a person is warn or error; the rest is debug.
import type { Event, EventBody, EventType } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogValue = string | number | boolean | null | undefined;

type BodyOf<T extends EventType> = Extract<EventBody, { readonly type: T }>;
type FieldsOf<T extends EventType> = Omit<BodyOf<T>, 'type'>;

export interface EventEntry<T extends EventType> {
  /** One sentence for the reference page. */
  readonly doc: string;
  /** Level of its log line. */
  level(body: BodyOf<T>): LogLevel;
  /** What the line says besides session, address and reference: stable keys, in this order; null and undefined are left out. */
  line(body: BodyOf<T>): readonly (readonly [key: string, value: LogValue])[];
}

const at =
  (level: LogLevel): (() => LogLevel) =>
  () =>
    level;

/** The finding an action rests on: the first that asked for it. */
export const decisiveOf = (action: string, findings: readonly Finding[]): Finding | null => findings.find((each) => each.action === action) ?? null;

/** Why, in the words of the check. */
export const reasonOf = (finding: Finding): string => (finding.outcome.kind === 'finding' ? finding.outcome.because : `unsure: ${finding.outcome.why}`);

const checksOf = (findings: readonly Finding[]): string => findings.map((each) => `${each.check}:${each.action}`).join(',');
const someOf = (addresses: readonly string[]): string =>
  addresses.length > 3 ? `${addresses.slice(0, 3).join(',')},+${addresses.length - 3}` : addresses.join(',');

export const catalogue: { readonly [T in EventType]: EventEntry<T> } = {
  'session-opened': {
    doc: 'A client was admitted; nothing has been said yet.',
    level: at('debug'),
    line: (e) => [
      ['port', e.port],
      ['listener', e.listener],
      ['role', e.role],
      ['inside', e.inside],
      ['proxied', e.proxied],
    ],
  },
  'connection-refused': {
    doc: 'Refused before a session existed: a cap, a list, a measure.',
    level: at('info'),
    line: (e) => [
      ['listener', e.listener],
      ['reason', e.reason],
      ['checks', checksOf(e.findings)],
      ['reply', e.reply],
    ],
  },
  'stage-judged': {
    doc: 'Policy was asked at a stage: its input, its facts, everything found, and what was done.',
    level: (e) => (e.findings.length === 0 ? 'debug' : 'info'),
    line: (e) => {
      const decisive = decisiveOf(e.action, e.findings);
      return [
        ['stage', e.stage],
        ['action', e.action],
        ['check', decisive?.check],
        ['because', decisive && reasonOf(decisive)],
        ['checks', checksOf(e.findings)],
        ['helo', e.input.helo],
        ['user', e.input.user],
        ['from', e.input.from],
        ['to', e.input.to ?? (e.input.recipients && someOf(e.input.recipients))],
        ['reply', e.reply],
      ];
    },
  },
  'command-refused': {
    doc: 'The door refused by itself: syntax, order of commands, a limit or a deadline.',
    level: at('info'),
    line: (e) => [
      ['command', e.command],
      ['reason', e.reason],
      ['reply', e.reply],
    ],
  },
  'auth-tried': {
    doc: 'An AUTH exchange came to its end.',
    level: at('info'),
    line: (e) => [
      ['mechanism', e.mechanism],
      ['user', e.user],
      ['ok', e.ok],
      ['why', e.why],
    ],
  },
  'tls-started': {
    doc: 'TLS is on.',
    level: at('debug'),
    line: (e) => [
      ['protocol', e.protocol],
      ['cipher', e.cipher],
      ['certificate', e.certificate],
    ],
  },
  'tls-failed': { doc: 'The TLS handshake failed.', level: at('info'), line: (e) => [['why', e.why]] },
  'message-finished': {
    doc: "The end of a transaction whose content had been collected, with the next hop's words.",
    level: at('info'),
    line: (e) => [
      ['outcome', e.outcome],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['messageId', e.messageId],
      ['route', e.route],
      ['hubMs', Math.round(e.hubMs)],
      ['queueId', e.hubQueueId],
      ['tags', e.tags.join(',')],
      ['reason', e.reason],
      ['reply', e.reply],
    ],
  },
  'transaction-aborted': {
    doc: 'The client went away in the middle of content, or before it could hear our 250.',
    level: at('info'),
    line: (e) => [
      ['why', e.why],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
    ],
  },
  'session-closed': {
    doc: 'The session is over.',
    level: at('debug'),
    line: (e) => [
      ['why', e.why],
      ['ms', Math.round(e.ms)],
      ['bytesIn', e.bytesIn],
      ['bytesOut', e.bytesOut],
      ['messages', e.messages],
      ['errors', e.errors],
    ],
  },
  'session-failed': {
    doc: 'A fault of our own ended the session; the client heard 421. The transcript tells what was said before.',
    level: at('error'),
    line: (e) => [
      ['error', e.error],
      ['last', e.transcript.at(-1)],
    ],
  },
  'hub-failed': {
    doc: 'A next hop could not be used.',
    level: at('warn'),
    line: (e) => [
      ['route', e.route],
      ['why', e.why],
    ],
  },
  'hub-circuit': {
    doc: 'A next hop is no longer asked (open), tried again (half-open) or back (closed).',
    level: at('warn'),
    line: (e) => [
      ['route', e.route],
      ['state', e.state],
      ['why', e.why],
    ],
  },
  'door-started': { doc: 'A door thread listens.', level: at('info'), line: (e) => [['listeners', e.listeners.join(',')]] },
  'door-died': {
    doc: 'A door thread died and is replaced.',
    level: at('error'),
    line: (e) => [
      ['died', e.died],
      ['why', e.why],
    ],
  },
  'config-loaded': {
    doc: 'A configuration is in force.',
    level: at('info'),
    line: (e) => [
      ['file', e.file],
      ['sha256', e.sha256],
      ['warnings', e.warnings.join('; ')],
    ],
  },
  'config-refused': {
    doc: 'A new configuration was wrong; the old one stays.',
    level: at('error'),
    line: (e) => [
      ['file', e.file],
      ['errors', e.errors.join('; ')],
    ],
  },
  'token-changed': {
    doc: 'A token of the API was added or removed.',
    level: at('info'),
    line: (e) => [
      ['name', e.name],
      ['role', e.role],
      ['what', e.what],
      ['by', e.by],
    ],
  },
  'token-refused': {
    doc: 'Somebody came to the API with a token that is not ours; at most two events a minute and address, the first and one that tells of many.',
    level: at('warn'),
    line: (e) => [
      ['address', e.address],
      ['tries', e.tries],
    ],
  },
  'telemetry-failed': {
    doc: 'The module of `telemetry` cannot be loaded or failed; it hears nothing until the next start.',
    level: at('error'),
    line: (e) => [
      ['module', e.module],
      ['why', e.why],
    ],
  },
  'list-changed': {
    doc: 'A list has new content.',
    level: at('info'),
    line: (e) => [
      ['list', e.list],
      ['entries', e.entries],
      ['by', e.by],
      ['what', e.what],
    ],
  },
  'list-broken': {
    doc: 'A list could not be read; its last good content stays.',
    level: at('error'),
    line: (e) => [
      ['list', e.list],
      ['why', e.why],
    ],
  },
  'measure-added': {
    doc: 'A measure is in force.',
    level: at('info'),
    line: (e) => [
      ['id', e.id],
      ['by', e.by],
      ['action', e.action],
      ['scope', e.scope],
      ['reason', e.reason],
      ['expiresAt', new Date(e.expiresAt).toISOString()],
      ['maxHits', e.maxHits],
      ['probeShare', e.probeShare === 0 ? null : e.probeShare],
      ['incident', e.incident],
      ['dryRun', e.dryRun ? true : null],
    ],
  },
  'measure-ended': {
    doc: 'A measure is no longer in force: it expired, was undone, or reached its hit cap.',
    level: at('info'),
    line: (e) => [
      ['id', e.id],
      ['how', e.how],
      ['by', e.by],
      ['scope', e.scope],
      ['hits', e.hits],
      ['probes', e.probes],
    ],
  },
  'measures-switched': {
    doc: 'All automatic measures were turned off, or on again.',
    level: at('warn'),
    line: (e) => [
      ['automatic', e.automatic],
      ['by', e.by],
      ['reason', e.reason],
    ],
  },
  'client-address-lost': {
    doc: "The world stands behind an address inside the site: clients' addresses are lost on the way. The address is not trusted until the time given.",
    level: at('error'),
    line: (e) => [
      ['ip', e.ip],
      ['heloNames', e.heloNames],
      ['senderDomains', e.senderDomains],
      ['samples', e.samples.join(',')],
      ['until', new Date(e.until).toISOString()],
      ['mend', 'docs/lost-client-address.md'],
    ],
  },
  'measures-broken': { doc: 'The table of measures could not be written; what is in force stays so.', level: at('error'), line: (e) => [['why', e.why]] },
  'load-level': {
    doc: 'The load level has changed: higher, and work is shed; 0, and all is taken on again.',
    level: (e) => (e.level > e.before ? 'warn' : 'info'),
    line: (e) => [
      ['level', e.level],
      ['before', e.before],
      ['causes', e.causes.join(',')],
      [
        'signals',
        Object.entries(e.signals)
          .map(([signal, value]) => `${signal}:${value}`)
          .join(','),
      ],
    ],
  },
  'client-penalised': {
    doc: 'A client that came back too fast after 421 is served last for a while.',
    level: at('info'),
    line: (e) => [
      ['ip', e.ip],
      ['until', new Date(e.untilMs).toISOString()],
      ['why', e.why],
    ],
  },
  'journal-dropped': {
    doc: 'Events are missing: a queue or the disk was full. How many, by type.',
    level: at('warn'),
    line: (e) => [
      ['why', e.why],
      [
        'dropped',
        Object.entries(e.dropped)
          .map(([type, n]) => `${type}:${n}`)
          .join(','),
      ],
    ],
  },
  started: {
    doc: 'Floodgate is ready.',
    level: at('info'),
    line: (e) => [
      ['version', e.version],
      ['listeners', e.listeners.join(',')],
    ],
  },
  stopped: { doc: 'Floodgate has stopped.', level: at('info'), line: (e) => [['why', e.why]] },
};

const make =
  <T extends EventType>(type: T) =>
  (fields: FieldsOf<T>): EventBody =>
    // The spread of a generic is too wide for the compiler; FieldsOf<T> makes it exact for the caller.
    ({ type, ...fields }) as unknown as EventBody;

/** The constructors: one for each type of event. */
export const events = {
  sessionOpened: make('session-opened'),
  connectionRefused: make('connection-refused'),
  stageJudged: make('stage-judged'),
  commandRefused: make('command-refused'),
  authTried: make('auth-tried'),
  tlsStarted: make('tls-started'),
  tlsFailed: make('tls-failed'),
  messageFinished: make('message-finished'),
  transactionAborted: make('transaction-aborted'),
  sessionClosed: make('session-closed'),
  sessionFailed: make('session-failed'),
  hubFailed: make('hub-failed'),
  hubCircuit: make('hub-circuit'),
  doorStarted: make('door-started'),
  doorDied: make('door-died'),
  configLoaded: make('config-loaded'),
  configRefused: make('config-refused'),
  tokenChanged: make('token-changed'),
  tokenRefused: make('token-refused'),
  telemetryFailed: make('telemetry-failed'),
  listChanged: make('list-changed'),
  listBroken: make('list-broken'),
  measureAdded: make('measure-added'),
  measureEnded: make('measure-ended'),
  measuresSwitched: make('measures-switched'),
  clientAddressLost: make('client-address-lost'),
  measuresBroken: make('measures-broken'),
  loadLevel: make('load-level'),
  clientPenalised: make('client-penalised'),
  journalDropped: make('journal-dropped'),
  started: make('started'),
  stopped: make('stopped'),
} as const;

/** The row of an event's type, ready to take that event. */
export const entryOf = (body: EventBody | Event): EventEntry<EventType> => catalogue[body.type] as unknown as EventEntry<EventType>;
