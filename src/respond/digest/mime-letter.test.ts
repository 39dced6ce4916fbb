import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords } from '../../wire/message/encoded-word.ts';
import { readMime } from '../../wire/message/mime-tree.ts';
import { firstText, firstTextLimits } from '../../wire/message/first-text.ts';
import { messageText } from '../../wire/message/message-text.ts';
import { headerText, mimeLetter, quotedPrintable } from './mime-letter.ts';

const letter = {
  from: { name: 'Passerelle de messagerie', address: 'floodgate@mx.hub.example' },
  to: 'ann@hub.example',
  replyTo: 'release+x@mx.hub.example',
  subject: '2 messages « retenus » '.repeat(8).trim(),
  at: Date.UTC(2026, 10, 21, 7),
  messageId: '1M7YNPXHV1000-4.digest@mx.hub.example',
  text: `Été = 20 °C \n.dot\nFrom me\n${'ł'.repeat(200)}\n`,
  html: '<p>Été</p>',
};

test('any language travels in ASCII, in short lines, and comes back as it was', () => {
  const raw = mimeLetter(letter);
  assert.match(raw, /^[\x20-\x7e\r\n]*$/);
  assert.doesNotMatch(raw, /[^\r]\n|\r[^\n]/);
  for (const line of raw.split('\r\n')) assert.ok(line.length <= 78, line);
  const { root } = readMime(messageText(Buffer.from(raw), 100_000), firstTextLimits);
  assert.equal(firstText(root).replace(/\n$/, ''), letter.text.replace(/\n$/, ''));
  assert.equal(root.contentType.type, 'multipart/alternative');
  assert.deepEqual(
    root.children.map(({ contentType }) => contentType.type),
    ['text/plain', 'text/html'],
  );
  const subject = root.fields.find(({ name }) => name === 'subject')?.value ?? '';
  assert.equal(decodeWords(subject), letter.subject);
});

test('no program answers it, and it belongs to no list', () => {
  const raw = mimeLetter(letter);
  assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
  assert.doesNotMatch(raw, /^(?:List-|Precedence)/im);
});

test('header text: what has signs of the syntax in it is encoded', () => {
  assert.equal(headerText('3 messages to you are being held'), '3 messages to you are being held');
  for (const text of ['a"b', 'x <y@z>', 'Grüße', 'a\r\nBcc: x', '=?utf-8?Q?x?=']) {
    assert.match(headerText(text), /^(?:=\?utf-8\?B\?[A-Za-z0-9+/=]+\?=(?:\r\n )?)+$/, text);
    assert.equal(Buffer.from(/B\?(.*)\?=/.exec(headerText(text))?.[1] ?? '', 'base64').toString(), text);
  }
});

test('quoted-printable: no blank at the end of a line, no bare equals sign', () => {
  assert.equal(quotedPrintable('a = b \nc'), 'a =3D b=20\r\nc');
  for (const line of quotedPrintable('=é '.repeat(300)).split('\r\n')) assert.ok(line.length <= 76 && !line.endsWith(' '));
});

test('an address with a line end in it makes no header line', () => {
  assert.doesNotMatch(mimeLetter({ ...letter, to: 'a\r\nBcc: x@y' }), /^Bcc/m);
});
