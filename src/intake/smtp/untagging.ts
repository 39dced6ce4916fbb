// A recipient that was written with a tag of ours (BATV) is named without it from here on: policy, the hub and the record know the mailbox.
import type { OutgoingDesk } from '../../model/report-judgement.ts';
import type { Effect } from './step.ts';

type Judge = Extract<Effect, { do: 'judge' }>;

/** The effect about the mailbox behind the tag; as it is where there is no tag that holds. */
export function withoutTag(effect: Judge, desk: Pick<OutgoingDesk, 'untagged'>): Judge {
  const { to, next } = effect;
  if (to === undefined || next.at !== 'rcpt') return effect;
  const mailbox = desk.untagged(to);
  return mailbox === null ? effect : { ...effect, to: mailbox, next: { ...next, to: [...next.to.slice(0, -1), mailbox] } };
}
