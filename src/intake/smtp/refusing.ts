// What a refusal costs the client: nothing at first, then time, then the session (L6); and the reference under which it is recorded.
import { oneLine, reply, type Reply } from '../../model/reply.ts';
import { withReference } from '../../policy/replies.ts';
import type { Channel } from './channel.ts';
import type { Conversation } from './conversation.ts';
import type { SmtpSite } from './site.ts';

/** What a refused command costs once there were many. */
const ERROR_DELAY_MS = 1000;
/** Recipients put off in a session that are no errors of the client: so many Postfix allows beyond its limit (smtpd_recipient_overshoot_limit). */
const MOST_PUT_OFF = 1000;

/** RFC 5321 4.5.3.1.10: the rest comes in another message. To end the session for it would lose those that were taken. */
const isPutOff = ({ code, enhanced }: Reply): boolean => code === 452 && enhanced === '4.5.3';

/** What refusing needs of the session it is part of. */
export interface RefusingSession {
  readonly conversation: Conversation;
  readonly channel: Pick<Channel, 'afterMs'>;
  /** In force now: a reload changes it. */
  site(): SmtpSite;
  say(answer: Reply): void;
  /** Says the last word and closes. */
  end(answer: Reply, why: string): void;
}

export class Refusing {
  readonly #session: RefusingSession;
  #putOff = 0;

  constructor(session: RefusingSession) {
    this.#session = session;
  }

  /** A command is refused by the door itself. */
  refuse(command: string, answer: Reply, reason: string): void {
    this.say(withReference(answer, this.#record(command, reason, answer)));
  }

  /** Says a refusal that is recorded already. */
  say(answer: Reply): void {
    const { conversation, channel } = this.#session;
    const { limits } = this.#session.site().config;
    if (isPutOff(answer) && ++this.#putOff <= MOST_PUT_OFF) return this.#session.say(answer);
    const errors = ++conversation.conduct.errors;
    if (answer.code === 421) return this.#session.end(answer, 'refused with 421'); // RFC 5321 3.8: 421 ends the session
    if (errors >= limits.errors) {
      this.#session.say(answer);
      return this.giveUp('too-many-errors', '');
    }
    if (errors <= limits.errorsBeforeDelay) return this.#session.say(answer);
    channel.afterMs(ERROR_DELAY_MS, () => this.#session.say(answer));
  }

  /** A limit of the session is reached: the last word and the end. */
  giveUp(reason: string, command: string, answer: Reply = reply(421, '4.7.0', 'Too much of this in one session; goodbye')): void {
    this.#session.end(withReference(answer, this.#record(command, reason, answer)), reason);
  }

  #record(command: string, reason: string, answer: Reply): string {
    const { conversation } = this.#session;
    const ref = conversation.nextReference();
    this.#session.site().services.record({
      type: 'command-refused',
      session: conversation.id,
      ip: conversation.client.ip,
      command: command.slice(0, 16),
      reason,
      ref,
      reply: oneLine(answer),
      evidence: {},
    });
    return ref;
  }
}
