// What an event adds to the metrics. One place, so that log, journal and metrics cannot drift apart.
import type { EventBody } from '../model/events.ts';
import { quarantineRows } from './catalogue-quarantine.ts';
import { spoolRows } from './catalogue-spool.ts';
import type { CounterName } from './metric-catalogue.ts';

/** Adds one, or `by`, to a counter. */
export type AddCount = (name: CounterName, labels: readonly string[], by?: number) => void;

const none: readonly string[] = [];
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const hasCode = (reply: string): boolean => isDigit(reply.charCodeAt(0)) && isDigit(reply.charCodeAt(1)) && isDigit(reply.charCodeAt(2));
const codeOf = (reply: string): readonly string[] => [hasCode(reply) ? reply.slice(0, 3) : 'none'];

/** Types that no metric counts: gauges tell of them, or nobody asks how often. A new type stands here or has a case below. */
type Uncounted =
  | 'session-closed'
  | 'incident-changed'
  | 'incidents-broken'
  | 'alert-failed'
  | 'disk-space'
  | 'log-focus'
  | 'debug-peers-failed'
  | 'log-trouble'
  | 'keeper-fault'
  | 'detector-failed'
  | 'hub-circuit'
  | 'door-started'
  | 'load-level'
  | 'config-loaded'
  | 'config-refused'
  | 'token-changed'
  | 'token-refused'
  | 'telemetry-failed'
  | 'list-changed'
  | 'list-broken'
  | 'queue-handled'
  | 'file-broken'
  | 'file-mended'
  | 'measure-added'
  | 'measure-ended'
  | 'quota-reached'
  | 'quota-changed'
  | 'owner-told'
  | 'measures-switched'
  | 'client-address-lost'
  | 'measures-broken'
  | 'kernel-helper-lost'
  | 'kernel-helper-found'
  | 'started'
  | 'stopped';

/** Counts one event. */
export function countEvent(body: EventBody, add: AddCount): void {
  if ('reply' in body && body.reply !== undefined) add('floodgate_smtp_replies_total', codeOf(body.reply));
  if (isOfQuarantine(body)) return countHeld(body, add);
  if (isOfSpool(body)) return countSpooled(body, add);
  switch (body.type) {
    case 'session-opened':
      return add('floodgate_sessions_total', [body.listener]);
    case 'connection-refused':
      for (const finding of body.findings) add('floodgate_verdicts_total', ['connect', finding.action, finding.check]);
      return add('floodgate_connections_refused_total', [body.reason]);
    case 'connection-left':
      return add('floodgate_connections_left_total', none);
    case 'proxy-refused':
      return add('floodgate_proxy_headers_refused_total', [body.listener]);
    case 'stage-judged':
      if (body.findings.length === 0) return add('floodgate_verdicts_total', [body.stage, body.action, '']);
      for (const finding of body.findings) add('floodgate_verdicts_total', [body.stage, finding.action, finding.check]);
      return;
    case 'command-refused':
      return add('floodgate_commands_refused_total', [body.reason]);
    case 'auth-tried':
      return add('floodgate_auth_total', [body.mechanism, body.ok ? 'ok' : 'failed']);
    case 'tls-started':
      return add('floodgate_tls_total', ['started']);
    case 'tls-failed':
      return add('floodgate_tls_total', ['failed']);
    case 'message-finished':
      add('floodgate_message_bytes_total', none, body.bytes);
      return add('floodgate_messages_total', [body.outcome]);
    case 'report-judged':
      return add('floodgate_reports_total', [body.kind, body.returned]);
    case 'transaction-aborted':
      return add('floodgate_messages_total', ['aborted']);
    case 'content-unread':
      return add('floodgate_content_unread_total', none);
    case 'session-failed':
      return add('floodgate_session_failures_total', none);
    case 'hub-failed':
      return add('floodgate_hub_failures_total', [body.route]);
    case 'door-died':
      return add('floodgate_door_restarts_total', none);
    case 'client-penalised':
      return add('floodgate_clients_penalised_total', none);
    case 'journal-dropped':
      for (const [type, missing] of Object.entries(body.dropped)) add('floodgate_events_dropped_total', [type], missing);
      return;
    case 'alarm-raised':
      return add('floodgate_alarms_total', [body.alarm.detector, body.alarm.level]);
    default:
      body.type satisfies Uncounted;
  }
}

type OfSpool = Extract<EventBody, { readonly type: keyof typeof spoolRows }>;
const isOfSpool = (body: EventBody): body is OfSpool => Object.hasOwn(spoolRows, body.type);

/** What became of spooled mail, and what the scanner said. */
function countSpooled(body: OfSpool, add: AddCount): void {
  switch (body.type) {
    case 'message-spooled':
      return add('floodgate_spool_changes_total', ['spooled']);
    case 'spool-delivered':
      return add('floodgate_spool_changes_total', ['delivered']);
    case 'spool-held':
      add('floodgate_spool_reports_total', [body.report]);
      return add('floodgate_spool_changes_total', ['held']);
    case 'spool-changed':
      return add('floodgate_spool_changes_total', [body.what]);
    case 'virus-scanned':
      return add('floodgate_viruses_total', [body.found === null ? 'unsure' : 'found']);
    case 'network-told':
    case 'scanner-state':
    case 'spool-full':
    case 'spool-broken':
      return;
    default:
      body satisfies never;
  }
}

type OfQuarantine = Extract<EventBody, { readonly type: keyof typeof quarantineRows }>;
const isOfQuarantine = (body: EventBody): body is OfQuarantine => Object.hasOwn(quarantineRows, body.type);

/** What became of held mail; that it was held or discarded at the door is counted as the outcome of its message. */
function countHeld(body: OfQuarantine, add: AddCount): void {
  switch (body.type) {
    case 'refused-copy':
      return add('floodgate_quarantine_changes_total', [body.outcome === 'kept' ? 'refused-kept' : 'refused-not-kept']);
    case 'quarantine-released':
      return add('floodgate_quarantine_changes_total', [body.outcome === 'delivered' ? 'released' : 'release-failed']);
    case 'quarantine-discarded':
      return add('floodgate_quarantine_changes_total', ['discarded']);
    case 'quarantine-restored':
      return add('floodgate_quarantine_changes_total', ['restored']);
    case 'quarantine-expired':
      return add('floodgate_quarantine_changes_total', [body.state === 'held' ? 'expired' : 'trash-emptied']);
    case 'digest-sent':
      return add('floodgate_digests_total', ['sent']);
    case 'digest-failed':
      return add('floodgate_digests_total', [body.uncertain ? 'uncertain' : 'failed']);
    case 'release-asked':
      return add('floodgate_release_requests_total', [body.way, 'ordered']);
    case 'release-refused':
      return add('floodgate_release_requests_total', [body.way, body.why]);
    case 'message-quarantined':
    case 'message-discarded':
    case 'quarantine-full':
    case 'quarantine-broken':
      return;
    default:
      body satisfies never;
  }
}
