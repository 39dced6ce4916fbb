// Every sort of report in every language, and the same words in the hand of a person.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MessageKind } from '../../model/understanding.ts';
import { understand } from './understand.ts';

const sorts = ['bounce', 'late', 'away-subject', 'away', 'moved', 'virus', 'spam', 'link', 'challenge', 'human'] as const;
type Sort = (typeof sorts)[number];

interface Language {
  readonly name: string;
  readonly wordings: ReadonlyMap<string, string>;
}

const languages: readonly Language[] = readFileSync(new URL('../../../fixtures/messages/wordings.txt', import.meta.url), 'utf8')
  .split(/^=== /m)
  .slice(1)
  .map((block) => {
    const [name = '', ...lines] = block.trim().split('\n');
    return { name, wordings: new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])) };
  });

const utf8 = 'Content-Type: text/plain; charset=utf-8\n\n';
const answer = `Return-Path: <>\nFrom: Ada <ada@firm.example>\nTo: author@writer.example\nSubject: Re: offer\n${utf8}`;
const notice = `Return-Path: <>\nFrom: Mail Filter <filter@firm.example>\nTo: author@writer.example\nSubject: offer\n${utf8}`;
const report = `Return-Path: <>\nFrom: <mailer-daemon@firm.example>\nTo: author@writer.example\nSubject: offer\n${utf8}`;

/** The letter in which a program says this, and what it is. */
const programs: Readonly<Record<Sort, readonly [kind: MessageKind, letter: (words: string) => string]>> = {
  bounce: ['bounce', (words) => `${report}${words}\n\n  gone@firm.example\n`],
  late: ['delayed', (words) => `${report}${words}\n\n  gone@firm.example\n`],
  'away-subject': ['autoreply', (words) => `${answer.replace('Re: offer', words).replace('Return-Path: <>\n', '')}offer\n`],
  away: ['autoreply', (words) => `${answer}${words}\n`],
  moved: ['autoreply', (words) => `${answer}${words}\n`],
  virus: ['virus-notice', (words) => `${notice}${words}\n`],
  spam: ['spam-notice', (words) => `${notice}${words}\n`],
  link: ['spam-notice', (words) => `${notice}${words}\n`],
  challenge: ['challenge', (words) => `${answer}${words} https://filter.example/c/1\n`],
  human: ['not-a-report', (words) => `From: Kim <kim@home.example>\nTo: help@home.example\nSubject: offer\n${utf8}${words}\n`],
};

for (const { name, wordings } of languages)
  for (const sort of sorts) {
    const words = wordings.get(sort);
    const [kind, letter] = programs[sort];
    if (words !== undefined)
      test(`${name}, ${sort}: ${words}`, () => {
        const { kind: found, evidence, failedRecipients } = understand(Buffer.from(letter(words)));
        assert.equal(found, kind, evidence.join('; '));
        if (sort === 'bounce' || sort === 'late') assert.deepEqual(failedRecipients, ['gone@firm.example']);
      });
  }

const quoted = (text: string): string => text.replace(/^/gm, '> ');
for (const { name, wordings } of languages)
  for (const sort of sorts) {
    const words = wordings.get(sort);
    const original = words === undefined ? '' : programs[sort][1](words);
    const isSubject = sort === 'away-subject';
    if (words !== undefined && sort !== 'human') {
      test(`${name}, ${sort}, quoted by a person: no report`, () => {
        const letter = `From: Kim <kim@home.example>\nTo: help@home.example\nSubject: a question\n${utf8}Hi,\n\n${quoted(original)}\n\nKim\n`;
        assert.equal(understand(Buffer.from(letter)).kind, 'not-a-report');
      });
      test(`${name}, ${sort}, sent on by a person: no report`, () => {
        const subject = isSubject ? `Fwd: ${words}` : 'Fwd: offer';
        const letter = `From: Kim <kim@home.example>\nTo: help@home.example\nSubject: ${subject}\n${utf8}Hi,\n\n----- Forwarded message -----\n${original}\n`;
        assert.equal(understand(Buffer.from(letter)).kind, 'not-a-report');
      });
    }
  }

test('there are twenty-five languages of every sort', () => {
  for (const sort of sorts) assert.ok(languages.filter(({ wordings }) => wordings.has(sort)).length >= 25, sort);
});
