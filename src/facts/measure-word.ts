// What one measure has to say at a stage of a session: nothing where it does not fit, where it has no word yet, and where all has been said.
import { halfSipHash } from '../lib/half-sip-hash.ts';
import { sessionIdsFrom } from '../lib/reference.ts';
import type { ReverseName } from '../model/client.ts';
import { actionAtDoor, type Measure, type MeasureScope } from '../model/measure.ts';
import type { StageInput } from '../model/stage-input.ts';
import type { Stage } from '../model/verdict.ts';
import type { MeasureHit } from '../policy/facts.ts';
import type { KnownCorrespondents } from './established-pairs.ts';
import { fits, scopeText, type Seen } from './measure-scope.ts';
import type { NeverBlock } from './never-block.ts';

/** What a match rests on besides the session itself. */
export interface Given {
  /** Whom automatic measures must spare. */
  readonly neverBlock: Pick<NeverBlock, 'ofTraffic'>;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly reverseName?: ReverseName;
  /** Absent: everybody is a stranger. */
  readonly correspondents?: KnownCorrespondents;
  /** Observe mode: nothing that an automatic measure says is carried out. */
  readonly suspended?: boolean;
}

/** A measure with what need not be found out each time. */
export interface ReadyMeasure {
  readonly measure: Measure;
  /** It may speak before RCPT. */
  readonly isEarly: boolean;
  /** Number of the first stage at which the whole scope is known. */
  readonly first: number;
  /** Ids of sessions that are older sort before this. */
  readonly since: string;
  /** Its scope is a network alone: whoever has been found by his address fits. */
  readonly isOfClient: boolean;
  readonly hit: MeasureHit;
}

/** Makes a measure ready to be held against sessions. */
export const readyMeasure = (measure: Measure): ReadyMeasure => ({
  measure,
  isEarly: speaksEarly(measure),
  first: stages.indexOf(knownAt(measure.scope)),
  since: sessionIdsFrom(measure.createdAt),
  isOfClient: measure.scope.client !== undefined && Object.keys(measure.scope).length === 1,
  hit: hitOf(measure),
});

/** A session at a stage. */
export interface Asking<S extends Stage> {
  readonly stage: S;
  readonly input: StageInput[S];
  readonly seen: Seen;
}

/** What a measure that was found by its key has to say to a session now; null where it does not fit, or has nothing (more) to say. */
export function wordOf<S extends Stage>(ready: ReadyMeasure, asking: Asking<S>, given: Given): MeasureHit | null {
  const { measure, hit } = ready;
  const { stage, input, seen } = asking;
  if (isEarly(stage) && !ready.isEarly) return null;
  // The keeper takes it away at its time; a keeper that is held up must not make it last.
  if (measure.expiresAt <= given.atMs) return null;
  const isAutomatic = measure.actor.kind === 'auto';
  const isSaidOnce = isSaid(ready, asking);
  if (isSaidOnce && (measure.dryRun || (isAutomatic && given.suspended === true))) return null;
  if (!ready.isOfClient && !fits(measure.scope, seen, given.correspondents ?? nobodyIsKnown)) return null;
  const neverBlock = isAutomatic ? given.neverBlock.ofTraffic(measure, seen) : null;
  const probe = isProbe(measure, stage, input);
  if (isSaidOnce && (probe || neverBlock !== null)) return null;
  return probe || neverBlock !== null ? { ...hit, probe, neverBlock } : hit;
}

/**
 * A measure that would have ended the session as soon as all of its scope was known, and that was only recorded there, is not recorded again at
 * each further stage: one session is one hit, and a flood does not fill the journal four times. One that came later has not been recorded yet.
 */
const isSaid = <S extends Stage>({ isEarly: mayBeEarly, first, since }: ReadyMeasure, { stage, input }: Asking<S>): boolean =>
  mayBeEarly && stages.indexOf(stage) > first && input.session >= since;

const nobodyIsKnown: KnownCorrespondents = { knows: () => false };
const stages: readonly Stage[] = ['connect', 'helo', 'mail', 'rcpt', 'message'];
/** Before RCPT. */
export const isEarly = (stage: Stage): boolean => stage === 'connect' || stage === 'helo' || stage === 'mail';

/** Whether a measure may speak before RCPT; all others do there and at the end of the message (the check `standing-measure`). */
export const speaksEarly = ({ action }: Pick<Measure, 'action'>): boolean => actionAtDoor(action) === 'refuse-at-banner';

/** The first stage at which the whole scope is known for certain, as `seenAt` has it: a reverse name may be known late, or never. */
function knownAt({ content, hostname, recipient, sender, user, direction, helo }: MeasureScope): Stage {
  if (content !== undefined || hostname !== undefined) return 'message';
  if (recipient !== undefined) return 'rcpt';
  if (sender !== undefined || user !== undefined || direction !== undefined) return 'mail';
  return helo === undefined ? 'connect' : 'helo';
}

/** As it is where it is neither a probe nor must yield. */
const hitOf = ({ id, scope, action, actor, reason, incident, dryRun }: Measure): MeasureHit => ({
  id,
  scope: scopeText(scope),
  // What is said of the content holds for every recipient of the message.
  ofRecipients: scope.recipient !== undefined && scope.content === undefined,
  action: actionAtDoor(action),
  actor,
  reason,
  incident,
  dryRun,
  probe: false,
  neverBlock: null,
});

/** Not secret: measure and session ids are ours, and no stranger learns the one or chooses the other. */
const probeKey = { k0: 0x666c6f6f, k1: 0x64676174 } as const;

/**
 * Whether this session (for who is refused at the banner) or transaction is one of the share that passes. It is so at all its stages
 * and in every door; the next transaction draws anew.
 */
export function isProbe<S extends Stage>(
  { id, action, probeShare }: Pick<Measure, 'id' | 'action' | 'probeShare'>,
  stage: S,
  { session, conduct }: StageInput[S],
): boolean {
  if (probeShare === 0) return false;
  // The message stage comes when its message has been counted.
  const transaction = actionAtDoor(action) === 'refuse-at-banner' ? session : `${session} ${conduct.messages - (stage === 'message' ? 1 : 0)}`;
  return halfSipHash(probeKey, `${id} ${transaction}`) < probeShare * 2 ** 32;
}
