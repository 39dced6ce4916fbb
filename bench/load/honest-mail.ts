// Honest mail for load: no two messages alike, from many people of many firms to many users. One message sent six thousand times to fifty users is a
// bomb to any detector, and what is measured then is the server under alarm.
import { randomInt } from 'node:crypto';

/** A message and its envelope. */
export interface HonestMessage {
  readonly from: string;
  readonly to: string;
  /** Ready to follow DATA: ends with the final dot. */
  readonly data: Buffer;
}

const firms = 400;
const peopleOfFirm = 25;
const users = 5000;
/** Characters of a body that are its own; a longer one ends like all others of its length. */
const ownCharacters = 4096;
const lineWords = 11;

const syllables = ['ba', 'cor', 'den', 'fil', 'gan', 'hol', 'ist', 'kem', 'lor', 'mon', 'nar', 'pel', 'rit', 'sal', 'tor', 'ven'] as const;
const small = ['the', 'of', 'and', 'to', 'in', 'we', 'you', 'for', 'with', 'this', 'your', 'have'] as const;
/** Some three thousand words of one to three syllables, and small ones of English between them. */
const words = Array.from({ length: 3072 }, (_, n) =>
  n % 3 === 0 ? (small[(n / 3) % small.length] ?? '') : `${syllables[n & 15]}${syllables[(n >> 4) & 15]}${n % 2 === 0 ? syllables[(n >> 8) & 15] : ''}`,
);

/** A small generator of numbers: the text need not be unpredictable, only never the same twice (Marsaglia's xorshift). */
function numbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function textOf(length: number, next: () => number): string {
  let text = '';
  for (let word = 1; text.length < length; word++) text += `${words[next() % words.length]}${word % lineWords === 0 ? '\r\n' : ' '}`;
  return text;
}

/** Makes messages of about `bytes` octets, another one with each call. */
export function honestMail(bytes: number): () => HonestMessage {
  const next = numbers(randomInt(1, 2 ** 31));
  const run = next().toString(36);
  const tail = bytes > ownCharacters * 2 ? `${textOf(bytes - ownCharacters, numbers(7))}\r\n` : '';
  let made = 0;
  return () => {
    made++;
    const firm = next() % firms;
    const from = `person${next() % peopleOfFirm}@firm${firm}.example`;
    const to = `user${next() % users}@bench.example`;
    const header =
      `Received: from desk${next() % 100}.firm${firm}.example ([10.1.2.3]) by mail.firm${firm}.example with ESMTPSA; Sat, 1 Jan 2028 00:00:00 +0000\r\n` +
      `From: Person <${from}>\r\nTo: <${to}>\r\nSubject: ${textOf(30, next).trimEnd().replaceAll('\r\n', ' ')}\r\nMessage-ID: <${run}.${made}@firm${firm}.example>\r\n` +
      'Date: Sat, 1 Jan 2028 00:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
    const own = textOf(Math.max(100, (tail === '' ? bytes : ownCharacters) - header.length), next);
    return { from, to, data: Buffer.from(`${header}${own}\r\n${tail}.\r\n`, 'latin1') };
  };
}
