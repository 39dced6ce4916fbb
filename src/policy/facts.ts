// Facts: answers looked up for checks. A fact is known or unknown; unknown is never the same as absent.
import type { ReverseName } from '../model/client.ts';
import type { MeasureActor } from '../model/measure.ts';
import type { QuotaUse } from '../model/quota.ts';
import type { Reply } from '../model/reply.ts';
import type { Action, Stage } from '../model/verdict.ts';
import type { StageInput } from '../model/stage-input.ts';

export type Fact<T> = { readonly kind: 'known'; readonly value: T } | { readonly kind: 'unknown'; readonly why: string };

export const known = <T>(value: T): Fact<T> => ({ kind: 'known', value });
export const unknown = (why: string): Fact<never> => ({ kind: 'unknown', why });

/** An entry of an operator's list that matched. */
export interface ListHit {
  readonly list: string;
  readonly entry: string;
  readonly action: Action | 'accept';
  readonly reason: string | null;
}

/** A standing measure whose whole scope fits what is known at this stage. */
export interface MeasureHit {
  readonly id: string;
  /** The scope in words. */
  readonly scope: string;
  /** It names recipients, so that it may fit some of a message's and not others. */
  readonly ofRecipients: boolean;
  readonly action: Action;
  readonly actor: MeasureActor;
  readonly reason: string;
  readonly incident: string | null;
  readonly dryRun: boolean;
  /** This session or transaction is one of those that pass as a probe. */
  readonly probe: boolean;
  /** The never-block entry that covers this traffic, where an automatic measure must yield to it; null where none does. */
  readonly neverBlock: string | null;
}

export type RecipientStatus =
  | { readonly kind: 'exists' }
  /** The next hop refused it for good: its own answer goes to the client. */
  | { readonly kind: 'refused'; readonly hubReply: Reply }
  /** Verification is switched off for this route, or the route is outbound. */
  | { readonly kind: 'not-verified' };

/** Every lookup a check may ask for. Which stage can ask which is `factStages`. */
export interface Facts {
  /** Operator's list entries that match what is known at this stage (client, reverse name, sender, recipient). */
  readonly lists: Fact<readonly ListHit[]>;
  /** Measures that cover what is known at this stage, oldest first. */
  readonly measures: Fact<readonly MeasureHit[]>;
  /** The reverse name of the client; awaited only where a list of host names exists. */
  readonly reverseName: Fact<ReverseName>;
  /** Whether the next hop takes this recipient. `unknown` when it cannot be asked now; the wish to defer is the check's. */
  readonly recipient: Fact<RecipientStatus>;
  /**
   * The quota that has no room for one more recipient; null where this one is counted (or nobody counts). What is counted is given back
   * when the recipient is refused after all, or the message does not come.
   */
  readonly quota: Fact<QuotaUse | null>;
}
export type FactName = keyof Facts;

/** Cost decides the order: facts of tier 1 are in memory; those of tier 2 may wait for a network, or take something that must be given back. */
export const factTier: Readonly<Record<FactName, 1 | 2>> = { lists: 1, measures: 1, reverseName: 2, recipient: 2, quota: 2 };

/** Where facts come from. Answers at once where it can; a promise never rejects and never takes longer than its own deadline. */
export interface FactSource {
  get<S extends Stage, F extends FactName>(fact: F, stage: S, input: StageInput[S]): Facts[F] | Promise<Facts[F]>;
}
