// What a letter to a recipient says: each held message with its sender, subject, date, reason and end, and how to have it. Pure: the tokens in it
// are made elsewhere. The HTML is the same in tags: nothing in it is fetched from anywhere.
import { counted, dateText, filled, type DigestWords, type ReasonKind } from './words.ts';

/** A held message as its recipient sees it; texts are safe already (safe-text.ts), times in milliseconds since the epoch. */
export interface DigestEntry {
  readonly from: string;
  readonly subject: string;
  readonly arrivedAt: number;
  readonly keptUntil: number;
  readonly reason: ReasonKind;
  /** Null: it cannot be released by its recipient. */
  readonly release: { readonly link: string | null; readonly address: string } | null;
}

export interface DigestLetter {
  readonly words: DigestWords;
  readonly domain: string;
  readonly recipient: string;
  readonly postmaster: string;
  readonly entries: readonly DigestEntry[];
  /** Held as well, and not in this letter. */
  readonly more: number;
  readonly expiresAt: number;
  /** Of the dates; default: the machine's. */
  readonly timeZone?: string;
}

export interface DigestForms {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Both forms of a letter, lines ended by line feeds. */
export function digestForms(letter: DigestLetter): DigestForms {
  const { words, entries, more } = letter;
  const said = sentences(letter);
  const blocks = entries.map((entry, at) => [
    `[${at + 1}]`,
    ...factsOf(entry, letter).map(([label, value]) => `   ${label}: ${value}`),
    ...waysText(entry, said),
  ]);
  const text = [said.opening, '', said.nothingToDo, '', ...blocks.flatMap((block) => [...block, '']), ...said.ending.flatMap((each) => [each, ''])];
  return { subject: counted(words, words.subject, entries.length + more), text: text.join('\n'), html: htmlOf(letter, said) };
}

interface Sentences {
  readonly words: DigestWords;
  readonly opening: string;
  readonly nothingToDo: string;
  readonly notOffered: string;
  /** Behind the messages. */
  readonly ending: readonly string[];
}

function sentences({ words, domain, recipient, postmaster, entries, more, expiresAt, timeZone }: DigestLetter): Sentences {
  const values = { domain, recipient, postmaster, date: dateText(words, expiresAt, timeZone), example: exampleOf(entries) };
  const offered = entries.some(({ release }) => release !== null);
  const answer = entries.length === 1 ? words.answerOne : words.answerMany;
  return {
    words,
    opening: filled(words.opening, values),
    nothingToDo: words.nothingToDo,
    notOffered: filled(words.notOffered, values),
    ending: [
      ...(more === 0 ? [] : [counted(words, words.more, more)]),
      ...(offered ? [filled(answer, values), filled(words.validUntil, values), words.caution] : []),
      filled(words.closing, values),
    ],
  };
}

/** Numbers of messages that may be released, as an answer would have them. */
const exampleOf = (entries: readonly DigestEntry[]): string =>
  entries
    .flatMap(({ release }, at) => (release === null ? [] : [at + 1]))
    .slice(0, 2)
    .join(', ');

function factsOf(entry: DigestEntry, { words, timeZone }: DigestLetter): readonly (readonly [label: string, value: string])[] {
  const { labels, reasons } = words;
  return [
    [labels.from, entry.from],
    [labels.subject, entry.subject === '' ? words.noSubject : entry.subject],
    [labels.arrived, dateText(words, entry.arrivedAt, timeZone)],
    [labels.reason, reasons[entry.reason]],
    [labels.until, dateText(words, entry.keptUntil, timeZone)],
  ];
}

function waysText({ release }: DigestEntry, { words, notOffered }: Sentences): readonly string[] {
  if (release === null) return [`   ${notOffered}`];
  const link = release.link === null ? [] : [`   ${words.releaseByLink}`, `   ${release.link}`];
  return [...link, `   ${words.releaseByMail}`, `   ${release.address}`];
}

function htmlOf(letter: DigestLetter, said: Sentences): string {
  const { words, entries } = letter;
  const items = entries.map((entry) => {
    const facts = factsOf(entry, letter).map(([label, value]) => `<b>${escapeHtml(label)}:</b> <bdi>${escapeHtml(value)}</bdi><br>`);
    return `<li>${facts.join('\n')}\n${waysHtml(entry, said)}</li>`;
  });
  const paragraphs = (texts: readonly string[]): string => texts.map((each) => `<p>${escapeHtml(each)}</p>`).join('\n');
  return [
    '<!doctype html>',
    `<html lang="${words.locale}"><head><meta charset="utf-8"><title>${escapeHtml(words.sender)}</title></head><body>`,
    paragraphs([said.opening, said.nothingToDo]),
    `<ol>\n${items.join('\n')}\n</ol>`,
    paragraphs(said.ending),
    '</body></html>',
    '',
  ].join('\n');
}

function waysHtml({ release }: DigestEntry, { words, notOffered }: Sentences): string {
  if (release === null) return `<i>${escapeHtml(notOffered)}</i>`;
  const { link, address } = release;
  const byLink = link === null ? '' : `${escapeHtml(words.releaseByLink)} <a href="${escapeHtml(link)}">${escapeHtml(link)}</a><br>\n`;
  return `${byLink}${escapeHtml(words.releaseByMail)} <a href="mailto:${escapeHtml(address)}">${escapeHtml(address)}</a>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in HTML, between tags and in quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');
