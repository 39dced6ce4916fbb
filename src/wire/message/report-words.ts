// Whom a report in plain words is about, and what it quotes from servers. The wordings are many; the shapes are few: an address that begins a
// line, one behind a label, one in front of "..." as Sendmail writes.
import { addressesIn, type FoundAddress, tidyAddress } from './address-text.ts';
import { linesOf } from './message-text.ts';
import { hasCode } from './status-codes.ts';
import { recipientLabels, senderLabels, unspacedRecipientLabels, unspacedSenderLabels } from './rules/address-labels.ts';

/** Lines of a report looked at, and characters of one. */
const mostLines = 1500;
const longestLine = 600;
/** People a report names at most. */
const mostRecipients = 100;

/** What stands in front of an address that failed: the end of a label or sentence. */
const failedLabel = new RegExp(
  String.raw`(?:\b(?:recipient(?:s|\(s\)| address| e?mail address)?|rcpt(?: to)?|original address|failed(?: recipient)?s?|unknown user|user unknown|no such user|userid|undeliverable +to|undelivered to|deliver(?:y|ed|ing)?(?: (?:the|your|a|this))?(?: (?:e-?mail|message|mail))?(?: for| from you)? to|message to|mail to|e-?mail to|addressed to|address(?:ed)?|error-for|for domain|mailbox|mailbox of|account|local user|allowed size|gateway for|attempts|intended for)|(?<![\p{L}])(?:${recipientLabels})\p{L}{0,8}|${unspacedRecipientLabels})\s{0,3}(?:are|is|was)?\s{0,3}[:=：]?[\s<("'[*（]{0,12}$`,
  'iu',
);
/** What stands in front of an address that did not fail: the sender's, or whom to ask. */
const otherLabel = new RegExp(
  String.raw`(?:\bfrom\b|\bmail from\b|\bcontact\b|\breply\b|\bsend (?:mail|e-?mail|a message|an e-?mail)\b|sender|originator|message-?id|return-path|\bby\b|\bcc|subject|reply-to|x-[a-z-]+|helo|\bask\b|assistance|postmaster at|support|\bid\b)[^@]{0,60}$|(?:(?<![\p{L}])(?:${senderLabels})\p{L}{0,8}|${unspacedSenderLabels})[^@\p{L}]{0,12}$`,
  'iu',
);
/** The line above ends so: what follows is whom to ask, or who has sent. A sentence that has ended does not go on. */
const asksToWrite =
  /(?:(?:sent by|from|sender)[:\s]{0,5}|\b(?:contact|write to|kontakt\p{L}{0,4}|contact\p{L}{0,4}|contatt\p{L}{0,4}|wenden sie sich(?: bitte)? an|schreiben sie(?: bitte)? an|escriba a|escreva para|scriva a|écrivez à|skriv till|skriv til)(?: [\p{L}']{1,20}){0,3}:?)$/iu;
/** An answer of the server that took the recipient, in a transcript. */
const accepted = /^[\s<>]{0,12}(?:<<<\s?)?2\d\d[ -]/;
/** Mailboxes of the people who run servers: they are asked, they do not fail. */
const servant = /^(?:postmaster|mailer-daemon|abuse|help-?desk|support|hostmaster|webmaster|noc|nobody|no-?reply|customer-?service)@/i;

export interface NamedInWords {
  /** Addresses in a shape that says they failed. */
  readonly named: readonly string[];
  /** Addresses that merely occur. */
  readonly mentioned: readonly string[];
}

/** What a heading says of the addresses below it (Sendmail): a report may tell of successes and delays beside the failure. */
type Section = 'failed' | 'late' | 'delivered';
function sectionOf(line: string, hasFatal: boolean): Section | null {
  if (/\bsuccessful(?:ly)? (?:deliver|relay)/i.test(line)) return 'delivered';
  // In a notice of delay alone, who is late is whom it is about.
  if (hasFatal && /\btransient non-fatal errors\b/i.test(line)) return 'late';
  return /^\s{0,10}-{3}/.test(line) ? 'failed' : null;
}

/** Addresses found so far, by what their shape and section say. */
class Found {
  readonly #lists = { named: new Map<string, string>(), late: new Map<string, string>(), mentioned: new Map<string, string>() };

  add(list: 'named' | 'late' | 'mentioned', address: string): void {
    const key = address.toLowerCase();
    const addresses = this.#lists[list];
    if (addresses.size < mostRecipients && !addresses.has(key)) addresses.set(key, tidyAddress(address));
  }

  /** Who is late has not failed, where somebody has. */
  result(): NamedInWords {
    const { named, late, mentioned } = this.#lists;
    return { named: [...(named.size > 0 ? named : late).values()], mentioned: [...mentioned.values()] };
  }
}

/** The addresses a report names. `others` are those that cannot have failed: the report's own recipient and sender, in lower case. */
export function recipientsIn(words: string, others: ReadonlySet<string>): NamedInWords {
  const found = new Found();
  const hasFatal = /\bhad permanent fatal/i.test(words);
  let section: Section = 'failed';
  let before = '';
  let count = 0;
  for (const whole of linesOf(words)) {
    if (++count > mostLines) break;
    const line = whole.slice(0, longestLine);
    section = sectionOf(line, hasFatal) ?? section;
    if (line.includes('@') && !accepted.test(line) && section !== 'delivered') {
      for (const one of addressesIn(line, 20)) {
        const key = one.address.toLowerCase();
        if (one.address.includes('//') || others.has(key) || servant.test(key)) continue;
        const shape = shapeOf(line, one, before);
        if (shape !== 'other') found.add(shape === 'named' && section === 'late' ? 'late' : shape, one.address);
      }
    }
    if (line.trim() !== '') before = line;
  }
  return found.result();
}

function shapeOf(line: string, { start, end }: FoundAddress, lineBefore: string): 'named' | 'mentioned' | 'other' {
  const lead = line.slice(0, start);
  const tail = line.slice(end);
  const label = lead.trimEnd();
  if (/expanded from:?[\s<]{0,5}$/.test(lead)) return 'named'; // the alias that the sender wrote to (Sendmail)
  if (/generated (?:from|by)[\s<]{0,5}$/.test(lead)) return 'other';
  // Sendmail: `550 <user@domain>... User unknown`
  if (/^[>"']{0,3}\.\.\./.test(tail)) return 'named';
  if (asksToWrite.test(lineBefore.trimEnd()) && /^[\s<("'*-]{0,20}$/.test(lead)) return 'other';
  if (/^[\s<>("'*\-\u2022\u30fb|=&[]{0,40}$/.test(lead)) return sentenceGoesOn(tail) ? 'mentioned' : 'named';
  if (failedLabel.test(label === lead ? lead : `${label} `) && !/\bmail from\b/i.test(lead.slice(-40))) return 'named';
  return otherLabel.test(lead) ? 'other' : 'mentioned';
}

/** Behind an address that begins a line: the rest of a sentence about somebody, not about a failure. */
const sentenceGoesOn = (tail: string): boolean => /^[>"')\]]{0,3},? (?:if|for|and|or|to|with|who|wrote|writes|asking|directly|should)\b/i.test(tail);

/** What servers said: the lines with a reply or a status code, and those that go on with them. Empty where there are none. */
export function serverWords(words: string): string {
  const kept: string[] = [];
  let follow = 0;
  for (const line of linesOf(words)) {
    if (kept.length > 60) break;
    if (hasCode(line.slice(0, longestLine))) follow = 3;
    if (follow > 0 && line.trim() !== '') kept.push(line.slice(0, longestLine));
    follow = line.trim() === '' ? 0 : follow - 1;
  }
  return kept.join('\n');
}
