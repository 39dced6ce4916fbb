// What is known of one session besides where it stands: who, how secured, what conduct. The stages' inputs are made from it.
import type { TlsProof } from '../../model/auth.ts';
import type { Client, ReverseName, TlsState } from '../../model/client.ts';
import type { EventBody, StageRecord } from '../../model/events.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { ConnectInput, ContentSummary, HeloInput, MailInput, MessageInput, RcptInput } from '../../model/stage-input.ts';
import { oneLine, type Reply } from '../../model/reply.ts';
import type { Stage } from '../../model/verdict.ts';
import { referenceOf } from '../../lib/reference.ts';
import type { Channel } from './channel.ts';
import { treatmentOf, treatmentSoFar } from '../../policy/treatment.ts';
import type { Judgement } from './services.ts';
import type { State } from './step.ts';
import { Marks } from './marks.ts';
import { UnderWay } from './under-way.ts';

/** The protocol sins and work of the session, counted by the shell. */
export interface Conduct {
  talkedBeforeBanner: boolean;
  pipelinedTooEarly: boolean;
  errors: number;
  junkCommands: number;
  messages: number;
  recipients: number;
  authFailures: number;
}

/** A transaction that has recipients: the states in which content may come. */
export type OpenTransaction = Extract<State, { at: 'rcpt' | 'chunks' }>;

export class Conversation {
  readonly id: string;
  readonly startedAt: number;
  client: Client;
  tls: TlsState | null = null;
  /** What TLS proves of the client. */
  proof: TlsProof | null = null;
  user: string | null = null;
  state: State = { at: 'fresh' };
  readonly conduct: Conduct = { talkedBeforeBanner: false, pipelinedTooEarly: false, errors: 0, junkCommands: 0, messages: 0, recipients: 0, authFailures: 0 };
  /** The reverse look-up, begun at the first accepted recipient; null before. */
  reverseName: ReverseName | Promise<ReverseName> | null = null;
  /** The message at the next hop, should the client go meanwhile. */
  readonly underWay = new UnderWay();
  /** What was found so far that says what becomes of the message. */
  readonly marks = new Marks();
  #references = 0;

  constructor(id: string, client: Client, startedAt: number) {
    this.id = id;
    this.client = client;
    this.startedAt = startedAt;
  }

  /** A new reference for a refusal or a message of this session. */
  nextReference(): string {
    return referenceOf(this.id, ++this.#references);
  }

  /** Trust given at the connection may have been taken back since; it never grows. */
  reconsider(isInside: (ip: string) => boolean): void {
    if (this.client.inside && !isInside(this.client.ip)) this.client = { ...this.client, inside: false };
  }

  /** The first event of the session. */
  opened(): EventBody {
    const { ip, port, listener, role, inside, nextHop, localIp, localPort } = this.client;
    const who = { type: 'session-opened', session: this.id, ip, port, listener, role, inside, localIp, localPort } as const;
    return nextHop === undefined ? who : { ...who, nextHop };
  }

  /** The last event of the session. */
  closed(channel: Pick<Channel, 'closeReason' | 'bytesIn' | 'bytesOut'>, now: number): EventBody {
    const { closeReason: why, bytesIn, bytesOut } = channel;
    const { messages, errors } = this.conduct;
    return { type: 'session-closed', session: this.id, ip: this.client.ip, why, ms: now - this.startedAt, bytesIn, bytesOut, messages, errors };
  }

  connectInput(): ConnectInput {
    return { session: this.id, client: this.client, conduct: this.conduct };
  }

  heloInput(next: Exclude<State, { at: 'fresh' }>): HeloInput {
    return { session: this.id, client: this.client, conduct: this.conduct, helo: next.helo, esmtp: next.esmtp, tls: this.tls, user: this.user };
  }

  mailInput(next: Extract<State, { at: 'mail' }> | OpenTransaction): MailInput {
    return {
      session: this.id,
      client: this.client,
      conduct: this.conduct,
      helo: next.helo,
      esmtp: next.esmtp,
      tls: this.tls,
      user: this.user,
      from: next.from,
      parameters: next.parameters,
    };
  }

  rcptInput(next: OpenTransaction, to: Mailbox): RcptInput {
    const accepted = next.to.slice(0, -1);
    return {
      session: this.id,
      client: this.client,
      conduct: this.conduct,
      helo: next.helo,
      esmtp: next.esmtp,
      tls: this.tls,
      user: this.user,
      from: next.from,
      parameters: next.parameters,
      to,
      accepted,
      ...(accepted.length === 0 ? {} : { treatmentSoFar: treatmentSoFar(this.marks) }),
    };
  }

  messageInput(transaction: OpenTransaction, content: ContentSummary): MessageInput {
    return { ...this.mailInput(transaction), recipients: transaction.to, content, treatment: treatmentOf(this.marks.all) };
  }

  /** The event of a judged stage; `said` where the client heard a refusal. */
  judged(stage: Stage, input: StageRecord, judgement: Judgement, said: { readonly ref: string; readonly answer: Reply } | null): EventBody {
    const { verdict, facts } = judgement;
    const event = {
      type: 'stage-judged',
      session: this.id,
      ip: this.client.ip,
      stage,
      input,
      facts,
      action: verdict.action,
      findings: verdict.findings,
    } as const;
    return said === null ? event : { ...event, ref: said.ref, reply: oneLine(said.answer) };
  }

  /** Begins the reverse look-up, once for a client. */
  askName(reverseNameOf: (ip: string) => ReverseName | Promise<ReverseName>): void {
    if (this.reverseName !== null) return;
    const asked = reverseNameOf(this.client.ip);
    this.reverseName = asked;
    if (asked instanceof Promise)
      void asked.then((name) => {
        if (this.reverseName === asked) this.reverseName = name; // else it is another client's by now
      });
  }

  /** For the record: the client's confirmed name, where it is known already. */
  knownName(): { readonly clientName?: string } {
    const { reverseName } = this;
    return reverseName === null || reverseName instanceof Promise || reverseName.kind !== 'confirmed' ? {} : { clientName: reverseName.name };
  }

  /** What the record keeps of the input of a stage that is about to be entered. */
  stageRecord(next: State, to?: Mailbox): StageRecord {
    if (next.at === 'fresh') return {};
    const who = this.user === null ? { helo: next.helo } : { helo: next.helo, user: this.user };
    if (next.at === 'mail')
      return next.parameters.size === null ? { ...who, from: addressOf(next.from) } : { ...who, from: addressOf(next.from), size: next.parameters.size };
    if (next.at === 'rcpt' && to !== undefined) return { ...who, from: addressOf(next.from), to: addressOf(to) };
    return who;
  }
}
