// Where the checks' facts come from, for one door: lists in memory, the hub's word about recipients, reverse names.
import type { ReverseName } from '../model/client.ts';
import type { StageInput } from '../model/stage-input.ts';
import type { Stage } from '../model/verdict.ts';
import { known, unknown, type FactName, type Facts, type FactSource, type ListHit } from '../policy/facts.ts';
import type { KnownCorrespondents } from './established-pairs.ts';
import { openLists, type KnownSoFar, type Lists, type ListsSnapshot } from './lists.ts';
import type { LiveMeasures } from './measures.ts';
import type { NeverBlock } from './never-block.ts';
import type { QuotaDesk } from './quotas.ts';
import type { RecipientFacts } from './recipients.ts';
import type { ReverseNames } from './reverse-names.ts';

/** The lists as they are now; the keeper's snapshots replace them while sessions run. */
export interface LiveLists {
  current(): Lists;
  replace(snapshot: ListsSnapshot): void;
}

export function createLiveLists(snapshot?: ListsSnapshot): LiveLists {
  let lists = openLists(snapshot);
  return {
    current: () => lists,
    replace: (next) => {
      lists = openLists(next);
    },
  };
}

export interface FactSourceParts {
  readonly lists: Pick<LiveLists, 'current'>;
  readonly measures: Pick<LiveMeasures, 'current'>;
  /** Whom automatic measures must spare. */
  readonly neverBlock: Pick<NeverBlock, 'ofTraffic'>;
  /** Who knows whom; absent: everybody is a stranger. */
  readonly correspondents?: KnownCorrespondents;
  readonly recipients: Pick<RecipientFacts, 'status'>;
  readonly reverseNames: ReverseNames;
  /** Absent: nobody counts. */
  readonly quotas?: Pick<QuotaDesk, 'stand'>;
  /** Whether observe mode suspends what is automatic; absent: it does not. */
  suspended?(): boolean;
  now(): number;
}

const noHits: Facts['lists'] & Facts['measures'] = known([]);

export function createFactSource(parts: FactSourceParts): FactSource {
  const { lists, recipients, reverseNames } = parts;
  const listHits = <S extends Stage>(stage: S, input: StageInput[S]): Facts['lists'] | Promise<Facts['lists']> => {
    const now = lists.current();
    if (now.isEmpty) return noHits;
    const soFar = knownAt(stage, input);
    if (!now.hasHostNames) return known(now.match(soFar));
    const name = reverseNames(input.client.ip);
    const withName = (reverseName: ReverseName): Facts['lists'] => hitsWithName(now, soFar, reverseName);
    return name instanceof Promise ? name.then(withName) : withName(name);
  };

  const facts: { readonly [F in FactName]: (stage: Stage, input: StageInput[Stage]) => Facts[F] | Promise<Facts[F]> } = {
    lists: listHits,
    measures: measureHits(parts),
    reverseName: (_stage, input) => {
      const name = reverseNames(input.client.ip);
      return name instanceof Promise ? name.then(factOfName) : factOfName(name);
    },
    recipient: (_stage, input) => ('to' in input ? recipients.status(input) : unknown('no recipient at this stage')),
    quota: (_stage, input) => ('to' in input ? known(parts.quotas?.stand(input) ?? null) : unknown('no recipient at this stage')),
  };
  return { get: (fact, stage, input) => facts[fact](stage, input) };
}

function measureHits({
  measures,
  neverBlock,
  reverseNames,
  correspondents,
  suspended = () => false,
  now,
}: FactSourceParts): <S extends Stage>(stage: S, input: StageInput[S]) => Facts['measures'] | Promise<Facts['measures']> {
  return (stage, input) => {
    const live = measures.current();
    if (live.isEmpty) return noHits;
    const given = { neverBlock, atMs: now(), suspended: suspended(), ...(correspondents && { correspondents }) };
    if (!live.needsName(stage)) return known(live.match(stage, input, given));
    const withName = (reverseName: ReverseName): Facts['measures'] => {
      const hits = live.match(stage, input, { ...given, reverseName });
      return reverseName.kind === 'unknown' && hits.length === 0 ? unknown('no reverse name in time') : known(hits);
    };
    const name = reverseNames(input.client.ip);
    return name instanceof Promise ? name.then(withName) : withName(name);
  };
}

function hitsWithName(lists: Lists, soFar: KnownSoFar, reverseName: ReverseName): Facts['lists'] {
  const hits: readonly ListHit[] = lists.match({ ...soFar, reverseName });
  // Without the name something may be missing; what did match still holds.
  return reverseName.kind === 'unknown' && hits.length === 0 ? unknown('no reverse name in time') : known(hits);
}

const factOfName = (name: ReverseName): Facts['reverseName'] => (name.kind === 'unknown' ? unknown('no reverse name in time') : known(name));

function knownAt<S extends Stage>(_stage: S, input: StageInput[S]): KnownSoFar {
  return { ip: input.client.ip, ...('from' in input ? { from: input.from } : {}), ...('to' in input ? { to: input.to } : {}) };
}
