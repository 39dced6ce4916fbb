// Mail to a release address: a recipient of held mail wants it and has no browser (docs/digest.md). It goes nowhere: its token is looked at when
// the address is named, and used up when its content has come, all within the session. What is wrong is said there; nothing is sent for it.
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import { oneLine, type Reply } from '../../model/reply.ts';
import type { ReleaseAsked, ReleaseDesk } from '../../model/release.ts';
import type { Content } from '../../model/delivery.ts';
import { answerToFault } from '../../policy/outcome-answer.ts';
import { releaseOrdered, releaseRefusals, type ReleaseRefusal } from '../../policy/release-replies.ts';
import { withReference } from '../../policy/replies.ts';
import { firstText, firstTextLimits } from '../../wire/message/first-text.ts';
import { fieldOf, headerFields } from '../../wire/message/header.ts';
import { messageText } from '../../wire/message/message-text.ts';
import { readMime } from '../../wire/message/mime-tree.ts';
import { senderSigns } from '../../wire/message/sender-signs.ts';
import { unstuffAsync } from '../../wire/smtp/dot-stuffing.ts';
import type { Channel } from './channel.ts';
import type { Collecting } from './collecting.ts';
import type { Conversation, OpenTransaction } from './conversation.ts';
import type { FinalAnswer } from './finishing.ts';
import { numbersIn } from './reply-numbers.ts';
import type { SmtpSite } from './site.ts';
import type { Effect } from './step.ts';

/** What it needs of the session it is part of. */
export interface ReleasingSession {
  readonly conversation: Conversation;
  readonly channel: Pick<Channel, 'whenKnown'>;
  /** In force now: a reload changes it. */
  site(): SmtpSite;
  say(answer: Reply): void;
  /** A command is refused; the session goes on. */
  refuse(command: string, answer: Reply, reason: string): void;
}

type Judge = Extract<Effect, { do: 'judge' }>;

/** The reason in the record where the message was an order. */
const orderReason = 'an order to release held mail';
const routeKey = 'release';

export class ReleaseByMail {
  readonly #session: ReleasingSession;

  constructor(session: ReleasingSession) {
    this.#session = session;
  }

  /** Answers a RCPT that is about a release address; false where it is about anything else. */
  takes({ to, next, ok }: Judge): boolean {
    const { conversation, channel, site, say } = this.#session;
    const { services, listener } = site();
    const desk = services.releases;
    // A honeypot is nobody's way to anything.
    if (desk === null || to === undefined || next.at !== 'rcpt' || listener.trap) return false;
    const token = desk.tokenIn(to);
    const isAlone = next.to.length === 1;
    if (token === null && (isAlone || tokenOf(next, desk) === null)) return false;
    if (token === null || !isAlone) this.#refuse('alone');
    // RFC 3834 2: what has no sender is no person's answer.
    else if (next.from === null) this.#refuse('automatic');
    else
      channel.whenKnown(
        desk.worth(token).catch(() => 'trouble' as const),
        (worth) => {
          if (worth !== 'valid') return this.#refuse(worth);
          conversation.state = next;
          conversation.conduct.recipients += 1;
          say(ok);
        },
      );
    return true;
  }

  /** The end of such a message; null where it is any other. */
  finish(transaction: OpenTransaction, collecting: Collecting): Promise<FinalAnswer> | null {
    const desk = this.#session.site().services.releases;
    const token = desk === null ? null : tokenOf(transaction, desk);
    return desk === null || token === null ? null : this.#order(transaction, collecting, { desk, token });
  }

  async #order(transaction: OpenTransaction, collecting: Collecting, { desk, token }: { readonly desk: ReleaseDesk; readonly token: string }) {
    const collected = await collecting.finish();
    if ('fault' in collected) return this.#end(transaction, collecting, answerToFault(collected.fault, collecting.reference), collected.fault);
    const { content } = collected;
    try {
      const asked = await this.#ask(desk, token, content);
      if (asked.kind === 'refused') this.#tellRefused(asked.why);
      const answer = asked.kind === 'ordered' ? releaseOrdered : releaseRefusals[asked.why];
      return this.#end(transaction, collecting, withReference(answer, collecting.reference), asked.kind === 'ordered' ? orderReason : `release-${asked.why}`);
    } finally {
      content.dispose();
    }
  }

  async #ask(desk: ReleaseDesk, token: string, content: Content): Promise<ReleaseAsked | { readonly kind: 'refused'; readonly why: 'automatic' | 'trouble' }> {
    try {
      const { isAutomatic, lines } = await readAnswer(content);
      if (isAutomatic) return { kind: 'refused', why: 'automatic' };
      return await desk.order(token, { way: 'reply', asker: this.#session.conversation.client.ip, lines });
    } catch {
      return { kind: 'refused', why: 'trouble' }; // the disk: nothing was used up
    }
  }

  #refuse(why: ReleaseRefusal): void {
    this.#tellRefused(why);
    this.#session.refuse('RCPT', releaseRefusals[why], `release-${why}`);
  }

  #tellRefused(why: ReleaseRefusal): void {
    if (why === 'alone') return; // nobody's token is in question
    const { conversation, site } = this.#session;
    site().services.record({ type: 'release-refused', way: 'reply', why, asker: conversation.client.ip });
  }

  #end({ from, to }: OpenTransaction, { reference: ref, bytes }: Collecting, reply: Reply, reason: string): FinalAnswer {
    const { conversation, site } = this.#session;
    const { id: session, client } = conversation;
    site().services.record({
      type: 'message-finished',
      session,
      ip: client.ip,
      ref,
      outcome: reply.code < 400 ? 'discarded' : reply.code < 500 ? 'deferred' : 'refused',
      reply: oneLine(reply),
      reason,
      from: addressOf(from),
      recipients: to.map(withoutToken),
      route: routeKey,
      bytes,
      messageId: null,
      subject: null,
      sha256: '',
      hubReply: null,
      hubQueueId: null,
      hubMs: 0,
      tags: [],
    });
    return { reply, unconfirmedKey: null, answeredBefore: false };
  }
}

const tokenOf = ({ to }: Pick<OpenTransaction, 'to'>, desk: ReleaseDesk): string | null => (to[0] === undefined ? null : desk.tokenIn(to[0]));

/** As the record names it: whoever reads the log must not be able to use the token. */
const withoutToken = (to: Mailbox): string => addressOf({ ...to, localPart: to.localPart.replace(/\+.*$/s, '') });

/** Octets read of an answer: what its author wrote stands at its beginning, or below what he quotes of our letter. */
const readOctets = 128 * 1024;

/** Whether a program wrote it, and the numbers it names. */
async function readAnswer(content: Content): Promise<{ readonly isAutomatic: boolean; readonly lines: readonly number[] | null }> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of unstuffAsync(content.chunks())) {
    chunks.push(chunk);
    octets += chunk.length;
    if (octets >= readOctets) break;
  }
  const { root } = readMime(messageText(Buffer.concat(chunks), readOctets), { ...firstTextLimits, bytes: readOctets });
  const fields = headerFields(root.fields);
  const { list, bulk } = senderSigns(fields);
  const isAuto =
    /^\s*auto-/i.test(fieldOf(fields, 'auto-submitted')) || // RFC 3834 5
    /^\s*auto/i.test(fieldOf(fields, 'precedence')) ||
    automaticFields.some((name) => fields.has(name)) ||
    root.contentType.type === 'multipart/report';
  return { isAutomatic: isAuto || list || bulk, lines: numbersIn(firstText(root)) };
}

/** Fields that programs put on answers which no person wrote. */
const automaticFields = [
  'x-auto-response-suppress',
  'x-autoreply',
  'x-autorespond',
  'x-autoresponse',
  'x-mail-autoreply',
  'x-autogenerated',
  'x-failed-recipients',
];
