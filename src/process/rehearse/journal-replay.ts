// A journal held against a configuration, or against two: every recorded stage is judged again with the facts of then, and the detectors
// and the playbook run over the same events.
import { KeyedStates } from '../../lib/keyed-states.ts';
import { SightingsFromEvents } from '../../detect/sightings/from-events.ts';
import type { Event } from '../../model/events.ts';
import type { Stage } from '../../model/verdict.ts';
import { treatingFinding } from '../../policy/treatment.ts';
import { siteViewOf } from '../detection.ts';
import { beginSession, learn, type Judged, type PastSession } from './past-session.ts';
import type { PastKnowledge } from './recorded-facts.ts';
import { newStanding, type Rejudged, type Side, type Standing } from './side.ts';
import { RehearsedResponse } from './rehearsed-response.ts';
import { decisionOf, isSame, type Decision } from './wording.ts';
import type { ReplayDifference, ReplayHearer, ReplayCounts } from '../../cli/replay-records.ts';

type OfSession = Extract<Event, { readonly session: string }>;
type Finished = Extract<Event, { readonly type: 'message-finished' }>;
type Refused = Extract<Event, { readonly type: 'connection-refused' }>;

export interface JournalReplayParts {
  readonly past: PastKnowledge;
  readonly side: Side;
  /** The configuration to compare with; null: with what was. */
  readonly against: Side | null;
  readonly hearer: ReplayHearer;
}

/** Sessions under way at once that are remembered; of more the oldest are forgotten. */
const mostSessions = 100_000;

interface Session {
  past: PastSession | null;
  readonly standing: Standing;
  readonly other: Standing;
}

export class JournalReplay {
  readonly #parts: JournalReplayParts;
  readonly #sessions = new KeyedStates<Session>(mostSessions, () => ({ past: null, standing: newStanding(), other: newStanding() }));
  readonly #sightings: SightingsFromEvents;
  readonly #otherSightings: SightingsFromEvents | null;
  readonly #response: RehearsedResponse;
  readonly #otherResponse: RehearsedResponse | null;
  readonly #counts = {
    events: 0,
    sessions: 0,
    decisions: 0,
    same: 0,
    different: 0,
    newlyRefused: 0,
    newlyPassed: 0,
    notReached: 0,
    notJudged: 0,
    assumed: 0,
    goodMail: 0,
    goodMailTouched: 0,
    goodMailTouchedByChecks: 0,
    goodMailTouchedByMeasures: 0,
    first: null as number | null,
    last: null as number | null,
  };

  constructor(parts: JournalReplayParts) {
    this.#parts = parts;
    const { side, against, hearer } = parts;
    const site = siteViewOf(side.config);
    this.#sightings = new SightingsFromEvents(site);
    const common = { onTrouble: hearer.onTrouble };
    this.#response = new RehearsedResponse({ ...common, config: side.config, site, onAlarm: (alarm) => hearer.onAlarm(alarm, 'config') });
    const otherSite = against === null ? null : siteViewOf(against.config);
    this.#otherSightings = otherSite === null ? null : new SightingsFromEvents(otherSite);
    this.#otherResponse =
      otherSite === null || against === null
        ? null
        : new RehearsedResponse({ ...common, config: against.config, site: otherSite, onAlarm: (alarm) => hearer.onAlarm(alarm, 'against') });
  }

  /** Takes the next event, in the order of the journal. */
  async take(event: Event): Promise<void> {
    const counts = this.#counts;
    counts.events += 1;
    counts.first = counts.first === null ? event.at : Math.min(counts.first, event.at);
    counts.last = Math.max(counts.last ?? 0, event.at);
    this.#parts.past.note(event);
    const byChecks = 'session' in event ? await this.#takeOfSession(event) : false;
    let byMeasures = false;
    for (const sighting of this.#sightings.note(event)) if (await this.#response.note(sighting)) byMeasures = true;
    for (const sighting of this.#otherSightings?.note(event) ?? []) await this.#otherResponse?.note(sighting);
    if (event.type !== 'message-finished' || event.outcome !== 'delivered') return;
    counts.goodMail += 1;
    if (byChecks) counts.goodMailTouchedByChecks += 1;
    if (byMeasures) counts.goodMailTouchedByMeasures += 1;
    if (byChecks || byMeasures) counts.goodMailTouched += 1;
  }

  /** Ends it: sessions that are still open are judged as far as they came. */
  summary(): ReplayCounts {
    return {
      ...this.#counts,
      alarms: this.#response.alarms,
      measures: this.#response.proposed,
      ...(this.#otherResponse === null ? {} : { against: { alarms: this.#otherResponse.alarms, measures: this.#otherResponse.proposed } }),
    };
  }

  /** Tells the measures that would have been proposed, with what they would have hit. */
  tellMeasures(): void {
    for (const measure of this.#response.measures()) this.#parts.hearer.onMeasure(measure, 'config');
    for (const measure of this.#otherResponse?.measures() ?? []) this.#parts.hearer.onMeasure(measure, 'against');
  }

  /** True where a delivered message would not have been delivered. */
  async #takeOfSession(event: OfSession): Promise<boolean> {
    const session = this.#sessions.of(event.session);
    if (session.past === null) {
      session.past = beginSession(event);
      this.#counts.sessions += 1;
    }
    const { past } = session;
    if (event.type !== 'session-opened') await this.#judgeArrival(session, past, event);
    learn(past, event);
    if (event.type === 'stage-judged') await this.#judgeStage(session, past, event);
    if (event.type === 'connection-refused') await this.#judgeRefusal(session, past, event);
    const isTouched = event.type === 'message-finished' && event.outcome === 'delivered' && wouldStop(session.standing, event);
    if (event.type === 'message-finished') this.#endTransaction(session);
    if (event.type === 'session-closed' || event.type === 'connection-refused') this.#sessions.delete(event.session);
    return isTouched;
  }

  /** The connect stage leaves no event where nothing was found: then it passed. */
  async #judgeArrival(session: Session, past: PastSession, event: OfSession): Promise<void> {
    if (!past.isFresh) return;
    past.isFresh = false;
    if (event.type === 'stage-judged' && event.stage === 'connect') return;
    const { side, against } = this.#parts;
    const would = await side.judgeSilent(past, session.standing, event.at);
    const was = against === null ? nothingFound : await against.judgeSilent(past, session.other, event.at);
    this.#compare({ event, stage: 'connect', from: null, to: null, reference: null }, was, would);
  }

  async #judgeStage(session: Session, past: PastSession, event: Judged): Promise<void> {
    const { side, against } = this.#parts;
    const would = await side.judge(past, session.standing, event);
    const was = against === null ? decisionOf(event.action, event.findings) : await against.judge(past, session.other, event);
    const from = event.input.from ?? null;
    const to = event.input.to ?? (event.input.recipients === undefined ? null : event.input.recipients.join(', '));
    this.#compare({ event, stage: event.stage, from, to, reference: event.ref ?? null }, was, would);
  }

  /** A cap or a rate is no decision of policy, and what there was of it then cannot be told from the journal. */
  async #judgeRefusal(session: Session, past: PastSession, event: Refused): Promise<void> {
    if (event.findings.length === 0) {
      this.#counts.notJudged += 1;
      return;
    }
    const asked = { ...event, type: 'stage-judged', stage: 'connect', input: {}, facts: {}, action: 'refuse-at-banner' } as const;
    const { side, against } = this.#parts;
    const would = await side.judge(past, session.standing, asked);
    const was = against === null ? refusalOf(event) : await against.judge(past, session.other, asked);
    this.#compare({ event, stage: 'connect', from: null, to: null, reference: event.ref }, was, would);
  }

  #compare(
    { event, stage, from, to, reference }: Pick<ReplayDifference, 'from' | 'to' | 'reference'> & { readonly event: OfSession; readonly stage: Stage },
    was: Decision | null,
    would: Rejudged | null,
  ): void {
    const counts = this.#counts;
    if (would === null || was === null) {
      counts.notReached += 1;
      return;
    }
    counts.decisions += 1;
    if (would.assumed.length > 0) counts.assumed += 1;
    if (isSame(was, would)) {
      counts.same += 1;
      return;
    }
    counts.different += 1;
    if (!refuses(was) && refuses(would)) counts.newlyRefused += 1;
    if (refuses(was) && !refuses(would)) counts.newlyPassed += 1;
    const { at, session, ip } = event;
    this.#parts.hearer.onDifference({ at, session, reference, stage, was, would, from, to, client: { ip }, assumed: would.assumed });
  }

  #endTransaction({ standing, other, past }: Session): void {
    for (const each of [standing, other]) {
      each.isRefused = false;
      each.accepted = [];
      each.turnedDown.clear();
      each.found = [];
    }
    if (past !== null) past.report = null;
  }
}

const nothingFound: Decision = { action: 'pass', check: null, because: '', wouldBe: null };

const refuses = ({ action }: Decision): boolean => action === 'defer' || action === 'reject' || action === 'refuse-at-banner';

/** Before a session nothing is recorded but the findings and the reply: 4xx was for now. */
function refusalOf({ findings, reply }: Refused): Decision {
  const strictest = findings.find(({ action }) => action === 'refuse-at-banner' || action === 'reject' || action === 'defer');
  return decisionOf(strictest?.action ?? (reply.startsWith('4') ? 'defer' : 'refuse-at-banner'), findings);
}

/** Whether a message that was delivered would have been refused, kept or thrown away, for one of its recipients at least. */
function wouldStop({ isGone, isRefused, turnedDown, marks, found }: Standing, { recipients }: Finished): boolean {
  return isGone || isRefused || recipients.some((address) => turnedDown.has(address.toLowerCase())) || treatingFinding([...marks.all, ...found]) !== null;
}
