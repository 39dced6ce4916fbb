// The shell of an SMTP session: performs the effects of the pure step one by one, against policy, the content store and the next hop.
import type { Socket } from 'node:net';
import type { Client } from '../../model/client.ts';
import type { Reply } from '../../model/reply.ts';
import { isRefusal, type Stage } from '../../model/verdict.ts';
import { answerTo } from '../../policy/answer.ts';
import { greeting, replies } from '../../policy/replies.ts';
import type { LineResult } from '../../wire/smtp/line-reader.ts';
import { formatReply } from '../../wire/smtp/reply-text.ts';
import { askPolicy } from './ask-policy.ts';
import { Authenticating } from './authenticating.ts';
import { Channel, type ChannelOwner } from './channel.ts';
import type { Collecting } from './collecting.ts';
import { Conversation, type OpenTransaction } from './conversation.ts';
import { finishMessage, wantsAnswerEach } from './finishing.ts';
import { Receiving } from './receiving.ts';
import { Refusing } from './refusing.ts';
import { ReleaseByMail } from './release-by-mail.ts';
import type { Judgement } from './services.ts';
import { onLine } from './session.ts';
import type { SmtpSite } from './site.ts';
import { LastFinal } from './last-final.ts';
import { fresh, mayBringContent, withoutTransaction, type Effect } from './step.ts';
import { Transcript } from './transcript.ts';
import { upgradeToTls, type TlsOutcome } from './tls-upgrade.ts';
import { withoutTag } from './untagging.ts';
import { clientAfterXclient } from './xclient.ts';

const AUTH_LINE_BYTES = 12_288; // RFC 4954 4: AUTH responses may be this long
/** What a verdict of `delay` costs the client, once a command; far within its patience (RFC 5321 4.5.3.2). */
const DELAY_MS = 5000;

export interface SessionHooks {
  /** Its deadline wants watching. */
  watch(session: LiveSession): void;
  ended(session: LiveSession): void;
}

export class LiveSession implements ChannelOwner {
  readonly conversation: Conversation;
  readonly channel: Channel;
  #site: SmtpSite;
  readonly #hooks: SessionHooks;
  readonly #receiving: Receiving;
  readonly #refusing: Refusing;
  readonly #releasing: ReleaseByMail;
  /** When the session last finished something; the session deadline counts from here. */
  #idleSince: number;
  readonly #lastFinal = new LastFinal();
  #draining = false;
  readonly #authenticating = new Authenticating();
  readonly #transcript = new Transcript();

  constructor(socket: Socket, { id, client }: { readonly id: string; readonly client: Client }, site: SmtpSite, hooks: SessionHooks) {
    const { config, services } = site;
    this.#site = site;
    this.#hooks = hooks;
    this.#idleSince = services.now();
    this.conversation = new Conversation(id, client, this.#idleSince);
    this.channel = new Channel(socket, this, { maxLineBytes: config.limits.commandLine, now: services.now });
    const own = { conversation: this.conversation, channel: this.channel, site: () => this.#site, say: (answer: Reply): void => this.#say(answer) };
    this.#refusing = new Refusing({ ...own, end: (answer, why) => this.#sayGoodbye(answer, why) });
    this.#releasing = new ReleaseByMail({ ...own, refuse: (...refused) => this.#refuse(...refused) });
    this.#receiving = new Receiving({
      ...own,
      took: (answer, bytes) => this.#reply(bytes === 0 ? { do: 'reply', reply: answer, junk: true } : { do: 'reply', reply: answer }, 'BDAT'),
      refuse: (command, answer, reason) => this.#refuse(command, answer, reason),
      giveUp: (reason, command, answer) => this.#refusing.giveUp(reason, command, answer),
      complete: (transaction, collecting) => this.#finish(transaction, collecting),
    });
  }

  get deadline(): number {
    return this.channel.deadline;
  }

  /** Greets the client that was judged. `early` are bytes that came with the PROXY header; `implicitTls` begins with a handshake. */
  begin(early: Buffer | null, implicitTls: boolean, judgement: Judgement | Promise<Judgement>): void {
    const { client } = this.conversation;
    this.#site.services.record(this.conversation.opened());
    if (early !== null) {
      this.onEarlyBytes();
      this.channel.reader.push(early);
    }
    this.#receiveClient(judgement, () => {
      if (implicitTls) return this.#secure(() => this.#greet());
      const wait = client.inside || client.role !== 'mx' ? 0 : this.#site.config.timeouts.greetingWait;
      if (wait === 0) return this.#greet();
      this.channel.afterMs(wait, () => (this.conversation.conduct.talkedBeforeBanner ? this.#judgeClient(() => this.#greet()) : this.#greet()));
    });
    this.#hooks.watch(this);
    this.channel.pump();
  }

  /** The deadline has passed. */
  expire(): void {
    if (this.channel.mode === 'closing') return this.channel.destroy(this.channel.closeReason);
    if (this.channel.mode === 'content') this.#refusing.giveUp('content-too-slow', this.#receiving.command, replies.tooSlow);
    else this.#refusing.giveUp('command-timeout', '', replies.timedOut);
    this.#hooks.watch(this); // the goodbye has a deadline too
  }

  /** The gateway is going down: a message under way may finish, all others are told to come again. */
  drain(): void {
    this.#draining = true;
    if (mayBringContent(this.conversation.state) || this.channel.mode === 'closing') return;
    this.#sayGoodbye(replies.drainClosing, 'draining');
  }

  /** The end of all patience. */
  cut(): void {
    this.#sayGoodbye(replies.drainClosing, 'shutting down');
    this.channel.destroy('shutting down');
  }

  /** A reload: what comes from now on is judged by the new configuration. */
  update(site: SmtpSite): void {
    this.#site = site;
  }

  nextDeadline(now: number): number {
    const { timeouts } = this.#site.config;
    const { deadline } = this.#receiving;
    if (this.channel.mode === 'content') return deadline;
    return Math.min(now + timeouts.command, this.#receiving.underWay ? deadline : this.#idleSince + timeouts.session);
  }

  onEarlyBytes(): void {
    // Where TLS comes first it is the client that begins.
    if (this.#site.listener.tls !== 'implicit') this.conversation.conduct.talkedBeforeBanner = true;
  }

  onHalfClosed(): void {
    if (this.channel.isFlushed) this.#lastFinal.clientDone(this.#site.services.finals);
    this.conversation.underWay.clientGone(this.#site.services.finals);
  }

  onInputEnd(): void {
    this.#close('client closed');
  }

  onLine(result: Exclude<LineResult, null>): void {
    const { conversation } = this;
    this.#lastFinal.notice(this.channel.bytesIn, this.#site.services.finals);
    if (this.#draining && !mayBringContent(conversation.state)) return this.#sayGoodbye(replies.drainClosing, 'draining');
    const inAuth = conversation.state.at === 'auth';
    if (result.kind === 'too-long') {
      if (inAuth) this.#leaveAuth(); // RFC 4954 4: the exchange has failed, a command comes next
      return this.#refuse('', replies.lineTooLong, 'line-too-long');
    }
    // A bare LF in a command may be half of a smuggled dialogue: nothing behind it is believed (engineering 4.6).
    if (result.kind === 'bad') return this.#refusing.giveUp(`line-${result.why}`, '', replies.lineMalformed);
    this.#transcript.add(result.line, inAuth);
    // The record keeps the verb; of a response to AUTH it must not keep a letter.
    const verb = inAuth ? 'AUTH' : (result.line.slice(0, 8).split(' ', 1)[0] ?? '');
    const { state, effect } = onLine(conversation.state, result.line, this.#site.offerFor(conversation));
    if (inAuth && effect.do !== 'auth-turn') this.#authenticating.cancel();
    conversation.state = state;
    if (state.at !== 'chunks') this.#receiving.drop('forgotten by the client'); // RSET, or EHLO
    this.#perform(effect, verb);
  }

  #perform(effect: Effect, verb: string): void {
    switch (effect.do) {
      case 'reply':
        return this.#reply(effect, verb);
      case 'refuse':
        return effect.close ? this.#refusing.giveUp(effect.reason, verb, effect.reply) : this.#refuse(verb, effect.reply, effect.reason);
      case 'judge':
        return this.#judge(withoutTag(effect, this.#site.services.outgoing));
      case 'read-content':
        return this.#receiving.beginData();
      case 'read-chunk':
        return this.#receiving.beginChunk(effect);
      case 'start-tls':
        return this.#startTls();
      case 'authenticate':
      case 'auth-turn':
        return this.#authenticate(effect);
      case 'xclient':
        return this.#xclient(effect.attributes);
      default:
        return effect satisfies never;
    }
  }

  #reply(effect: Extract<Effect, { do: 'reply' }>, verb: string): void {
    const { conduct, state } = this.conversation;
    if (effect.junk && ++conduct.junkCommands > this.#site.config.limits.junkCommands) return this.#refusing.giveUp('too-many-junk-commands', verb);
    this.#say(effect.reply);
    this.#allowLongLines(state.at === 'auth');
    if (effect.close) this.#close('quit'); // where our 250 is unheard, how the client goes will tell
  }

  #greet(): void {
    if (this.channel.over) return;
    this.channel.mode = 'lines';
    this.#say(greeting(this.#site.config.site.hostname));
    this.channel.pump();
  }

  /** Asks policy about the client again, now that more is known of it. */
  #judgeClient(welcome: () => void): void {
    this.#receiveClient(this.#site.services.judge('connect', this.conversation.connectInput()), welcome);
  }

  /** What policy says on the client itself; `welcome` when it may come in. */
  #receiveClient(judged: Judgement | Promise<Judgement>, welcome: () => void): void {
    const { conversation } = this;
    this.channel.whenKnown(judged, (judgement) => {
      conversation.marks.keep('connect', judgement.verdict);
      if (judgement.verdict.findings.length === 0) return welcome();
      const refusal = this.#refusal('connect', judgement);
      this.#site.services.record(conversation.judged('connect', {}, judgement, refusal));
      if (refusal === null) return welcome();
      this.#sayGoodbye(refusal.answer, 'refused at the banner');
    });
  }

  #judge(effect: Extract<Effect, { do: 'judge' }>): void {
    const { conversation } = this;
    const { stage, next, to } = effect;
    if (stage === 'helo' && this.channel.reader.buffered > 0) conversation.conduct.pipelinedTooEarly = true; // RFC 2920 3.1: EHLO ends a group
    if (stage === 'mail') conversation.reconsider(this.#site.services.isInside);
    if (stage === 'mail' && conversation.conduct.messages >= this.#site.config.limits.messagesPerSession)
      return this.#refusing.giveUp('too-many-messages', 'MAIL', replies.tooManyMessages);
    if (this.#releasing.takes(effect)) return;
    this.channel.whenKnown(askPolicy(this.#site.services.judge, conversation, effect), (judgement) => {
      const refusal = this.#refusal(stage, judgement);
      this.#site.services.record(conversation.judged(stage, conversation.stageRecord(next, to), judgement, refusal));
      if (refusal !== null) return this.#refusing.say(refusal.answer);
      conversation.state = next;
      conversation.marks.keep(stage, judgement.verdict);
      if (to !== undefined) {
        conversation.conduct.recipients += 1;
        conversation.askName(this.#site.services.reverseName);
      }
      if (judgement.verdict.action === 'delay') return this.channel.afterMs(DELAY_MS, () => this.#say(effect.ok));
      this.#say(effect.ok);
    });
  }

  /** The refusal a judgement means, with its reference; null where it lets pass. */
  #refusal(stage: Stage, { verdict }: Judgement): { readonly ref: string; readonly answer: Reply } | null {
    if (!isRefusal(verdict)) return null;
    const ref = this.conversation.nextReference();
    return { ref, answer: answerTo(verdict, { stage, reference: ref }) };
  }

  onContent(chunk: Buffer): void {
    this.#receiving.take(chunk);
  }

  #finish(transaction: OpenTransaction, collecting: Collecting): void {
    const { conversation, channel } = this;
    conversation.conduct.messages += 1;
    if (wantsAnswerEach(transaction)) this.#say(replies.answersFollow);
    const { finals } = this.#site.services;
    channel.whenKnown(this.#releasing.finish(transaction, collecting) ?? finishMessage(conversation, transaction, collecting, this.#site), (final) => {
      conversation.state = withoutTransaction(transaction);
      conversation.conduct.junkCommands = 0;
      this.#idleSince = this.#site.services.now();
      if (final.reply.code >= 400) conversation.conduct.errors += 1;
      for (const answer of final.perRecipient ?? []) this.#say(answer);
      this.#say(final.reply);
      channel.flush();
      this.#lastFinal.say(final, channel.bytesIn, finals);
      conversation.underWay.answered();
      if (channel.ended) this.#endFinals();
      else if (this.#draining) this.#sayGoodbye(replies.drainClosing, 'draining');
    });
  }

  #startTls(): void {
    if (this.channel.reader.buffered > 0) return this.#refusing.giveUp('starttls-injection', 'STARTTLS', replies.tlsInjection);
    if (this.#site.tlsContext() === null) return this.#refuse('STARTTLS', replies.tlsUnavailable, 'tls-unavailable');
    this.#say(replies.readyForTls);
    this.#secure(() => {});
  }

  /** TLS from here on: after STARTTLS, or from the first byte on an implicit-TLS listener. */
  #secure(then: () => void): void {
    if (this.channel.over) return;
    const { conversation } = this;
    const { record } = this.#site.services;
    const context = this.#site.tlsContext();
    if (context === null) return this.#sayGoodbye(null, 'no TLS certificate');
    const who = { session: conversation.id, ip: conversation.client.ip };
    const asksForCertificate = this.#site.config.tls?.clientCa !== undefined;
    this.channel.secure((socket, secured) => {
      const outcome: TlsOutcome = {
        secure: (tls, proof) => {
          conversation.tls = tls;
          conversation.proof = proof;
          conversation.state = fresh; // RFC 3207 4.2: all that was learned before is forgotten
          record({
            type: 'tls-started',
            ...who,
            ...tls,
            ...(proof.certificate && { certificate: `sha256 ${proof.certificate.fingerprint} subject ${proof.certificate.subject}` }),
          });
          then();
          secured();
        },
        failed: (why) => record({ type: 'tls-failed', ...who, why }),
      };
      return upgradeToTls(socket, context, outcome, { asksForCertificate });
    });
    this.channel.deadline = this.#site.services.now() + this.#site.config.timeouts.command;
  }

  #authenticate(effect: Extract<Effect, { do: 'authenticate' | 'auth-turn' }>): void {
    const { conversation } = this;
    this.#allowLongLines(false);
    this.channel.whenKnown(this.#authenticating.perform(effect, conversation, this.#site.services), (outcome) => {
      if (outcome.kind !== 'challenge') this.#leaveAuth();
      if (outcome.kind === 'refused') {
        this.#refuse('AUTH', outcome.reply, outcome.reason);
        if (outcome.counts && ++conversation.conduct.authFailures >= this.#site.config.limits.authFailures)
          this.#refusing.giveUp('too-many-auth-failures', 'AUTH');
        return;
      }
      if (outcome.kind === 'accepted') conversation.user = outcome.user;
      else this.#allowLongLines(true);
      this.#say(outcome.reply);
    });
  }

  /** The exchange is over, however it ended: a command comes next. */
  #leaveAuth(): void {
    this.conversation.state = withoutTransaction(this.conversation.state);
    this.#authenticating.cancel();
  }

  /** XCLIENT (Postfix XCLIENT_README): the session begins anew as that of another client. */
  #xclient(attributes: Readonly<Record<string, string | null>>): void {
    const { conversation } = this;
    conversation.client = clientAfterXclient(conversation.client, attributes, this.#site.services.isInside);
    conversation.user = attributes['LOGIN'] ?? null;
    conversation.proof = null; // the peer's certificate proves nothing of its client
    conversation.reverseName = null;
    this.#judgeClient(() => this.#say(greeting(this.#site.config.site.hostname)));
  }

  /** AUTH responses may be longer than commands. */
  #allowLongLines(yes: boolean): void {
    const { commandLine } = this.#site.config.limits;
    this.channel.reader.maxBytes = yes ? Math.max(AUTH_LINE_BYTES, commandLine) : commandLine;
  }

  #refuse(command: string, answer: Reply, reason: string): void {
    this.#allowLongLines(false);
    this.#refusing.refuse(command, answer, reason);
  }

  #say(answer: Reply): void {
    this.channel.say(formatReply(answer));
  }

  /** Says goodbye (or nothing more) and closes. */
  #sayGoodbye(answer: Reply | null, why: string): void {
    if (answer !== null) this.#say(answer);
    this.#close(why);
  }

  #close(why: string): void {
    this.#receiving.drop(why);
    this.channel.close(why);
  }

  /** The client has gone and nothing is under way: what it may not have heard is kept, and its retry need not wait any more. */
  #endFinals(): void {
    this.#lastFinal.end(this.channel.bytesIn, this.#site.services.finals);
    this.conversation.underWay.end(this.#site.services.finals);
  }

  /** Our own fault: the client may try again, the operator sees what was said before it. */
  onFault(error: unknown): void {
    const { client, id } = this.conversation;
    this.#site.services.record({
      type: 'session-failed',
      session: id,
      ip: client.ip,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      transcript: this.#transcript.lines,
    });
    this.#sayGoodbye(replies.ownFault, 'own fault');
    if (this.channel.ended) this.#endFinals();
  }

  onClosed(): void {
    this.#authenticating.cancel();
    this.#receiving.drop('client went away');
    this.conversation.underWay.clientGone(this.#site.services.finals);
    if (!this.channel.busy) this.#endFinals(); // otherwise when the hub has answered
    const { record, now } = this.#site.services;
    record(this.conversation.closed(this.channel, now()));
    this.#hooks.ended(this);
  }
}
