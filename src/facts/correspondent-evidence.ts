// What an event says for or against the client it speaks of. Only what the client did counts: our own "try later" must not make a
// correspondent look bad, or one overload would prepare the next (engineering 2.11 b).
import type { EventBody } from '../model/events.ts';

export interface Evidence {
  readonly ip: string;
  readonly what: 'good' | 'bad';
}

/** Null where nothing is to be learned. */
export function evidenceOf(event: EventBody): Evidence | null {
  switch (event.type) {
    case 'message-finished':
      if (event.outcome === 'delivered') return { ip: event.ip, what: 'good' };
      // Who reports on forged mail was lied to as we are.
      return isRefusal(event.reply) && event.from !== '' ? { ip: event.ip, what: 'bad' } : null;
    case 'stage-judged':
      // A message that is refused has its own event, which says the same once more.
      return event.stage !== 'message' && event.input.from !== '' && event.reply !== undefined && isRefusal(event.reply) ? { ip: event.ip, what: 'bad' } : null;
    case 'command-refused':
      return isRefusal(event.reply) ? { ip: event.ip, what: 'bad' } : null;
    default:
      return null;
  }
}

/** For good: 5xx. What was put off (4xx) may be our doing. */
const isRefusal = (reply: string): boolean => reply.startsWith('5');
