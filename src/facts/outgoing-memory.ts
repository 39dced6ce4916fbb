// What has left us in the last fourteen days: enough to know our own mail again when it bounces, and nothing that could be read back. Kept in
// memory that all doors share; what it cannot prove it does not know.
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import type { MemorySilence, Outgoing } from '../model/report-judgement.ts';
import { isTagOf, tagOf, withTag } from '../wire/message/batv.ts';
import { isMarkOf, traceLine, type TraceMark } from '../wire/message/trace-header.ts';
import { decodeXtext } from '../wire/smtp/xtext.ts';
import { isSeenSender, noteLeaving, silenceOf, type DayNotes } from './leaving-days.ts';
import { OutgoingKeys, returnsMs } from './outgoing-keys.ts';

/** Shared by all threads of one gateway. */
export interface OutgoingGround {
  readonly keys: SharedArrayBuffer;
  readonly prints: SharedArrayBuffer;
  /** What strangers can cause to be noted: however much it is, it costs us nothing of what we sent. */
  readonly notes: SharedArrayBuffer;
}

/** Milliseconds in a day. */
const dayMs = 86_400_000;
/** Days for which mail may come back. */
export const rememberedDays = returnsMs / dayMs;
/** Seconds by which the clock of an earlier run may have been ahead. */
const clockSlackSeconds = 300;

export class OutgoingMemory {
  readonly #prints: DatedFingerprints;
  readonly #notes: DatedFingerprints;
  readonly #keys: OutgoingKeys;
  readonly #now: () => number;
  /** Things of our own worth remembering for fourteen days, under names of their own. */
  readonly own: DayNotes = {
    note: (thing) => this.#prints.add(`noted ${thing}`, this.#now()),
    hasNoted: (thing) => this.#prints.has(`noted ${thing}`, this.#now()),
  };

  constructor(ground: OutgoingGround, { now }: { now(): number }) {
    this.#prints = new DatedFingerprints(ground.prints, { days: rememberedDays });
    this.#notes = new DatedFingerprints(ground.notes, { days: rememberedDays });
    this.#keys = new OutgoingKeys(ground.keys);
    this.#now = now;
  }

  /** What it means that nothing is remembered of mail of this domain; with a local part, of this address. */
  silenceOf({ localPart, domain }: { readonly localPart?: string; readonly domain: string }): MemorySilence {
    const silence = silenceOf(this.own, domain, { completeSinceMs: this.#prints.completeSinceMs, nowMs: this.#now() });
    if (silence.means === 'nothing' || localPart === undefined || isSeenSender(this.own, { localPart, domain })) return silence;
    return { means: 'nothing', why: 'not-seen-leaving', fromMs: null };
  }

  /** Mail may leave by a way from now on by which it did not before: what left by others meanwhile is not known. */
  beginAnew(): void {
    this.#prints.beginAnew(this.#now());
  }

  /** Remembers a message, before anybody can have it. */
  remember({ sender, recipients, messageId, envelopeId }: Outgoing): void {
    const now = this.#now();
    const from = addressOf(sender);
    for (const to of recipients) this.#prints.add(pairOf(from, addressOf(to)), now);
    if (messageId !== null) this.#prints.add(messageIdOf(messageId), now);
    const named = envelopeId === null ? null : decodeXtext(envelopeId); // RFC 3464 2.2.1: it comes back decoded
    if (named !== null) this.#prints.add(`envelope ${named}`, now);
  }

  /** A message of this sender goes out into the world. */
  noteLeaving(sender: Mailbox): void {
    noteLeaving(this.own, sender, this.#now());
  }

  /** The signed header field for a message; '' where there is no key. */
  traceLine({ id, sender }: Pick<Outgoing, 'id' | 'sender'>): string {
    const signing = this.#keys.signing;
    if (signing === null) return '';
    return traceLine(signing.key, { id, atSeconds: Math.floor(this.#now() / 1000), sender: addressOf(sender) });
  }

  /** The envelope sender with a tag (BATV); as it is where it cannot have one. */
  tagged(sender: Mailbox): Mailbox {
    const signing = this.#keys.signing;
    if (signing === null || sender.sourceRoute !== null) return sender;
    const localPart = withTag({ digit: signing.number % 10, key: signing.key }, sender.localPart, sender.domain, this.#today());
    if (localPart === sender.localPart || !plain.test(localPart)) return sender;
    return { ...sender, localPart, text: `${localPart}@${sender.domain}` };
  }

  /** The address behind a tag of ours that holds; null for any other address. */
  untagged(mailbox: Mailbox): Mailbox | null {
    const found = tagOf(mailbox.localPart);
    if (found === null || mailbox.sourceRoute !== null || !plain.test(found.localPart)) return null;
    const day = this.#today();
    const holds = this.#keys.proving(this.#now()).some(({ number, key }) => isTagOf({ digit: number % 10, key }, found, mailbox.domain, day));
    return holds ? { ...behind(mailbox, found), tagged: true } : null;
  }

  /** The address behind a tag that proves nothing: too old, made up, or made with a key that is lost; null for any other address. */
  behindUnknownTag(mailbox: Mailbox): Mailbox | null {
    const found = tagOf(mailbox.localPart);
    return found === null || mailbox.sourceRoute !== null || !plain.test(found.localPart) ? null : behind(mailbox, found);
  }

  /** Whether the mark is ours, for mail of this address, and not too old. */
  isOurMark(mark: TraceMark, address: string): boolean {
    const now = this.#now();
    const ageSeconds = now / 1000 - mark.atSeconds;
    if (ageSeconds > returnsMs / 1000 || ageSeconds < -clockSlackSeconds) return false;
    return this.#keys.proving(now).some(({ key }) => isMarkOf(key, mark, address));
  }

  hasSent(from: string, to: string): boolean {
    return this.#prints.has(pairOf(from, to), this.#now());
  }

  hasMessageId(messageId: string): boolean {
    return this.#prints.has(messageIdOf(messageId), this.#now());
  }

  hasEnvelopeId(envelopeId: string): boolean {
    return this.#prints.has(`envelope ${envelopeId}`, this.#now());
  }

  /** Remembers for so many days what somebody outside has caused, as long as there is room; under a name of its own. */
  note(thing: string): void {
    this.#notes.add(thing, this.#now());
  }

  hasNoted(thing: string): boolean {
    return this.#notes.has(thing, this.#now());
  }

  /** Forgets what is too old; for the keeper, once an hour or so. */
  sweep(): void {
    this.#prints.sweep(this.#now());
    this.#notes.sweep(this.#now());
  }

  #today(): number {
    return Math.floor(this.#now() / dayMs);
  }
}

/** A local part that stands without quotes: others are left alone. */
const plain = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/;

const behind = (mailbox: Mailbox, { localPart }: { readonly localPart: string }): Mailbox => ({
  ...mailbox,
  localPart,
  text: `${localPart}@${mailbox.domain}`,
});

const pairOf = (from: string, to: string): string => `pair ${from.toLowerCase()} ${to.toLowerCase()}`;
/** Some servers lose the brackets. */
const messageIdOf = (text: string): string => `id ${text.trim().replace(/^<|>$/g, '')}`;
