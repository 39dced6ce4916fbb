// Whether forged reports are refused just now, and if not, why not: said alike wherever a person reads of it.
import type { UntoldWhy } from './report-judgement.ts';

/** What keeps forged reports to an address or a domain from being refused. Times are ISO 8601 UTC. */
export interface ForgedRefusal {
  /** Why they cannot be told from our own; null: they can. */
  readonly untold: UntoldWhy | null;
  /** From when on they can be told; null where they can, or where nobody knows when. */
  readonly toldFrom: string | null;
  /** Mode observe: what is found is only recorded, until that moment where it has an end; null where it is carried out. */
  readonly observing: { readonly until: string | null } | null;
}

/** Of which of our domains forged reports can be told from our own, for the gateway at a glance. */
export interface BouncesTold {
  /** `bounces.othersSendForUs` is set. */
  readonly othersSendForUs: boolean;
  /** Domains of which it can be told. */
  readonly told: number;
  /** Domains of which it cannot, and when it can, where that is known; the first twenty. */
  readonly untold: readonly ({ readonly domain: string } & Pick<ForgedRefusal, 'untold' | 'toldFrom'>)[];
  readonly untoldInAll: number;
}

/** A line for each reason; none where all can be told. */
export function untoldLines({ othersSendForUs, untold, untoldInAll }: BouncesTold): readonly string[] {
  if (othersSendForUs) return ['forged ones are marked, not refused (bounces.othersSendForUs)'];
  const groups = new Map<string, string[]>();
  for (const { domain, ...why } of untold) {
    const words = why.untold === 'not-seen-leaving' ? 'next to no mail of it leaves through this gateway' : toldWhen(why.toldFrom);
    groups.set(words, [...(groups.get(words) ?? []), domain]);
  }
  const more = untoldInAll > untold.length ? ` and of ${untoldInAll - untold.length} domains more` : '';
  return [...groups].map(
    ([why, domains], index) => `forged ones of ${domains.join(', ')}${index === 0 ? more : ''} cannot be told and pass: ${why} (docs/backscatter.md)`,
  );
}

const toldWhen = (from: string | null): string =>
  from === null ? 'no mail of it has left through this gateway so far' : `what leaves is not remembered for five days yet; from ${minute(from)} on they can`;

/** Minutes are enough for a person. */
const minute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** One sentence; null where they are refused. `whose` is the domain or the address. */
export function whyNothingIsRefused({ untold, toldFrom, observing }: ForgedRefusal, whose: string): string | null {
  const until = observing?.until ?? null;
  if (untold === 'not-seen-leaving')
    return `NOTHING IS REFUSED: next to no mail of ${whose} leaves through this gateway, so its own bounces cannot be told from forged ones (docs/backscatter.md, "Your mail must leave through the gateway")`;
  if (observing !== null && until === null) return 'NOTHING IS REFUSED: mode observe only records';
  if (untold !== null && toldFrom === null)
    return `NOTHING IS REFUSED yet: no mail of ${whose} has left through this gateway so far, and forged ones can be told five days after it does`;
  if (toldFrom !== null && (until === null || toldFrom >= until))
    return `NOTHING IS REFUSED before ${minute(toldFrom)}: what leaves is not remembered for five days yet, so forged ones cannot be told`;
  return until === null ? null : `NOTHING IS REFUSED before ${minute(until)}: mode observe only records until then`;
}

/** What helps meanwhile: mail held by hand is held whatever the mode. */
export const holdMeanwhile = (address: string): string =>
  `until then hold them: floodgate measure add --sender "<>" --recipient ${address} --action hold --for 2h --reason "forged bounces"`;
