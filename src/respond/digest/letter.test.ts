import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestLanguages } from '../../model/release.ts';
import { digestWords } from './languages/catalogue.ts';
import { digestForms, type DigestEntry, type DigestLetter } from './letter.ts';
import { counted, filled, reasonKind, type DigestWords } from './words.ts';

const entry: DigestEntry = {
  from: 'Ann <ann@a.example>',
  subject: 'Lunch?',
  arrivedAt: Date.UTC(2026, 10, 20, 9, 5),
  keptUntil: Date.UTC(2026, 11, 20, 9, 5),
  reason: 'rule',
  release: { link: 'https://mx.hub.example/release/tok', address: 'release+tok@mx.hub.example' },
};
const letterIn = (words: DigestWords, changes: Partial<DigestLetter> = {}): DigestLetter => ({
  words,
  domain: 'hub.example',
  recipient: 'otto@hub.example',
  postmaster: 'postmaster@hub.example',
  entries: [entry],
  more: 0,
  expiresAt: Date.UTC(2026, 11, 4, 7),
  timeZone: 'UTC',
  ...changes,
});
const { en } = digestWords;

test('a letter tells of each message who, what, when, why and until when, and both ways to have it', () => {
  const { subject, text } = digestForms(letterIn(en));
  assert.equal(subject, '1 message to you is being held');
  assert.equal(
    text.split('\n').slice(4, 14).join('\n'),
    `[1]
   From: Ann <ann@a.example>
   Subject: Lunch?
   Received: 20 Nov 2026, 09:05
   Reason: it matches a filter rule of your mail service
   Kept until: 20 Dec 2026, 09:05
   Release this message:
   https://mx.hub.example/release/tok
   Release it by e-mail, any message to this address will do:
   release+tok@mx.hub.example`,
  );
  assert.match(text, /simply reply to this letter/);
});

test('a virus is listed, not offered, and the line says so', () => {
  const { text, html } = digestForms(letterIn(en, { entries: [{ ...entry, reason: 'virus', release: null }] }));
  assert.match(text, /Reason: it contains a virus\n[^]*cannot be released/);
  assert.doesNotMatch(text + html, /release\/|release\+|reply to this letter/, 'and nothing is promised about replies');
});

test('several messages are released by their numbers, and the example names those that can be', () => {
  const { text, subject } = digestForms(letterIn(en, { entries: [{ ...entry, release: null }, entry, entry], more: 40 }));
  assert.match(text, /for example: 2, 3$/m);
  assert.match(text, /^40 more messages are being held\./m);
  assert.equal(subject, '43 messages to you are being held');
});

test('without a web address the letter offers mail alone', () => {
  const { text, html } = digestForms(letterIn(en, { entries: [{ ...entry, release: { link: null, address: 'release+tok@mx.hub.example' } }] }));
  assert.doesNotMatch(text + html, /https?:/);
  assert.match(html, /mailto:release\+tok@mx\.hub\.example/);
});

test('what strangers wrote is text in HTML, and nothing is fetched from anywhere', () => {
  const { html } = digestForms(letterIn(en, { entries: [{ ...entry, subject: '<img src=x onerror="a&b">', from: `'"><script>` }] }));
  assert.doesNotMatch(html, /<(?:img|script|link|style|iframe|form|svg)\b/i);
  assert.match(html, /&lt;img src=x onerror=&quot;a&amp;b&quot;&gt;/);
  assert.doesNotMatch(html, /<[^>]*(?:\ssrc=|\bbackground=|\bstyle=|\son\w+=)/i);
  assert.deepEqual(
    [...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to),
    ['https://mx.hub.example/release/tok', 'mailto:release+tok@mx.hub.example'],
  );
});

for (const language of digestLanguages) {
  const words = digestWords[language];
  test(`${language}: every sentence is there, in its own words, with what belongs into it`, () => {
    for (const [name, text] of leaves(words)) {
      assert.ok(text.trim().length > 1, name);
      if (language !== 'en' && text.length > 25 && name !== 'sender') assert.notEqual(text, leaves(en).get(name), `${name} is not translated`);
      const english = leaves(en).get(name) ?? leaves(en).get(name.replace(/\.(?:few|many)$/, '.other')) ?? '';
      assert.deepEqual(valuesIn(text), valuesIn(english), name);
    }
  });
  test(`${language}: a letter can be made for any number of messages`, () => {
    for (const more of [0, 1, 2, 4, 5, 12, 22, 1000]) {
      const { subject, text, html } = digestForms(letterIn(words, { more, entries: [entry, { ...entry, subject: '', release: null }] }));
      assert.match(subject, /\d/);
      assert.doesNotMatch(subject + text + html, /undefined|[{}]/);
    }
  });
}

test('Polish has a form for each kind of number', () => {
  const forms = digestWords.pl.more;
  assert.deepEqual(
    [1, 2, 5].map((count) => counted(digestWords.pl, forms, count).split('.')[0]),
    ['Zatrzymano jeszcze jedną wiadomość', 'Zatrzymano jeszcze 2 wiadomości', 'Zatrzymano jeszcze 5 wiadomości'],
  );
});

test('a value that is missing is a mistake of ours, not a hole in a letter', () => assert.throws(() => filled('{nobody}', {}), /nobody/));

test('the reason is told in kinds: which rule it was is not for whoever wrote to him', () => {
  const kind = (check: string, incident: string | null = null, virus = false) => reasonKind({ check, incident, virus });
  assert.equal(kind('virus-found'), 'virus');
  assert.equal(kind('standing-measure', 'i-1', true), 'virus', 'whatever it is held for');
  assert.equal(kind('listed'), 'list');
  assert.equal(kind('forged-bounce'), 'bounce');
  assert.equal(kind('standing-measure', 'i-1'), 'flood');
  assert.equal(kind('standing-measure'), 'rule');
  assert.equal(kind('no-invoices'), 'rule');
});

/** What is put into a text. */
const valuesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\{\w+\}/g));

/** Every text by its name, like `page.title`. */
function leaves(words: object, above = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' ? [[above + name, value] as const] : [...leaves(value as object, `${above}${name}.`)],
    ),
  );
}
