// What letters and pages for recipients say, as data: a file a language in languages/. Braces name what is put in: {count} {domain}
// {recipient} {postmaster} {date} {example}.
import type { HeldRecord } from '../../model/quarantine.ts';

/** Why a message is held, as far as its recipient is told: the rule that found it is not his to know. */
export type ReasonKind = 'virus' | 'flood' | 'list' | 'bounce' | 'rule';

/** A sentence by number, as the language forms it (CLDR plural rules). */
export type Counted = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** All that is said in one language. */
export interface DigestWords {
  /** BCP 47, for dates. */
  readonly locale: string;
  /** The name beside our address. */
  readonly sender: string;
  readonly subject: Counted;
  readonly opening: string;
  readonly nothingToDo: string;
  readonly labels: { readonly from: string; readonly subject: string; readonly arrived: string; readonly reason: string; readonly until: string };
  readonly noSubject: string;
  /** The null sender. */
  readonly noSender: string;
  readonly releaseByLink: string;
  readonly releaseByMail: string;
  readonly notOffered: string;
  readonly more: Counted;
  /** How an answer to the letter releases: of one message, and of several. */
  readonly answerOne: string;
  readonly answerMany: string;
  readonly validUntil: string;
  readonly caution: string;
  readonly closing: string;
  readonly reasons: Readonly<Record<ReasonKind, string>>;
  readonly page: PageWords;
}

/** What the release page says. */
export interface PageWords {
  readonly title: string;
  readonly question: string;
  readonly button: string;
  readonly released: string;
  /** The order stands, the mailbox cannot be reached just now. */
  readonly ordered: string;
  /** {postmaster} is put in. */
  readonly rejected: string;
  readonly used: string;
  readonly expired: string;
  readonly gone: string;
  readonly notOffered: string;
  readonly forged: string;
  readonly tooMany: string;
  readonly trouble: string;
}

/** Puts values in. A name without a value is a mistake of ours. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing to put in for {${name}}`);
    return String(value);
  });
}

/** The sentence for so many, with {count} put in. */
export function counted(words: DigestWords, sentence: Counted, count: number, values: Readonly<Record<string, string>> = {}): string {
  const form = sentence[new Intl.PluralRules(words.locale).select(count)] ?? sentence.other;
  return filled(form, { ...values, count: new Intl.NumberFormat(words.locale).format(count) });
}

/** A moment for people, in the time zone of the machine unless another is given. */
export const dateText = (words: DigestWords, at: number, timeZone?: string): string =>
  new Intl.DateTimeFormat(words.locale, { dateStyle: 'medium', timeStyle: 'short', ...(timeZone === undefined ? {} : { timeZone }) }).format(at);

/** A virus is told of, and never its recipient's to release, whatever else it is held for. Rows of before `virus` have the check alone. */
export const holdsVirus = ({ check, virus }: Pick<HeldRecord, 'check' | 'virus'>): boolean => virus || check === 'virus-found';

/** Only the operator lets it go: it holds a virus, or is too large for anybody to have looked. */
export const isOperators = (held: Pick<HeldRecord, 'check' | 'virus'>): boolean => holdsVirus(held) || held.check === 'too-large-to-scan';

/** What a check's finding is called to its recipient. */
export function reasonKind(held: Pick<HeldRecord, 'check' | 'incident' | 'virus'>): ReasonKind {
  const { check, incident } = held;
  if (holdsVirus(held)) return 'virus';
  if (check === 'listed') return 'list';
  if (check === 'forged-bounce') return 'bounce';
  return incident === null ? 'rule' : 'flood';
}
