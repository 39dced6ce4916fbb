// One round of letters: whoever has held mail that no letter has told of gets one, with its newest messages and the count of the rest. A letter is
// in the book and noted as under way before it is handed over, and settled afterwards: should we die in between, its recipient has it or has it not,
// and what it names waits for the next round, which lists it again. A line told of twice is the lesser error: one told of never expires unseen.
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import type { DigestLanguage } from '../../model/release.ts';
import { gatherWaiting, type GatherParts, type Waiting } from './gather.ts';
import type { LetterBook, ReleaseLetter } from './letter-book.ts';
import { digestWords } from './languages/catalogue.ts';
import { digestForms, type DigestEntry, type DigestForms } from './letter.ts';
import { mimeLetter } from './mime-letter.ts';
import { releaseAddress } from './release-desk.ts';
import { safeText, senderText } from './safe-text.ts';
import { letterName, tokenOf } from './token.ts';
import { isOperators, reasonKind } from './words.ts';

/** Of the configuration in force; times in milliseconds. */
export interface DigestSettings {
  readonly hostname: string;
  readonly postmaster: string;
  /** `release@mx.example.org`. */
  readonly address: string;
  /** Where recipients reach the web door, without a slash at its end; null: letters have no links. */
  readonly link: string | null;
  readonly linksForMs: number;
  readonly lines: number;
  readonly perMinute: number;
  languageOf(domain: string): DigestLanguage;
  isTold(address: string): boolean;
}

export interface RoundParts extends Pick<GatherParts, 'select' | 'print'> {
  readonly settings: DigestSettings;
  readonly key: Buffer;
  readonly book: Pick<LetterBook, 'save' | 'remove'>;
  told(ids: readonly string[]): ReturnType<GatherParts['told']>;
  /**
   * These messages count as told of until then; a moment that is over takes that back. With `letter` its handing over is under way, which the
   * next run finds should this one be killed.
   */
  noteTold(ids: readonly string[], recipient: string, until: number, letter?: string): Promise<void>;
  waitingFor(id: string): Promise<readonly string[]>;
  /** The From field of a message as it stands; null where it cannot be read. */
  authorOf(id: string): Promise<string | null>;
  /** Rejects where it was not handed over, or nobody knows whether it was. */
  send(to: string, raw: string): Promise<void>;
  /** The refusal is for good. */
  isRefusal(error: unknown): boolean;
  /** The letter may be there all the same. */
  isUncertain(error: unknown): boolean;
  newId(): string;
  random(): Buffer;
  readonly record: Recorder;
  /** What goes wrong, in words. */
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
  isStopped(): boolean;
}

/** What came of a round. */
export interface RoundResult {
  readonly letters: number;
  /** Messages they name. */
  readonly lines: number;
  readonly failed: number;
  /** Somebody could not be told now and is to be tried again soon. */
  readonly again: boolean;
}

/** After so many letters in a row that could not be told, the rest of the round is put off. */
const mostFailuresInRow = 5;
/** The same where each was refused for good: some mailboxes are gone, but a next hop that refuses all of them has another reason. */
const mostRefusalsInRow = 50;
const subjectLength = 150;

/** `nextAt`: when the next round begins by the clock, in ms since the epoch; what a letter that may have arrived names waits until then. */
export async function runRound(parts: RoundParts, nextAt: number): Promise<RoundResult> {
  const { settings, now, wait, isStopped } = parts;
  const waiting = await gatherWaiting({ ...parts, isTold: (address) => settings.isTold(address), lines: settings.lines });
  const result = { letters: 0, lines: 0, failed: 0, again: false };
  const inRow = { failed: 0, refused: 0 };
  for (const [recipient, its] of waiting) {
    if (isStopped()) break;
    const startedAt = now();
    const { outcome, lines } = await tellSafely(parts, recipient, { ...its, nextAt });
    if (outcome === 'nothing') continue;
    inRow.failed = outcome === 'failed' ? inRow.failed + 1 : 0;
    inRow.refused = outcome === 'refused' ? inRow.refused + 1 : 0;
    if (outcome === 'sent') {
      result.letters += 1;
      result.lines += lines;
    } else result.failed += 1;
    const isPutOff = inRow.failed >= mostFailuresInRow || inRow.refused >= mostRefusalsInRow;
    result.again ||= outcome === 'failed' || isPutOff;
    if (isPutOff) break;
    await wait(Math.max(0, startedAt + 60_000 / settings.perMinute - now()));
  }
  return result;
}

/** The letter a recipient would get now, whatever letters before have told him; its tokens release nothing. */
export async function previewLetter(parts: RoundParts, recipient: string): Promise<(DigestForms & { readonly lines: number }) | null> {
  const isHim = (address: string): boolean => address.toLowerCase() === recipient.toLowerCase();
  const waiting = await gatherWaiting({ ...parts, told: () => Promise.resolve([]), isTold: isHim, lines: parts.settings.lines });
  const [first] = waiting;
  if (first === undefined) return null;
  const [address, its] = first;
  const { records } = await stillWaiting(parts, address, its.newest);
  if (records.length === 0) return null;
  const made = await formsFor(
    parts,
    { recipient: address, records, more: its.count - its.newest.length, expiresAt: parts.now() + parts.settings.linksForMs },
    () => 'TOKEN',
  );
  return { ...made, lines: records.length };
}

interface ToTell extends Waiting {
  readonly nextAt: number;
}

type Told = { readonly outcome: 'sent' | 'failed' | 'refused' | 'nothing'; readonly lines: number };

/** A fault of ours concerns one recipient: the others have their letters. */
async function tellSafely(parts: RoundParts, recipient: string, its: ToTell): Promise<Told> {
  try {
    return await tell(parts, recipient, its);
  } catch (error) {
    parts.trouble(`the letter about held mail for ${recipient}: ${reasonOf(error)}`);
    return { outcome: 'failed', lines: 0 };
  }
}

async function tell(parts: RoundParts, recipient: string, { newest, count, nextAt }: ToTell): Promise<Told> {
  const { settings, book, print, key, now, record } = parts;
  const { records, had } = await stillWaiting(parts, recipient, newest);
  const expiresAt = now() + settings.linksForMs;
  // What it has got already must not stand in the way of the rest.
  await parts.noteTold(had, print(recipient), expiresAt);
  if (records.length === 0) return { outcome: 'nothing', lines: 0 };
  const letter: ReleaseLetter = {
    format: 1,
    name: letterName(parts.random()),
    language: settings.languageOf(domainOf(recipient)),
    recipient: print(recipient),
    madeAt: now(),
    expiresAt,
    lines: records.map((held) => ({ id: held.id, offered: isOffered(held), keptUntil: held.expiresAt })),
  };
  const token = (line: number): string =>
    tokenOf(key, { letter: letter.name, line, id: letter.lines[line - 1]?.id ?? '', recipient: letter.recipient, expiresAt });
  const more = count - newest.length;
  const raw = await rawLetter(parts, { recipient, records, more, expiresAt }, token);
  const ids = records.map(({ id }) => id);
  await book.save(letter);
  // Before it leaves: neither a crash nor a database that fails afterwards makes a copy of it in this round.
  await parts.noteTold(ids, letter.recipient, nextAt, letter.name);
  try {
    await parts.send(recipient, raw);
  } catch (error) {
    record({ type: 'digest-failed', to: recipient, why: reasonOf(error), uncertain: parts.isUncertain(error) });
    return { outcome: await notSent(parts, { name: letter.name, ids, recipient: letter.recipient, expiresAt, nextAt }, error), lines: 0 };
  }
  await parts.noteTold(ids, letter.recipient, expiresAt);
  record({ type: 'digest-sent', to: recipient, lines: ids.length, more, letter: letter.name });
  return { outcome: 'sent', lines: ids.length };
}

interface Unsent {
  readonly name: string;
  readonly ids: readonly string[];
  readonly recipient: string;
  readonly expiresAt: number;
  readonly nextAt: number;
}

async function notSent({ book, noteTold, isRefusal, isUncertain, now }: RoundParts, letter: Unsent, error: unknown): Promise<'refused' | 'failed'> {
  // Its recipient may be reading it: its tokens must release, and the next one can wait for the next round.
  if (isUncertain(error)) {
    await noteTold(letter.ids, letter.recipient, letter.nextAt);
    return 'failed';
  }
  await book.remove(letter.name);
  // Nobody reads there: to ask again every round would help nobody.
  const isFinal = isRefusal(error);
  await noteTold(letter.ids, letter.recipient, isFinal ? letter.expiresAt : now());
  return isFinal ? 'refused' : 'failed';
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Those that the recipient has not got by other ways, and the ids of those he has. What cannot be read is neither. */
async function stillWaiting(parts: RoundParts, recipient: string, newest: readonly HeldRecord[]) {
  const [records, had]: [HeldRecord[], string[]] = [[], []];
  const key = recipient.toLowerCase();
  for (const held of newest) {
    try {
      if ((await parts.waitingFor(held.id)).some((each) => each.toLowerCase() === key)) records.push(held);
      else had.push(held.id);
    } catch (error) {
      parts.trouble(`${held.id} cannot be read for a letter: ${reasonOf(error)}`);
    }
  }
  return { records, had };
}

const isOffered = (held: HeldRecord): boolean => !isOperators(held);
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

interface About {
  readonly recipient: string;
  readonly records: readonly HeldRecord[];
  readonly more: number;
  readonly expiresAt: number;
}

async function formsFor(parts: RoundParts, { recipient, records, more, expiresAt }: About, token: (line: number) => string): Promise<DigestForms> {
  const { settings } = parts;
  const domain = domainOf(recipient);
  const words = digestWords[settings.languageOf(domain)];
  const entries: DigestEntry[] = [];
  for (const [at, held] of records.entries()) {
    const release = {
      link: settings.link === null ? null : `${settings.link}/release/${token(at + 1)}`,
      address: releaseAddress(settings.address, token(at + 1)),
    };
    entries.push({
      from: senderText(await parts.authorOf(held.id), held.from, words.noSender),
      subject: safeText(held.subject ?? '', subjectLength),
      arrivedAt: held.queuedAt,
      keptUntil: held.expiresAt,
      reason: reasonKind(held),
      release: isOffered(held) ? release : null,
    });
  }
  return digestForms({ words, domain, recipient, postmaster: settings.postmaster, entries, more, expiresAt });
}

async function rawLetter(parts: RoundParts, about: About, token: (line: number) => string): Promise<string> {
  const { settings, newId, now } = parts;
  const { hostname, address, postmaster } = settings;
  const { sender } = digestWords[settings.languageOf(domainOf(about.recipient))];
  return mimeLetter({
    ...(await formsFor(parts, about, token)),
    from: { name: sender, address: `floodgate@${hostname}` },
    to: about.recipient,
    // Where nothing may be released an answer is a question.
    replyTo: about.records.some(isOffered) ? releaseAddress(address, token(0)) : postmaster,
    at: now(),
    messageId: `${newId()}.digest@${hostname}`,
  });
}
