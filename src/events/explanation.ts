// From the events of one session to its decisions, each explained: what was decided, why, by which finding, on which facts.
import type { Event, FactRecord } from '../model/events.ts';
import type { Action, Evidence, Finding, Stage } from '../model/verdict.ts';
import { decisiveOf, entryOf, reasonOf } from './catalogue.ts';
import { fateOf, type Fate } from './fate.ts';
import { byTime } from './read-journal.ts';

/** One decision, explained; one line of `explain --json`. Absent texts are null; times are ISO 8601 UTC. */
export interface Explanation {
  /** The reference, where there is one; otherwise the session. */
  readonly id: string;
  readonly kind: 'connection' | 'verdict' | 'command' | 'message' | 'aborted' | 'failure' | 'session';
  readonly session: string;
  readonly reference: string | null;
  readonly at: string;
  readonly client: {
    readonly ip: string;
    readonly port: number | null;
    readonly name: string | null;
    readonly helo: string | null;
    readonly user: string | null;
    readonly listener: string | null;
  };
  readonly stage: Stage | 'command' | null;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly outcome: Outcome;
  /** What became of a kept message since; null where nothing did. */
  readonly since: Fate | null;
  /** What the client heard. */
  readonly reply: string | null;
  readonly decision: { readonly check: string | null; readonly action: string; readonly because: string; readonly evidence: Evidence };
  readonly findings: readonly StagedFinding[];
  /** By stage and name, as they were used. */
  readonly facts: FactRecord;
  readonly message: {
    readonly messageId: string | null;
    readonly subject: string | null;
    readonly bytes: number;
    readonly route: string | null;
    readonly hubReply: string | null;
    readonly hubQueueId: string | null;
  } | null;
  readonly timeline: readonly TimelineEntry[];
  /** What would be decided today; null where that cannot be told. */
  readonly today: Redecision | null;
}

export type Outcome = 'delivered' | 'spooled' | 'held' | 'discarded' | 'refused' | 'deferred' | 'aborted' | 'failed' | 'nothing-decided';

export interface StagedFinding {
  readonly stage: Stage;
  readonly check: string;
  readonly action: Action | 'pass';
  readonly wouldBe: Action | null;
  readonly because: string;
  readonly evidence: Evidence;
}

export interface TimelineEntry {
  readonly at: string;
  readonly type: string;
  readonly text: readonly (readonly [key: string, value: string | number | boolean])[];
}

export interface Redecision {
  readonly outcome: Outcome;
  readonly because: string;
  readonly findings: readonly StagedFinding[];
}

type SessionEvent = Extract<Event, { readonly session: string }>;
type Judged = Extract<Event, { readonly type: 'stage-judged' }>;
type Finished = Extract<Event, { readonly type: 'message-finished' }>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** All decisions of one session, in order; where nothing was decided, one explanation that tells the session. */
export function explainSession(given: readonly SessionEvent[]): readonly Explanation[] {
  const events = given.toSorted(byTime);
  const [first] = events;
  if (!first) return [];
  const context: Context = { events, client: clientOf(first, events), timeline: events.map(timelineEntry) };
  const found = decisionsOf(events).map((decision) => explainDecision(context, decision));
  return (found.length > 0 ? found : [explainNothing(context, first)]).map(inReadingOrder);
}

interface Context {
  readonly events: readonly SessionEvent[];
  readonly client: Explanation['client'];
  readonly timeline: readonly TimelineEntry[];
}

/** Events that are decisions. A message refused at the message stage is one decision told by two events: the later tells more. */
function decisionsOf(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const finished = new Set(events.filter((event) => event.type === 'message-finished').map((event) => event.ref));
  return events.filter((event) => {
    if (event.type === 'stage-judged') return event.reply !== undefined && !(event.ref !== undefined && finished.has(event.ref));
    return (
      event.type === 'connection-refused' ||
      event.type === 'command-refused' ||
      event.type === 'message-finished' ||
      event.type === 'transaction-aborted' ||
      event.type === 'session-failed'
    );
  });
}

/** The same in the order in which a person reads it: what was decided before how it came about. */
function inReadingOrder(each: Explanation): Explanation {
  const { id, kind, session, reference, at, client, stage, from, to, outcome, since, reply, decision, today, message, findings, facts, timeline } = each;
  return { id, kind, session, reference, at, client, stage, from, to, outcome, since, reply, decision, today, message, findings, facts, timeline };
}

function clientOf(first: SessionEvent, events: readonly SessionEvent[]): Explanation['client'] {
  const opened = events.find((event) => event.type === 'session-opened' || event.type === 'connection-refused');
  const judged = events.filter((event) => event.type === 'stage-judged');
  const last = <T>(values: readonly (T | undefined)[]): T | null => values.findLast((value) => value !== undefined) ?? null;
  return {
    ip: first.ip,
    port: opened?.port ?? null,
    name: last(judged.map((event) => reverseNameOf(event.facts))),
    helo: last(judged.map((event) => event.input.helo)),
    user: last(judged.map((event) => event.input.user)),
    listener: opened?.listener ?? null,
  };
}

function reverseNameOf(facts: FactRecord): string | undefined {
  const fact = facts['reverseName'];
  if (!fact || !('value' in fact) || typeof fact.value !== 'object' || fact.value === null) return undefined;
  return 'name' in fact.value && typeof fact.value.name === 'string' ? fact.value.name : undefined;
}

function timelineEntry(event: SessionEvent): TimelineEntry {
  const text = entryOf(event)
    .line(event)
    .filter((pair): pair is [string, string | number | boolean] => pair[1] !== null && pair[1] !== undefined && pair[1] !== '');
  return { at: iso(event.at), type: event.type, text };
}

function explainDecision(context: Context, event: SessionEvent): Explanation {
  const judged = judgementsBefore(context.events, event);
  const base = { ...common(context, event), findings: judged.flatMap(stagedFindings), facts: factsOf(judged), ...envelopeOf(judged) };
  switch (event.type) {
    case 'connection-refused':
      return {
        ...base,
        kind: 'connection',
        stage: 'connect',
        outcome: outcomeOf(event.reply),
        decision: byFindings(event.findings, 'refuse-at-banner', event.reason),
        findings: event.findings.map((finding) => staged('connect', finding)),
      };
    case 'stage-judged':
      return {
        ...base,
        kind: 'verdict',
        stage: event.stage,
        outcome: outcomeOf(event.reply ?? ''),
        decision: byFindings(event.findings, event.action, 'no finding was recorded'),
      };
    case 'command-refused':
      return {
        ...base,
        kind: 'command',
        stage: 'command',
        outcome: outcomeOf(event.reply),
        decision: { check: null, action: 'reject', because: `the door refused ${event.command}: ${event.reason}`, evidence: event.evidence },
      };
    case 'message-finished':
      return { ...base, ...aboutMessage(event, judged), since: fateOf(context.events, event.ref) };
    case 'transaction-aborted':
      return {
        ...base,
        kind: 'aborted',
        stage: 'message',
        outcome: 'aborted',
        from: event.from,
        to: event.recipients,
        decision: { check: null, action: 'none', because: event.why, evidence: { bytes: event.bytes } },
      };
    case 'session-failed':
      return {
        ...base,
        kind: 'failure',
        stage: null,
        outcome: 'failed',
        decision: { check: null, action: 'none', because: `a fault of our own: ${event.error}`, evidence: {} },
      };
    default:
      return { ...base, kind: 'session', stage: null, outcome: 'nothing-decided', decision: nothingDecided };
  }
}

const nothingDecided = { check: null, action: 'none', because: 'nothing was refused and no message was finished', evidence: {} } as const;

function common(context: Context, event: SessionEvent) {
  const reference = 'ref' in event && event.ref !== undefined ? event.ref : null;
  const reply = 'reply' in event && event.reply !== undefined ? event.reply : null;
  return {
    id: reference ?? event.session,
    session: event.session,
    reference,
    at: iso(event.at),
    client: context.client,
    reply,
    message: null,
    since: null,
    timeline: context.timeline,
    today: null,
  };
}

function explainNothing(context: Context, first: SessionEvent): Explanation {
  const judged = context.events.filter((event) => event.type === 'stage-judged');
  return {
    ...common(context, first),
    kind: 'session',
    stage: null,
    outcome: 'nothing-decided',
    decision: nothingDecided,
    findings: judged.flatMap(stagedFindings),
    facts: factsOf(judged),
    ...envelopeOf(judged),
  };
}

/** What policy said on the way to a decision: connect and HELO, then this transaction alone; of RCPTs only those it is about. */
function judgementsBefore(events: readonly SessionEvent[], decision: SessionEvent): readonly Judged[] {
  let greeting: Judged[] = [];
  let transaction: Judged[] = [];
  for (const event of events.slice(0, events.indexOf(decision) + 1)) {
    if (event.type !== 'stage-judged') continue;
    if (event.stage === 'connect' || event.stage === 'helo') greeting = [...greeting.filter((each) => each.stage !== event.stage), event];
    else if (event.stage === 'mail') transaction = [event];
    else transaction.push(event);
  }
  const about = decision.type === 'message-finished' ? new Set(decision.recipients) : null;
  return [...greeting, ...transaction].filter((event) => event.stage !== 'rcpt' || event === decision || (about !== null && about.has(event.input.to ?? '')));
}

const staged = (stage: Stage, finding: Finding): StagedFinding => ({
  stage,
  check: finding.check,
  action: finding.action,
  wouldBe: finding.wouldBe ?? null,
  because: reasonOf(finding),
  evidence: finding.outcome.kind === 'finding' ? finding.outcome.evidence : {},
});
const stagedFindings = (event: Judged): readonly StagedFinding[] => event.findings.map((finding) => staged(event.stage, finding));

function factsOf(judged: readonly Judged[]): FactRecord {
  const facts: Record<string, FactRecord[string]> = {};
  for (const event of judged) {
    for (const [name, fact] of Object.entries(event.facts)) {
      const key = `${event.stage}.${name}`;
      facts[key in facts ? `${key} ${event.input.to ?? ''}` : key] = fact;
    }
  }
  return facts;
}

function envelopeOf(judged: readonly Judged[]): { readonly from: string | null; readonly to: readonly string[] } {
  const from = judged.findLast((event) => event.input.from !== undefined)?.input.from ?? null;
  return { from, to: judged.flatMap((event) => (event.input.to === undefined ? [] : [event.input.to])) };
}

/** SMTP reply codes say what happened to the client's wish (RFC 5321 4.2.1). */
const outcomeOf = (reply: string): Outcome => (reply.startsWith('4') ? 'deferred' : 'refused');

function byFindings(findings: readonly Finding[], action: string, otherwise: string): Explanation['decision'] {
  const decisive = decisiveOf(action, findings) ?? findings[0];
  if (!decisive) return { check: null, action, because: otherwise, evidence: {} };
  return { check: decisive.check, action, because: reasonOf(decisive), evidence: decisive.outcome.kind === 'finding' ? decisive.outcome.evidence : {} };
}

function aboutMessage(event: Finished, judged: readonly Judged[]) {
  const { from, recipients: to, messageId, subject, bytes, route, hubReply, hubQueueId } = event;
  const refusal = judged.find((each) => each.stage === 'message' && each.reply !== undefined && each.ref === event.ref);
  return {
    kind: 'message',
    stage: 'message',
    outcome: event.outcome,
    from,
    to,
    message: { messageId, subject, bytes, route, hubReply, hubQueueId },
    decision: refusal ? byFindings(refusal.findings, refusal.action, event.reason) : (byTreatment(event, judged) ?? byHub(event)),
  } as const;
}

/** It was kept or thrown away: by the finding, at whatever stage, that asked for that. Null where the message went on. */
function byTreatment({ outcome, reason }: Finished, judged: readonly Judged[]): Explanation['decision'] | null {
  if (outcome !== 'held' && outcome !== 'discarded') return null;
  const action = outcome === 'held' ? 'quarantine' : 'discard';
  const asked = judged.flatMap(({ findings }) => findings).filter((finding) => finding.action === action);
  return byFindings(asked, action, reason);
}

/** Nothing of ours stood against the message: the next hop decided. */
function byHub(event: Finished): Explanation['decision'] {
  const { outcome, route, hubReply, reason, hubMs } = event;
  const said = hubReply === null ? '' : `: ${hubReply}`;
  const why = reason === '' ? '' : ` (${reason})`;
  const evidence = { route, hubMs, bytes: event.bytes };
  if (outcome === 'delivered')
    return { check: null, action: event.tags.length > 0 ? 'tag' : 'pass', because: `no check stood against it; ${route} took it${said}${why}`, evidence };
  if (outcome === 'spooled') return { check: null, action: 'pass', because: `no check stood against it; it waits for ${route}${why}`, evidence };
  if (hubReply === null)
    return { check: null, action: outcome === 'deferred' ? 'defer' : 'reject', because: reason === '' ? 'the record names no reason' : reason, evidence };
  return { check: null, action: outcome === 'deferred' ? 'defer' : 'reject', because: `${route} answered${said}${why}`, evidence };
}
