// Outgoing quotas at one door: the desk that counts in the meters of all doors, put between policy and the record, which says what became
// of what was counted.
import type { Config } from '../config/options.ts';
import { createQuotaDesk, type QuotaDesk } from '../facts/quotas.ts';
import { SharedMeters } from '../lib/shared-meters.ts';
import type { Recorder } from '../model/events.ts';
import type { QuotaRaise } from '../model/quota.ts';
import { isRefusal } from '../model/verdict.ts';
import type { Judge, Judgement } from '../policy/judge.ts';
import type { DoorStart, FromDoor } from './messages.ts';
import { liveRules } from './quotas-in-force.ts';

export interface DoorQuotas {
  readonly desk: QuotaDesk;
  /** The judge, and what it says of a recipient is told to the desk. */
  around(judge: Judge): Judge;
  use(config: Config): void;
  useRaises(raises: readonly QuotaRaise[]): void;
}

export interface DoorQuotasParts {
  readonly record: Recorder;
  say(message: FromDoor): void;
  now(): number;
}

export function openDoorQuotas(start: Pick<DoorStart, 'config' | 'quotas' | 'quotaRaises'>, { record, say, now }: DoorQuotasParts): DoorQuotas {
  let { config } = start;
  let raises = start.quotaRaises;
  const desk = createQuotaDesk({
    meters: new SharedMeters(start.quotas),
    rules: liveRules(
      () => config,
      () => raises,
    ),
    reached: (use, state) => record({ type: 'quota-reached', ...use, state }),
    met: (account) => say({ kind: 'quota-account', account }),
    now,
  });
  return {
    desk,
    around: (judge) => (stage, input) => {
      if (stage === 'mail' || stage === 'helo') desk.begin(input.session);
      const judged = judge(stage, input);
      if (stage !== 'rcpt') return judged;
      const heard = (judgement: Judgement): Judgement => {
        desk.judged(input.session, isRefusal(judgement.verdict) ? 'refused' : 'accepted');
        return judgement;
      };
      return judged instanceof Promise ? judged.then(heard) : heard(judged);
    },
    use: (next) => {
      config = next;
    },
    useRaises: (next) => {
      raises = next;
    },
  };
}
