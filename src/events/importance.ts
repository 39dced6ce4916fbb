// What may be lost first when the journal cannot keep up. Chatty events tell that nothing happened; decisions go last.
import type { EventBody, EventType } from '../model/events.ts';

/** 0 chatty, 1 ordinary, 2 decision. */
export type Importance = 0 | 1 | 2;

const importanceOfType = {
  'session-opened': 0,
  'session-closed': 0,
  'connection-left': 0,
  'tls-started': 0,
  'tls-failed': 1,
  'proxy-refused': 1,
  'auth-tried': 1,
  'command-refused': 1,
  'transaction-aborted': 1,
  'hub-failed': 1,
  'connection-refused': 2,
  'stage-judged': 2,
  'message-finished': 2,
  'report-judged': 2,
  'session-failed': 2,
  'content-unread': 1,
  'message-quarantined': 2,
  'refused-copy': 2,
  'message-discarded': 2,
  'quarantine-released': 2,
  'quarantine-discarded': 2,
  'quarantine-restored': 2,
  'quarantine-expired': 2,
  'quarantine-full': 2,
  'quarantine-broken': 2,
  'digest-sent': 2,
  'digest-failed': 2,
  'release-asked': 2,
  'release-refused': 1,
  'message-spooled': 2,
  'spool-delivered': 2,
  'spool-held': 2,
  'spool-changed': 2,
  'spool-full': 2,
  'spool-broken': 2,
  'virus-scanned': 2,
  'scanner-state': 2,
  'network-told': 2,
  'hub-circuit': 2,
  'door-started': 2,
  'door-died': 2,
  'config-loaded': 2,
  'config-refused': 2,
  'token-changed': 2,
  'token-refused': 1,
  'telemetry-failed': 2,
  'list-changed': 2,
  'list-broken': 2,
  'queue-handled': 2,
  'file-broken': 2,
  'file-mended': 2,
  'measure-added': 2,
  'measure-ended': 2,
  'quota-reached': 2,
  'quota-changed': 2,
  'owner-told': 2,
  'measures-switched': 2,
  'client-address-lost': 2,
  'measures-broken': 2,
  'kernel-helper-lost': 2,
  'kernel-helper-found': 2,
  'alarm-raised': 2,
  'incident-changed': 2,
  'incidents-broken': 2,
  'alert-failed': 2,
  'disk-space': 2,
  'log-focus': 2,
  'debug-peers-failed': 2,
  'log-trouble': 2,
  'keeper-fault': 2,
  'detector-failed': 2,
  'load-level': 2,
  'client-penalised': 1,
  'journal-dropped': 2,
  started: 2,
  stopped: 2,
} as const satisfies Readonly<Record<EventType, Importance>>;

/** All types, in an order that is the same in every thread of the program. */
export const eventTypes = Object.keys(importanceOfType) as readonly EventType[];

/** An early stage that refused nobody and told neither a name nor a user of the client: half of the lines, which tell detectors nothing. */
export function tellsNothing(body: EventBody): boolean {
  if (body.type !== 'stage-judged' || body.action === 'reject' || body.action === 'refuse-at-banner') return false;
  const { stage, input, facts } = body;
  return (stage === 'connect' || stage === 'helo' || stage === 'mail') && input.user === undefined && facts['reverseName'] === undefined;
}

/** A stage at which nothing was found is chatty; one with a finding is a decision. */
export function importanceOf(body: EventBody): Importance {
  if (body.type === 'stage-judged' && body.action === 'pass' && body.findings.length === 0) return 0;
  return importanceOfType[body.type];
}

/** Share of a queue up to which events of each importance are taken. */
const shareOf: readonly [number, number, number] = [0.5, 0.8, 1];

/** Whether a queue of `queued` of at most `most` bytes still takes an event of this importance. */
export const hasRoomFor = (importance: Importance, queued: number, most: number): boolean => queued < most * shareOf[importance];

/** Type and importance of an event already written as a line. The recorder writes `type` as the first key after the stamp. */
export function importanceOfLine(line: string): { readonly type: string; readonly importance: Importance } {
  const type = /"type":"([a-z-]+)"/.exec(line)?.[1] ?? 'unknown';
  return { type, importance: importanceOfTyped(type, line) };
}

/** The importance of a line whose type is known. */
export function importanceOfTyped(type: string, line: string): Importance {
  if (type === 'stage-judged' && line.includes('"action":"pass","findings":[]')) return 0;
  return importanceOfType[type as EventType] ?? 2; // a type of another version is kept longest
}
