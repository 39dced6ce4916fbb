// What the trials say of each detector's answer: how much good mail it would have touched, and whether it may be carried out by itself.
import { detectors } from '../../src/detect/catalogue.ts';
import { playbookRows } from '../../src/respond/playbook.ts';
import type { Trial } from './trial.ts';

/** An answer that would touch more of the good messages of any kind of traffic is only recorded. */
export const mostGoodShare = 0.001;

/** What is measured: kinds of innocent traffic, and good mail beside attacks with guards and without. */
export interface Measured {
  readonly innocent: readonly Trial[];
  readonly attacked: readonly Trial[];
  readonly unguarded: readonly Trial[];
}

export interface Verdict {
  readonly detector: string;
  /** On innocent traffic. */
  readonly alarms: number;
  readonly touched: number;
  readonly good: number;
  /** Of the kind of innocent traffic of which the largest share is touched. */
  readonly worstShare: number;
  readonly worstKind: string;
  /** Good messages beside attacks, and those touched with the guards and without. */
  readonly beside: { readonly good: number; readonly touched: number; readonly unguarded: number };
  /** `action` of the playbook; null where there is no answer. */
  readonly answer: string | null;
  readonly isCarriedOut: boolean;
  readonly isTooMuch: boolean;
}

const toll = (trial: Trial, detector: string) => trial.tolls.get(detector) ?? { alarms: 0, measures: 0, touched: 0 };
const sum = (trials: readonly Trial[], of: (trial: Trial) => number): number => trials.reduce((total, trial) => total + of(trial), 0);

/** One verdict for each detector, in the order of the catalogue. */
export function verdictsOf({ innocent, attacked, unguarded }: Measured): Verdict[] {
  return detectors.map(({ id }) => {
    const row = playbookRows.find(({ detector }) => detector === id);
    const share = (trial: Trial): number => (trial.goodMessages === 0 ? 0 : toll(trial, id).touched / trial.goodMessages);
    const worst = innocent.reduce((one, other) => (share(other) > share(one) ? other : one));
    return {
      detector: id,
      alarms: sum(innocent, (trial) => toll(trial, id).alarms),
      touched: sum(innocent, (trial) => toll(trial, id).touched),
      good: sum(innocent, ({ goodMessages }) => goodMessages),
      worstShare: share(worst),
      worstKind: worst.name,
      beside: {
        good: sum(attacked, ({ goodMessages }) => goodMessages),
        touched: sum(attacked, (trial) => toll(trial, id).touched),
        unguarded: sum(unguarded, (trial) => toll(trial, id).touched),
      },
      answer: row?.action ?? null,
      isCarriedOut: row?.carryOut ?? false,
      isTooMuch: (row?.carryOut ?? false) && share(worst) > mostGoodShare,
    };
  });
}

/** Trials of one kind as one: the scenarios. */
export function pooled(name: string, trials: readonly Trial[]): Trial {
  const tolls = new Map(
    detectors.map(({ id }) => [
      id,
      {
        alarms: sum(trials, (trial) => toll(trial, id).alarms),
        measures: sum(trials, (trial) => toll(trial, id).measures),
        touched: sum(trials, (trial) => toll(trial, id).touched),
      },
    ]),
  );
  return { name, goodMessages: sum(trials, ({ goodMessages }) => goodMessages), tolls };
}
