// What an operator, or a response to an attack, can ask of the measures and do to them: the commands behind `floodgate measure` and
// /api/v1/measures.
import { parseCidr } from '../lib/ip.ts';
import { z } from '../lib/zod.ts';
import {
  automaticProbeShare,
  maxAutomaticMs,
  shortestDropPrefix,
  type BlastRadiusGuard,
  type Measure,
  type MeasureActor,
  type MeasureRecord,
  type MeasureScope,
} from '../model/measure.ts';
import type { MeasureRepository, ThrownSwitch } from '../store/measures.ts';
import type { DeskAnswer } from './list-desk.ts';
import type { MeasureKeeper } from './measure-keeper.ts';
import { scopeText, scopeToRead } from './measure-scope.ts';
import { maxOthers } from './measures.ts';
import type { NeverBlock } from './never-block.ts';
import { whyRash } from './rash-measure.ts';

/** A measure as shown; times are ISO 8601 UTC with milliseconds. */
export interface ShownMeasure extends Omit<MeasureRecord, 'createdAt' | 'expiresAt' | 'endedAt'> {
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
}

export interface MeasuresShown {
  /** Oldest first; those that have ended before them, where they were asked for. */
  readonly measures: readonly ShownMeasure[];
  /** Who turned the automatic measures off; null where they hold. */
  readonly suspended: { readonly by: string; readonly reason: string | null; readonly since: string } | null;
}

export interface MeasureDesk {
  show(options: { readonly ended: boolean }): Promise<MeasuresShown>;
  find(id: string): Promise<ShownMeasure | null>;
  /** Adds a person's measure; the doors have it within moments of the promise resolving. `by` names who asked. */
  add(raw: unknown, by: string): Promise<DeskAnswer<{ readonly measure: ShownMeasure }>>;
  /** Adds an automatic measure that the guard does not object to. */
  addAutomatic(draft: AutomaticDraft, guard: BlastRadiusGuard): Promise<DeskAnswer<{ readonly measure: ShownMeasure }>>;
  undo(id: string, by: string): Promise<DeskAnswer<{ readonly measure: ShownMeasure }>>;
  /** All automatic measures off, until `resume`. */
  suspend(raw: unknown, by: string): Promise<DeskAnswer<object>>;
  resume(by: string): Promise<DeskAnswer<object>>;
}

/** What a response wants done; `detector` names whose alarm it answers. */
export type AutomaticDraft = Pick<Measure, 'scope' | 'action' | 'reason' | 'incident' | 'expiresAt' | 'maxHits' | 'dryRun'> & { readonly detector: string };

export interface MeasureDeskParts {
  readonly repository: Pick<MeasureRepository, 'ended' | 'find'>;
  readonly keeper: MeasureKeeper;
  /** Of the configuration in force. */
  neverBlock(): NeverBlock;
  /** Our domains and our customers'. */
  domains(): readonly string[];
  /** The id of an incident by any of its names; null where there never was one. */
  incidentNamed(name: string): Promise<string | null>;
  /** A person's measure is in force for an incident. */
  attach(incident: string, measure: string, text: string): void;
  newId(): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Measures in force at most: a flood of alarms must not become a flood of measures. */
const maxActive = 5000;
/** Ended ones shown at most. */
const maxEndedShown = 1000;
/** Nobody remembers after a year why he did it. */
const maxPersonMs = 366 * 24 * 3_600_000;

const actions = ['observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner', 'drop'] as const;

/** The body of POST /api/v1/measures. */
export const measureToAdd = z.strictObject({
  scope: scopeToRead,
  action: z.enum(actions, `is one of ${actions.join(', ')}`),
  reason: z.string().min(1, 'is missing').max(500),
  expiresAt: z.iso.datetime('is a time like 2026-09-01T06:00:00Z'),
  maxHits: z.number().int().min(1).max(1_000_000_000).nullable().default(null),
  probeShare: z.number().min(0).max(1).default(0),
  incident: z.string().min(1).max(100).nullable().default(null),
  dryRun: z.boolean().default(false),
  force: z.boolean().default(false),
});
const suspensionToRead = z.strictObject({ reason: z.string().max(500).nullable().default(null) });

/** What is marked or held is still seen whole: no probe is needed to know whether the attack goes on, and a thief's mail is not let out as one. */
const keepsMailFlowing: ReadonlySet<Measure['action']> = new Set(['observe', 'tag', 'divert', 'quarantine']);

export function createMeasureDesk(parts: MeasureDeskParts): MeasureDesk {
  const { repository, keeper, now } = parts;
  const find = async (id: string): Promise<MeasureRecord | null> => keeper.active().find((each) => each.id === id) ?? (await repository.find(id));
  return {
    show: async ({ ended }) => {
      const past = ended ? (await repository.ended(maxEndedShown)).toReversed() : [];
      return { measures: [...past, ...keeper.active()].map(shown), suspended: shownSuspension(keeper.suspension()) };
    },
    find: async (id) => {
      const found = await find(id);
      return found === null ? null : shown(found);
    },
    add: async (raw, by) => {
      const read = measureToAdd.safeParse(raw);
      if (!read.success) return refused(firstProblem(read.error));
      const { force, expiresAt, ...rest } = read.data;
      const measure = complete(parts, { ...rest, scope: withoutGaps(rest.scope), expiresAt: Date.parse(expiresAt), actor: { kind: 'person', name: by } });
      if (measure.expiresAt > now() + maxPersonMs) return refused('a measure lasts a year at most; a list holds for good (floodgate list add)');
      const rash = force ? null : whyRash(measure, parts.domains());
      return rash === null ? putForIncident(parts, measure, force) : refused(rash);
    },
    addAutomatic: async ({ detector, ...draft }, guard) => {
      if (draft.action === 'discard') return refused('no automatic measure throws mail away; quarantine keeps it');
      const expiresAt = Math.min(draft.expiresAt, now() + maxAutomaticMs);
      const probeShare = keepsMailFlowing.has(draft.action) ? 0 : automaticProbeShare;
      const measure = complete(parts, { ...draft, expiresAt, probeShare, actor: { kind: 'auto', name: detector } });
      const verdict = await guard(measure);
      return verdict.ok ? put(parts, measure, false) : refused(verdict.why);
    },
    undo: async (id, by) => {
      const ended = await keeper.undo(id, by);
      if (ended !== null) return { ok: true, measure: shown(ended) };
      const past = await repository.find(id);
      return refused(past === null ? `there is no measure ${id}` : `${id} has ended already (${past.state})`);
    },
    suspend: async (raw, by) => {
      const read = suspensionToRead.safeParse(raw ?? {});
      if (!read.success) return refused(firstProblem(read.error));
      await keeper.suspend({ by, reason: read.data.reason, since: now() }, by);
      return { ok: true };
    },
    resume: async (by) => {
      if (keeper.suspension() === null) return refused('automatic measures are not suspended');
      await keeper.suspend(null, by);
      return { ok: true };
    },
  };
}

/** A person writes an incident as the letter does; held mail and the incident know it by its id. */
async function putForIncident(parts: MeasureDeskParts, measure: Measure, force: boolean): ReturnType<typeof put> {
  if (measure.incident === null) return put(parts, measure, force);
  const incident = await parts.incidentNamed(measure.incident);
  if (incident === null) return refused(`there is no incident ${measure.incident}`);
  const answer = await put(parts, { ...measure, incident }, force);
  const { id, action, scope, expiresAt, actor } = measure;
  const until = new Date(expiresAt).toISOString();
  if (answer.ok) parts.attach(incident, id, `${id} ${action} ${scopeText(scope)} until ${until} by ${actor.name}`);
  return answer;
}

type Draft = Omit<Measure, 'id' | 'createdAt'> & { readonly actor: MeasureActor };

const complete = ({ newId, now }: MeasureDeskParts, draft: Draft): Measure => ({ ...draft, id: newId(), createdAt: now() });

/** Looks at what no measure may do, then puts it in force. */
async function put({ keeper, neverBlock, now }: MeasureDeskParts, measure: Measure, force: boolean): Promise<DeskAnswer<{ readonly measure: ShownMeasure }>> {
  if (measure.expiresAt <= now()) return refused('it would be over already');
  const active = keeper.active();
  if (active.length >= maxActive) return refused(`there are ${active.length} measures in force; undo some, or put what holds for long into a list`);
  if (isUnkeyed(measure.scope) && active.filter(({ scope }) => isUnkeyed(scope)).length >= maxOthers)
    return refused(`there are ${maxOthers} measures without client, sender, recipient or user, each of which costs every session; name one of these`);
  const unfit = measure.action === 'drop' ? whyNotDroppable(measure.scope) : null;
  if (unfit !== null) return refused(unfit);
  const spared = force ? null : neverBlock().ofMeasure(measure);
  if (spared !== null) return refused(`${scopeText(measure.scope)} would touch ${spared}, which is never blocked; narrow it, or say --force`);
  await keeper.add(measure);
  return { ok: true, measure: shown({ ...measure, state: 'active', endedAt: null, hits: 0, probes: 0, recorded: 0 }) };
}

/** Why no packet filter can do this; null where it can. */
function whyNotDroppable({ client, ...rest }: MeasureScope): string | null {
  if (client === undefined || Object.keys(rest).length > 0) return 'drop sees packets: name a client and nothing else, or choose refuse-at-banner';
  const network = parseCidr(client);
  if (network === null || network.bits >= shortestDropPrefix[network.family]) return null;
  return `${client} is wider than drop may reach (/${shortestDropPrefix[4]}, IPv6 /${shortestDropPrefix[6]}); choose refuse-at-banner`;
}

const isUnkeyed = ({ client, sender, recipient, user }: MeasureScope): boolean => [client, sender, recipient, user].every((field) => field === undefined);

const withoutGaps = (scope: { readonly [F in keyof MeasureScope]?: MeasureScope[F] | undefined }): MeasureScope =>
  Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)); // the same fields, none of them undefined

const shown = ({ createdAt, expiresAt, endedAt, ...same }: MeasureRecord): ShownMeasure => ({
  ...same,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
});

const shownSuspension = (thrown: ThrownSwitch | null): MeasuresShown['suspended'] =>
  thrown === null ? null : { by: thrown.by, reason: thrown.reason, since: new Date(thrown.since).toISOString() };

const refused = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'not understood'
    : issue.code === 'unrecognized_keys'
      ? issue.message
      : `${issue.path.join('.') || 'the request'} ${issue.message}`;
}
