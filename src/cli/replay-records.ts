// What a replay tells of the past, and what of the past it is asked for.
import type { Alarm } from '../model/alarm.ts';
import type { Stage } from '../model/verdict.ts';

/** What was, or would have been, decided at one stage. */
export interface ReplayDecision {
  readonly action: string;
  /** The check that decided; null where nothing was found. */
  readonly check: string | null;
  readonly because: string;
  /** What observe mode or a dry run holds back. */
  readonly wouldBe: string | null;
}

/** A decision that differs. Times in milliseconds since the epoch. */
export interface ReplayDifference {
  readonly at: number;
  readonly session: string;
  readonly reference: string | null;
  readonly stage: Stage;
  /** What was decided then, or under the configuration to compare with. */
  readonly was: ReplayDecision;
  readonly would: ReplayDecision;
  readonly from: string | null;
  readonly to: string | null;
  readonly client: { readonly ip: string };
  /** Facts that the past does not hold and that were supposed. */
  readonly assumed: readonly string[];
}

/** A measure that the playbook would have proposed, and what it would have met. */
export interface ReplayMeasure {
  readonly at: number;
  readonly detector: string;
  readonly action: string;
  readonly scope: string;
  readonly expiresAt: number;
  readonly dryRun: boolean;
  readonly because: string;
  /** Why the guards would have refused it; null where they would not. */
  readonly objection: string | null;
  readonly connections: number;
  readonly recipients: number;
  readonly messages: number;
  readonly goodMail: number;
  readonly samples: readonly string[];
}

/** What a check or an automatic measure would have done in observe mode. */
export interface ReplayObserved {
  readonly check: string;
  /** The detector behind an automatic measure; null for a check. */
  readonly detector: string | null;
  /** What was held back. */
  readonly would: string;
  readonly decisions: number;
  /** Messages delivered that it would have refused, put off, diverted, kept or thrown away; and their share of all delivered. */
  readonly goodMail: number;
  readonly share: number;
  readonly samples: readonly {
    readonly at: number;
    readonly session: string;
    readonly reference: string | null;
    readonly client: { readonly ip: string };
    readonly from: string | null;
    readonly to: string | null;
    readonly because: string;
  }[];
}

/** Counts of a replay; which there are depends on what was read. */
export type ReplayCounts = Readonly<Record<string, number | null | Readonly<Record<string, number>>>> & {
  readonly first: number | null;
  readonly last: number | null;
};

/** Which of two configurations is spoken of. */
export type ReplaySide = 'config' | 'against';

/** What is told while the past is read. */
export interface ReplayHearer {
  onDifference(difference: ReplayDifference): void;
  onAlarm(alarm: Alarm, side: ReplaySide): void;
  onMeasure(measure: ReplayMeasure, side: ReplaySide): void;
  onObserved(observed: ReplayObserved): void;
  onTrouble(message: string): void;
}

/** What of the past is asked for. */
export interface ReplayRequest {
  readonly source:
    | { readonly kind: 'journal'; readonly path: string }
    | { readonly kind: 'log'; readonly paths: readonly string[]; readonly format: string }
    | { readonly kind: 'mail'; readonly paths: readonly string[] }
    | { readonly kind: 'observed'; readonly path: string | null };
  /** Null: the embedded set-up; for a log, what the log tells. */
  readonly config: string | null;
  readonly against: string | null;
  /** Only what happened since; milliseconds since the epoch, 0 for everything. */
  readonly sinceMs: number;
}

/** Replays; composed elsewhere. Resolves with what the last line says. */
export type Replaying = (request: ReplayRequest, hearer: ReplayHearer) => Promise<ReplayCounts>;
