// Rules held against the journal: for each session and message of the past, would they have matched, and what became of it?
import type { Event } from '../model/events.ts';

/** What a rule looks at; the same words as the rules of policy. */
export interface PastView {
  readonly ip: string;
  readonly inside: boolean;
  readonly helo: string | null;
  readonly user: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly recipients: number | null;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly bytes: number | null;
}

export interface RuleToTry {
  readonly id: string;
  readonly action: string;
  matches(view: PastView): boolean;
}

export interface Rehearsed {
  readonly id: string;
  readonly action: string;
  /** Sessions and messages it would have hit, each once. */
  readonly hits: number;
  /** Of these, messages that were delivered: an innocent one among them is a false hit. */
  readonly delivered: number;
  readonly samples: readonly {
    readonly at: string;
    readonly ip: string;
    readonly from: string | null;
    readonly to: readonly string[];
    readonly subject: string | null;
    readonly outcome: string;
    readonly reference: string;
  }[];
}

interface Past {
  readonly inside: boolean;
  helo: string | null;
  user: string | null;
}

const mostSessions = 100_000;
const sampleSize = 10;

/** Reads events in order of time. Memory is bounded: of very many sessions under way at once the oldest are forgotten. */
export async function rehearse(rules: readonly RuleToTry[], events: AsyncIterable<Event>): Promise<readonly Rehearsed[]> {
  const sessions = new Map<string, Past>();
  const results = rules.map((rule) => ({ rule, hits: 0, delivered: 0, samples: [] as Rehearsed['samples'][number][] }));
  for await (const event of events) {
    if (event.type === 'session-opened') remember(sessions, event.session, { inside: event.inside, helo: null, user: null });
    if (!('session' in event)) continue;
    const past = sessions.get(event.session);
    if (past === undefined) continue;
    for (const seen of viewsOf(event, past)) {
      for (const result of results) {
        if (!seen.views.some((view) => result.rule.matches(view))) continue;
        result.hits += 1;
        if (seen.outcome === 'delivered') result.delivered += 1;
        if (result.samples.length < sampleSize)
          result.samples.push({
            at: new Date(event.at).toISOString(),
            ip: event.ip,
            from: seen.from,
            to: seen.to,
            subject: seen.subject,
            outcome: seen.outcome,
            reference: seen.reference,
          });
      }
    }
    if (event.type === 'session-closed') sessions.delete(event.session);
  }
  return results.map(({ rule, hits, delivered, samples }) => ({ id: rule.id, action: rule.action, hits, delivered, samples }));
}

function remember(sessions: Map<string, Past>, session: string, past: Past): void {
  if (sessions.size >= mostSessions) {
    const [oldest] = sessions.keys();
    if (oldest !== undefined) sessions.delete(oldest);
  }
  sessions.set(session, past);
}

interface Seen {
  readonly views: readonly PastView[];
  readonly outcome: string;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly subject: string | null;
  readonly reference: string;
}

/** A message that came to its end, a recipient that was refused: what is worth a line. Other stages only add to what is known. */
function* viewsOf(event: Event, past: Past): Generator<Seen> {
  if (event.type === 'stage-judged') {
    past.helo = event.input.helo ?? past.helo;
    past.user = event.input.user ?? past.user;
    if (event.reply === undefined || event.stage === 'message') return;
    const { from = null, to = null } = event.input;
    const view = { ip: event.ip, ...past, from, to, recipients: null, subject: null, messageId: null, bytes: null };
    yield { views: [view], outcome: 'refused', from, to: to === null ? [] : [to], subject: null, reference: event.ref ?? event.session };
  }
  if (event.type === 'message-finished') {
    const { from, recipients, subject, messageId, bytes } = event;
    const view = { ip: event.ip, ...past, from, recipients: recipients.length, subject, messageId, bytes };
    yield { views: recipients.map((to) => ({ ...view, to })), outcome: event.outcome, from, to: recipients, subject, reference: event.ref };
  }
}
