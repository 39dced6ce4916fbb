// The answer to "why?": finds the sessions an id has to do with, gathers all their events, and explains each decision.
import type { Event } from '../model/events.ts';
import { timeOfReference } from '../lib/reference.ts';
import { concerns, needlesOf, parseId, textId, type WantedId } from './explain-id.ts';
import { explainSession, type Explanation, type Redecision } from './explanation.ts';
import { fateWords } from './fate.ts';
import { readJournal, readSegments } from './read-journal.ts';

export interface ExplainOptions {
  /** Sessions to explain at most, newest first. Default 20. */
  readonly limit?: number;
  /** What would be decided today about the same; null where it cannot be told. */
  redecide?(explanation: Explanation): Promise<Redecision | null>;
}

export interface Explained {
  /** Oldest first. */
  readonly explanations: readonly Explanation[];
  /** More sessions have to do with the id than were explained. */
  readonly more: boolean;
  /** Journal lines that could not be read. */
  readonly badLines: number;
}

type SessionEvent = Extract<Event, { readonly session: string }>;

const defaultLimit = 20;
/** A session is told within this time of its begin: 30 minutes without a message, then messages at the floor rate. */
const longestSessionMs = 6 * 3_600_000;
/** Kept of one session at most; the limits of a session let few come near. */
const maxEventsPerSession = 20_000;
/** The id is given by the same clock, but the first event may be stamped a moment earlier. */
const clockSlackMs = 1000;

/** Explains what an id (reference, session, queue id, Message-ID, address, time) has to do with. Reads the journal only. */
export async function explain(journalDir: string, id: string, options: ExplainOptions = {}): Promise<Explained> {
  const wanted = parseId(id);
  const found = await explainWanted(journalDir, wanted, options);
  // Thirteen letters and digits may as well be a queue id of the hub.
  if (found.explanations.length > 0 || (wanted.kind !== 'reference' && wanted.kind !== 'session')) return found;
  return explainWanted(journalDir, textId(id.trim()), options);
}

async function explainWanted(dir: string, wanted: WantedId, options: ExplainOptions): Promise<Explained> {
  const journal: Journal = { dir, badLines: 0 };
  const { sessions, more } =
    wanted.kind === 'reference' || wanted.kind === 'session'
      ? { sessions: [wanted.session], more: false }
      : await findSessions(journal, wanted, options.limit ?? defaultLimit);
  const explanations: Explanation[] = [];
  for (const events of await gather(journal, sessions)) {
    explanations.push(...aboutOnly(wanted, events));
  }
  explanations.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const { redecide } = options;
  const complete = redecide ? await Promise.all(explanations.map(async (each) => ({ ...each, today: await redecide(each) }))) : explanations;
  return { explanations: complete, more, badLines: journal.badLines };
}

interface Journal {
  readonly dir: string;
  badLines: number;
}

/** Sessions with an event that concerns the id, newest segments first, until there are enough. */
async function findSessions(journal: Journal, wanted: WantedId, limit: number): Promise<{ readonly sessions: readonly string[]; readonly more: boolean }> {
  const sessions: string[] = [];
  let more = false;
  const window = wanted.kind === 'time' ? { fromMs: wanted.fromMs, toMs: wanted.toMs } : {};
  const needles = needlesOf(wanted);
  for await (const { events } of readSegments(journal.dir, {
    ...window,
    ...(needles ? { needles } : {}),
    order: 'newest-segment-first',
    onBadLine: () => journal.badLines++,
  })) {
    if (sessions.length >= limit) return { sessions, more: true };
    const newest = await newestSessions(events, wanted, limit - sessions.length, new Set(sessions));
    sessions.push(...newest.sessions);
    more ||= newest.more;
  }
  return { sessions, more };
}

/** Of one segment the sessions that came last, never more than `limit` at once. */
async function newestSessions(
  events: AsyncIterable<Event>,
  wanted: WantedId,
  limit: number,
  known: ReadonlySet<string>,
): Promise<{ readonly sessions: readonly string[]; readonly more: boolean }> {
  const found = new Set<string>();
  let more = false;
  for await (const event of events) {
    if (!('session' in event) || known.has(event.session) || !concerns(wanted, event)) continue;
    found.delete(event.session);
    found.add(event.session);
    if (found.size <= limit) continue;
    for (const oldest of found) {
      found.delete(oldest);
      more = true;
      break;
    }
  }
  return { sessions: [...found], more };
}

/** The events of each session, read in as few segments as can hold them. */
async function gather(journal: Journal, sessions: readonly string[]): Promise<readonly (readonly SessionEvent[])[]> {
  const timed = sessions.map((session) => ({ session, ms: timeOfReference(session) ?? 0 })).toSorted((a, b) => a.ms - b.ms);
  const gathered: (readonly SessionEvent[])[] = [];
  for (let i = 0; i < timed.length;) {
    // Sessions near in time are read in one go.
    let next = i + 1;
    while (next < timed.length && (timed[next]?.ms ?? 0) - (timed[next - 1]?.ms ?? 0) < longestSessionMs) next++;
    gathered.push(...(await gatherNear(journal, timed.slice(i, next))));
    i = next;
  }
  return gathered;
}

async function gatherNear(
  journal: Journal,
  sessions: readonly { readonly session: string; readonly ms: number }[],
): Promise<readonly (readonly SessionEvent[])[]> {
  const bySession = new Map<string, SessionEvent[]>(sessions.map(({ session }) => [session, []]));
  const open = new Set(bySession.keys());
  const fromMs = (sessions[0]?.ms ?? 0) - clockSlackMs;
  const toMs = (sessions.at(-1)?.ms ?? 0) + longestSessionMs;
  const needles = sessions.map(({ session }) => `"session":"${session}"`);
  for await (const event of readJournal(journal.dir, { fromMs, toMs, needles, onBadLine: () => journal.badLines++ })) {
    if (!('session' in event)) continue;
    const events = bySession.get(event.session);
    if (!events || events.length >= maxEventsPerSession) continue;
    events.push(event);
    // One door writes a session's events in order: after its last one nothing more comes.
    if (event.type === 'session-closed' || event.type === 'connection-refused') open.delete(event.session);
    if (open.size === 0) break;
  }
  await addFates(journal, bySession);
  return [...bySession.values()].filter((events) => events.length > 0);
}

/** What became of messages that were kept: told days after the session. */
async function addFates(journal: Journal, bySession: ReadonlyMap<string, SessionEvent[]>): Promise<void> {
  const kept = [...bySession.values()].flat().filter(({ type }) => type === 'message-quarantined' || type === 'refused-copy' || type === 'message-spooled');
  const [first] = kept;
  if (first === undefined) return;
  const needles = [...new Set(kept.map(({ session }) => `"session":"${session}"`))];
  for await (const event of readJournal(journal.dir, { fromMs: first.at, needles, onBadLine: () => journal.badLines++ })) {
    const events = 'session' in event && fateWords(event) !== null ? bySession.get(event.session) : undefined;
    if (
      events !== undefined &&
      events.length < maxEventsPerSession &&
      !events.some(({ at, door, seq }) => at === event.at && door === event.door && seq === event.seq)
    )
      events.push(event as SessionEvent); // it has a session
  }
}

/** Of a session's decisions those that the id is about; all of them when it is about the session, or about no decision in particular. */
function aboutOnly(wanted: WantedId, events: readonly SessionEvent[]): readonly Explanation[] {
  const all = explainSession(events);
  if (wanted.kind === 'session' || wanted.kind === 'ip') return all;
  const about = new Set(
    events.filter((event) => concerns(wanted, event)).map((event) => `${new Date(event.at).toISOString()} ${'ref' in event ? event.ref : ''}`),
  );
  const chosen = all.filter((each) => about.has(`${each.at} ${each.reference ?? ''}`));
  return chosen.length > 0 ? chosen : all;
}
