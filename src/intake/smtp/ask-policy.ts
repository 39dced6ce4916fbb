// The question that a step of the session puts to policy.
import type { Conversation } from './conversation.ts';
import type { Judge, Judgement } from './services.ts';
import type { Effect } from './step.ts';

/** Asks about the state that the session would enter. */
export function askPolicy(judge: Judge, conversation: Conversation, { stage, next, to }: Extract<Effect, { do: 'judge' }>): Judgement | Promise<Judgement> {
  if (next.at === 'rcpt' && to !== undefined) return judge('rcpt', conversation.rcptInput(next, to));
  if (next.at === 'mail') return judge('mail', conversation.mailInput(next));
  if (next.at === 'greeted') return judge('helo', conversation.heloInput(next));
  throw new Error(`no stage ${stage} leads to ${next.at}`);
}
