// The facts of a stage of the past, as the journal has them: what was known then is known, what was unknown stays unknown. Lists are those
// of the configuration that is tried, because they belong to it; entries made by command belong to the past.
import type { ReverseName } from '../../model/client.ts';
import type { Event, FactRecord } from '../../model/events.ts';
import type { MeasureActor } from '../../model/measure.ts';
import { addressOf } from '../../model/mailbox.ts';
import { reply } from '../../model/reply.ts';
import type { StageInput } from '../../model/stage-input.ts';
import type { Action, Finding, Stage } from '../../model/verdict.ts';
import { LruMap } from '../../lib/lru-map.ts';
import { openLists, type Lists, type ListsSnapshot } from '../../facts/lists.ts';
import { known, unknown, type FactName, type Facts, type FactSource, type ListHit, type MeasureHit, type RecipientStatus } from '../../policy/facts.ts';
import type { Router } from '../../policy/router.ts';

/** One stage of the past, as its event tells it. */
export interface PastStage {
  readonly facts: FactRecord;
  readonly findings: readonly Finding[];
  /** The reverse name that was learned anywhere in its session. */
  readonly reverseName: ReverseName | null;
}

type MeasureAdded = Extract<Event, { readonly type: 'measure-added' }>;

/** Measures and recipients of the past that are remembered at most; the one not asked for longest goes first. */
const mostMeasures = 20_000;
const mostRecipients = 200_000;
const mostFileLists = 1000;
const mostDistrusted = 10_000;
/** Nothing kept here dies of age. */
const noClock = (): number => 0;

/** What the journal has told so far that is true beyond one session; one for all configurations that are tried. */
export class PastKnowledge {
  readonly #measures = new LruMap<string, MeasureAdded>({ capacity: mostMeasures, now: noClock });
  readonly #recipients = new LruMap<string, RecipientStatus>({ capacity: mostRecipients, now: noClock });
  readonly #fileLists = new Set<string>();
  /** Inside addresses behind which the world stood, until when (ms since the epoch). */
  readonly #distrusted = new LruMap<string, number>({ capacity: mostDistrusted, now: noClock });

  note(event: Event): void {
    if (event.type === 'measure-added') this.#measures.set(event.id, event);
    if (event.type === 'list-changed' && event.by === 'file' && this.#fileLists.size < mostFileLists) this.#fileLists.add(event.list);
    if (event.type === 'client-address-lost') this.#distrusted.set(event.ip, event.until);
    if (event.type !== 'stage-judged' || event.stage !== 'rcpt' || event.input.to === undefined) return;
    const status = recipientOf(event.facts);
    if (status !== null) this.#recipients.set(event.input.to.toLowerCase(), status);
  }

  measure(id: string): MeasureAdded | null {
    return this.#measures.get(id) ?? null;
  }

  recipient(address: string): RecipientStatus | null {
    return this.#recipients.get(address.toLowerCase()) ?? null;
  }

  /** An inside address that was no longer taken for inside at that moment (mission R13). */
  isDistrusted(ip: string, at: number): boolean {
    return at < (this.#distrusted.get(ip) ?? 0);
  }

  /** It was kept in a file, so that it belonged to the configuration of then. */
  isFileList(name: string): boolean {
    return this.#fileLists.has(name);
  }
}

export interface RecordedFactsParts {
  readonly past: PastKnowledge;
  /** Of the files of the configuration that is tried. */
  readonly lists: ListsSnapshot;
  readonly listNames: ReadonlySet<string>;
  readonly router: Pick<Router, 'probeRouteOf'>;
}

/** A source for `createJudge` that answers for one stage at a time. */
export class RecordedFacts implements FactSource {
  readonly #parts: RecordedFactsParts;
  readonly #lists: Lists;
  #stage: PastStage = { facts: {}, findings: [], reverseName: null };
  #assumed = new Set<string>();

  constructor(parts: RecordedFactsParts) {
    this.#parts = parts;
    this.#lists = openLists(parts.lists);
  }

  /** From now on it answers for this one. */
  use(stage: PastStage): void {
    this.#stage = stage;
    this.#assumed = new Set();
  }

  /** Facts that were asked for and that the journal does not hold for this stage. */
  get assumed(): readonly string[] {
    return [...this.#assumed];
  }

  get<S extends Stage, F extends FactName>(fact: F, _stage: S, input: StageInput[S]): Facts[F] {
    const answers: { readonly [N in FactName]?: () => Facts[N] } = {
      lists: () => this.#listHits(input),
      measures: () => this.#measureHits(),
      reverseName: () => this.#reverseName(),
      recipient: () => ('to' in input ? this.#recipient(input) : unknown('no recipient at this stage')),
      quota: () => this.#quota(),
    };
    return answers[fact]?.() ?? unknown('the journal does not hold it');
  }

  #listHits(input: StageInput[Stage]): Facts['lists'] {
    const recorded = this.#stage.facts['lists'];
    const { reverseName } = this.#stage;
    const seen = {
      ip: input.client.ip,
      ...(reverseName === null ? {} : { reverseName }),
      ...('from' in input ? { from: input.from } : {}),
      ...('to' in input ? { to: input.to } : {}),
    };
    const ofFiles = this.#lists.match(seen);
    if (recorded !== undefined && 'unknown' in recorded && ofFiles.length === 0) return unknown(recorded.unknown);
    return known([...ofFiles, ...textsOf(recorded).flatMap((text) => this.#hitOfCommand(text) ?? [])]);
  }

  /** An entry that somebody had added by command: it holds under any configuration. */
  #hitOfCommand(text: string): ListHit | null {
    const [, list = '', entry = '', action = ''] = /^([a-z0-9-]+): (.*) ([a-z-]+)$/.exec(text) ?? [];
    if (list === '' || this.#parts.listNames.has(list) || this.#parts.past.isFileList(list)) return null;
    return { list, entry, action: action as ListHit['action'], reason: null }; // the recorder wrote it
  }

  #measureHits(): Facts['measures'] {
    const recorded = this.#stage.facts['measures'];
    if (recorded !== undefined && 'unknown' in recorded) return unknown(recorded.unknown);
    return known(textsOf(recorded).flatMap((text) => this.#measureHit(text) ?? []));
  }

  #measureHit(text: string): MeasureHit | null {
    const [, id = '', scope = '', action = ''] = /^(\S+): (.*) ([a-z-]+)$/.exec(text) ?? [];
    if (id === '') return null;
    const said = evidenceAbout(this.#stage.findings, id);
    const added = this.#parts.past.measure(id);
    return {
      id,
      scope,
      ofRecipients: /(?:^|, )recipient /.test(scope) && !/(?:^|, )content /.test(scope), // as facts/measures.ts has it
      action: action as Action, // the recorder wrote it
      actor: actorOf(wordOf(said['by']) ?? added?.by ?? 'person unknown'),
      reason: wordOf(said['reason']) ?? added?.reason ?? '',
      incident: wordOf(said['incident']) ?? added?.incident ?? null,
      dryRun: said['dryRun'] === true || added?.dryRun === true,
      probe: said['probe'] === true,
      neverBlock: wordOf(said['neverBlock']),
    };
  }

  #reverseName(): Facts['reverseName'] {
    const { reverseName, facts } = this.#stage;
    const recorded = facts['reverseName'];
    if (recorded !== undefined && 'unknown' in recorded) return unknown(recorded.unknown);
    if (reverseName !== null && reverseName.kind !== 'unknown') return known(reverseName);
    this.#assumed.add('reverseName');
    return unknown('the journal does not hold the reverse name');
  }

  #recipient(input: StageInput['rcpt']): Facts['recipient'] {
    if (this.#parts.router.probeRouteOf(input) === null) return known({ kind: 'not-verified' });
    const recorded = this.#stage.facts['recipient'];
    if (recorded !== undefined && 'unknown' in recorded) return unknown(recorded.unknown);
    const status = recipientOf(this.#stage.facts);
    if (status !== null && status.kind !== 'not-verified') return known(status);
    // Nobody asked then: what was said of the same address at another time, or that it exists. Either is a guess, and said to be one.
    this.#assumed.add('recipient');
    return known(this.#parts.past.recipient(addressOf(input.to)) ?? { kind: 'exists' });
  }

  #quota(): Facts['quota'] {
    const recorded = this.#stage.facts['quota'];
    if (recorded === undefined) return known(null); // nothing is recorded where there was room
    return 'unknown' in recorded ? unknown(recorded.unknown) : known(recorded.value as never); // the recorder wrote it
  }
}

const textsOf = (recorded: FactRecord[string] | undefined): readonly string[] =>
  recorded !== undefined && 'value' in recorded && Array.isArray(recorded.value)
    ? recorded.value.filter((each): each is string => typeof each === 'string')
    : [];

/** Evidence of the check `standing-measure` where it is about this measure. */
function evidenceAbout(findings: readonly Finding[], id: string): Readonly<Record<string, unknown>> {
  const found = findings.find(({ outcome }) => outcome.kind === 'finding' && outcome.evidence['measure'] === id);
  return found?.outcome.kind === 'finding' ? found.outcome.evidence : {};
}

const wordOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function actorOf(by: string): MeasureActor {
  const [kind, ...name] = by.split(' ');
  return { kind: kind === 'auto' ? 'auto' : 'person', name: name.join(' ') };
}

/** As `recordOf` has written it: `exists`, `not-verified`, or `refused 550 5.1.1`. */
function recipientOf(facts: FactRecord): RecipientStatus | null {
  const recorded = facts['recipient'];
  if (recorded === undefined || !('value' in recorded) || typeof recorded.value !== 'string') return null;
  if (recorded.value === 'exists' || recorded.value === 'not-verified') return { kind: recorded.value };
  const [, code, enhanced] = /^refused (\d{3})(?: (\S+))?/.exec(recorded.value) ?? [];
  return code === undefined ? null : { kind: 'refused', hubReply: reply(Number(code), enhanced ?? '5.1.1', 'as the next hop said then') };
}
