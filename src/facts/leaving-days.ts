// Does the mail of this domain really leave through us? Only of a domain whose mail does can it be said that what is not remembered was not
// sent. Counted day by day among the other fingerprints of the outgoing memory: bounded with them, shared and saved with them.
import { halfSipHash } from '../lib/half-sip-hash.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import type { MemorySilence, UntoldWhy } from '../model/report-judgement.ts';

/** Where the days are noted. */
export interface DayNotes {
  note(thing: string): void;
  hasNoted(thing: string): boolean;
}

/** Milliseconds. */
const dayMs = 86_400_000;
/** Days that are looked back upon: as long as the notes last. */
const lookBackDays = 14;
/** Bounces come for as long as queues try, in milliseconds: who has not seen all that left for so long may have missed what a bounce is about. */
export const youngestMs = 5 * dayMs;

/**
 * What it takes to believe that a domain's mail leaves through us. A small office writes ten letters a week; a machine that reports now and then, or
 * a test, does not. More silence than a long weekend is a way out that was taken away: after it the days are counted anew.
 */
export const enough = { messages: 10, days: 3, silentDays: 3, senders: 5 } as const;
/** Senders of a domain are told apart in so many classes, so that a domain takes so many notes at most. */
const senderClasses = 16;
/** Nobody gains by senders that fall into one class. */
const classKey = { k0: 0x6c65_6176, k1: 0x696e_6721 };

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);
const messageNote = (domain: string, day: number, place: number): string => `left ${domain} ${day} ${place}`;
const senderNote = (address: string): string => `left by ${address.toLowerCase()}`;
const classNote = (domain: string, place: number): string => `left class ${domain} ${place}`;

/** A message of this sender goes out into the world. */
export function noteLeaving(notes: DayNotes, sender: Mailbox, atMs: number): void {
  const address = addressOf(sender).toLowerCase();
  notes.note(senderNote(address));
  notes.note(classNote(sender.domain, halfSipHash(classKey, address) % senderClasses));
  const seen = messagesOn(notes, sender.domain, dayOf(atMs));
  if (seen < enough.messages) notes.note(messageNote(sender.domain, dayOf(atMs), seen + 1));
}

/** Whether the silence of the memory means that nothing was sent. */
export function silenceOf(
  notes: DayNotes,
  domain: string,
  { completeSinceMs, nowMs }: { readonly completeSinceMs: number; readonly nowMs: number },
): MemorySilence {
  const run = lastRun(notes, domain, dayOf(nowMs));
  const sinceMs = Math.max(completeSinceMs, run === null ? 0 : (run.firstDay + 1) * dayMs); // whole days: its first hours were not seen
  const isYoung = nowMs - sinceMs < youngestMs;
  const isEnough = run !== null && run.messages >= enough.messages && run.days >= enough.days;
  if (!isYoung && isEnough) return { means: 'not-sent' };
  const why: UntoldWhy = isYoung && (isEnough || nowMs - completeSinceMs < youngestMs) ? 'memory-too-young' : 'not-seen-leaving';
  return { means: 'nothing', why, fromMs: run === null || why === 'not-seen-leaving' ? null : sinceMs + youngestMs };
}

/** A way out that serves others proves nothing for her: she herself must have been seen, or so many that all are likely to come this way. */
export function isSeenSender(notes: DayNotes, { localPart, domain }: Pick<Mailbox, 'localPart' | 'domain'>): boolean {
  if (notes.hasNoted(senderNote(`${localPart}@${domain}`))) return true;
  let classes = 0;
  for (let place = 0; place < senderClasses; place++) if (notes.hasNoted(classNote(domain, place))) classes++;
  return classes >= enough.senders;
}

interface Run {
  readonly firstDay: number;
  /** Counted up to `enough.messages` a day. */
  readonly messages: number;
  /** Days with mail. */
  readonly days: number;
}

/** The days up to now without a long silence in between; null where nothing was seen of late. */
function lastRun(notes: DayNotes, domain: string, today: number): Run | null {
  const run = { firstDay: today, messages: 0, days: 0 };
  for (let day = today, silent = 0; day > today - lookBackDays; day--) {
    const messages = messagesOn(notes, domain, day);
    silent = messages === 0 ? silent + 1 : 0;
    if (silent > enough.silentDays) break;
    if (messages === 0) continue;
    run.firstDay = day;
    run.messages += messages;
    run.days++;
  }
  return run.days === 0 ? null : run;
}

/** Messages of the domain on that day, up to `enough.messages`. */
function messagesOn(notes: DayNotes, domain: string, day: number): number {
  let seen = 0;
  while (seen < enough.messages && notes.hasNoted(messageNote(domain, day, seen + 1))) seen++;
  return seen;
}
