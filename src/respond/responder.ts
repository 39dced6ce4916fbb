// From alarm to measure: asks the playbook, tries the proposal on the last day's good mail, and puts it in force; or says why not.
import type { PlaybookOptions } from '../config/playbook-options.ts';
import { alarmKeyText, type Alarm } from '../model/alarm.ts';
import type { Incident, IncidentStep } from '../model/incident.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { GoodMailRing } from './good-mail.ts';
import { LruMap } from '../lib/lru-map.ts';
import { keepsMail, proposalFor, unansweredBecause, type Proposal } from './playbook.ts';

export interface ResponderParts {
  /** Of the configuration in force. */
  playbook(): PlaybookOptions;
  /** Puts an automatic measure in force; rejects never. */
  add(draft: AutomaticMeasure): Promise<{ readonly ok: true; readonly id: string } | { readonly ok: false; readonly error: string }>;
  /** Whether it holds still. */
  isInForce(id: string): boolean;
  attach(incident: string, measure: string, text: string): void;
  tellHistory(incident: string, step: IncidentStep, text: string): void;
  scopeText(scope: MeasureScope): string;
  now(): number;
}

export type AutomaticMeasure = Pick<Measure, 'scope' | 'action' | 'reason' | 'incident' | 'expiresAt' | 'maxHits' | 'dryRun'> & { readonly detector: string };

export interface Responder {
  /** A delivered message, for the picture of good mail. */
  note(sighting: MessageSighting): void;
  answer(alarm: Alarm, incident: Pick<Incident, 'id'>): Promise<void>;
  /** Looks at what runs out while its incident goes on; to be called about once a minute. */
  renew(open: readonly Pick<Incident, 'id' | 'state' | 'level' | 'measures'>[]): Promise<void>;
  /** Messages in the picture of good mail. */
  readonly goodMail: number;
}

/** engineering 2.12: of the last day's good mail an automatic measure may refuse or put off so much, and mark or keep so much. */
export const mostGoodShare = { refused: 0.01, kept: 0.1 } as const;
/** Below so many messages a share says nothing: then so many may be touched. */
const fewMessages = 200;
const fewTouched = { refused: 2, kept: 20 } as const;
/** A measure ends after so many hits: what goes on after a hundred thousand is no longer what was decided about. */
const hitCap = 100_000;
const dayMs = 24 * 3_600_000;
/** Answers remembered, for doubling. */
const mostRemembered = 20_000;

interface Answered {
  readonly times: readonly number[];
  readonly measure: string;
  readonly alarm: Alarm;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export function createResponder(parts: ResponderParts): Responder {
  const ring = new GoodMailRing();
  const answered = new Map<string, Answered>();
  /** Incidents whose history says already that nothing is done: an alarm comes again as it grows. */
  const told = new LruMap<string, true>({ capacity: mostRemembered, now: parts.now });
  const tellUnanswered = (alarm: Alarm, incident: string): void => {
    const why = unansweredBecause(alarm, parts.playbook());
    if (why === null || told.get(incident) === true) return;
    told.set(incident, true, dayMs);
    parts.tellHistory(incident, 'noted', `nothing was done by itself: ${why}`);
  };

  const answer = async (alarm: Alarm, incident: Pick<Incident, 'id'>): Promise<void> => {
    const now = parts.now();
    const known = answered.get(keyOf(alarm));
    if (known !== undefined && parts.isInForce(known.measure)) return;
    const times = (known?.times ?? []).filter((at) => at > now - dayMs);
    const proposal = proposalFor(alarm, parts.playbook(), times.length);
    if (proposal === null) return tellUnanswered(alarm, incident.id);
    const objection = objectionTo(proposal, alarm, ring, now);
    if (objection !== null)
      return parts.tellHistory(incident.id, 'noted', `${proposal.action} ${parts.scopeText(proposal.scope)} was not put in force: ${objection}`);
    const expiresAt = now + proposal.forMs;
    const added = await parts.add({
      scope: proposal.scope,
      action: proposal.action,
      reason: alarm.because.slice(0, 500),
      incident: incident.id,
      expiresAt,
      maxHits: hitCap,
      dryRun: proposal.dryRun,
      detector: alarm.detector,
    });
    if (!added.ok) return parts.tellHistory(incident.id, 'noted', `${proposal.action} ${parts.scopeText(proposal.scope)} was not put in force: ${added.error}`);
    if (answered.size >= mostRemembered) answered.delete(answered.keys().next().value ?? '');
    answered.set(keyOf(alarm), { times: [...times, now], measure: added.id, alarm, expiresAt });
    const words = `${added.id} ${proposal.dryRun ? 'dry run of ' : ''}${proposal.action} ${parts.scopeText(proposal.scope)} until ${new Date(expiresAt).toISOString()}`;
    if (proposal.dryRun) parts.tellHistory(incident.id, 'measure', words);
    else parts.attach(incident.id, added.id, words);
  };

  return {
    note: (sighting) => ring.note(sighting),
    answer,
    renew: async (open) => {
      const going = new Map(open.filter(({ state }) => state === 'alert' || state === 'mitigated').map((incident) => [incident.id, incident]));
      for (const { measure, alarm, expiresAt } of answered.values()) {
        const incident = [...going.values()].find(({ measures }) => measures.includes(measure));
        if (incident !== undefined && expiresAt <= parts.now() && !parts.isInForce(measure)) await answer({ ...alarm, level: incident.level }, incident);
      }
    },
    get goodMail() {
      return ring.size;
    },
  };
}

const keyOf = ({ detector, key }: Alarm): string => `${detector} ${alarmKeyText(key)}`;

/** Why a proposal may not be put in force; null where nothing speaks against it. */
function objectionTo({ scope, action, dryRun }: Proposal, { onsetAt }: Alarm, ring: GoodMailRing, now: number): string | null {
  if (dryRun || scope.user !== undefined) return null; // a stolen account's own mail is what is meant, and nothing of it is lost
  const how = keepsMail.has(action) ? 'kept' : 'refused';
  const { looked, touched, samples } = ring.touchedBy(scope, onsetAt, now);
  const most = looked < fewMessages ? fewTouched[how] : looked * mostGoodShare[how];
  if (touched <= most) return null;
  return `it would have touched ${touched} of ${looked} good messages of the last day (${samples.slice(0, 3).join(' ')}); put it in force by hand if you mean it`;
}
