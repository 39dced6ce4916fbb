import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultMessageLimits } from './limits.ts';
import { decodedText, type MimePart, readMime } from './mime-tree.ts';

const tree = (text: string, limits = {}) => readMime(text, { ...defaultMessageLimits, ...limits });
/** `multipart/mixed(text/plain text/html)` */
const shape = ({ contentType, children }: MimePart): string => contentType.type + (children.length > 0 ? `(${children.map(shape).join(' ')})` : '');
const bodies = (part: MimePart): string[] => (part.children.length > 0 ? part.children.flatMap(bodies) : [decodedText(part, 1000)]);

const mixed = (body: string, boundary = 'b'): string => `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${body}`;

const cases: readonly [text: string, shape: string, bodies: string[], why: string][] = [
  ['A: 1\n\nhi', 'text/plain', ['hi'], 'no type is plain text'],
  [mixed('pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\npost'), 'multipart/mixed(text/plain text/html)', ['one', 'two'], 'two parts'],
  [mixed('--b\n\none\n--b\n\ntwo'), 'multipart/mixed(text/plain text/plain)', ['one', 'two'], 'the closing line is missing'],
  [mixed('--b  \n\none\n--b-- '), 'multipart/mixed(text/plain)', ['one'], 'blanks behind a delimiter'],
  [mixed('--bb\n\nno\n--b\n\none\n--b--'), 'multipart/mixed(text/plain)', ['one'], 'a longer boundary is another'],
  [mixed('--x\nXy: 1\n\none\n--x--', ''), 'multipart/mixed(text/plain)', ['one'], 'no boundary: it is guessed'],
  [mixed('--x\nXy: 1\n\none\n--x--', 'wrong'), 'multipart/mixed(text/plain)', ['one'], 'a boundary that does not occur: it is guessed'],
  [mixed('nothing here'), 'multipart/mixed', ['nothing here'], 'no parts at all'],
  [mixed('--b\nContent-Type: message/rfc822\n\nSubject: in\n\ninner\n--b--'), 'multipart/mixed(message/rfc822(text/plain))', ['inner'], 'a message inside'],
  [
    mixed(`--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ndeep\n--b\n\nnext\n--b--`),
    'multipart/mixed(multipart/mixed(text/plain) text/plain)',
    ['deep', 'next'],
    'the outer delimiter ends an inner multipart that was not closed',
  ],
  ['Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b--', 'multipart/digest(message/rfc822(text/plain))', ['one'], 'RFC 2046 5.1.5'],
  [
    `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from('Subject: x\r\n\r\nhidden').toString('base64')}`,
    'message/rfc822(text/plain)',
    ['hidden'],
    'a message that was encoded against the rule',
  ],
  [
    'Subject: x\n\nThis is a MIME-encapsulated message\n\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--',
    'multipart/mixed(text/plain text/html)',
    ['one', 'two'],
    'a gateway has lost the Content-Type of the message: the body still says it',
  ],
  [
    'Subject: x\n\nlook what I got:\n\n--b\nContent-Type: text/html\n\ntwo\n--b--',
    'text/plain',
    ['look what I got:\n\n--b\nContent-Type: text/html\n\ntwo\n--b--'],
    'a person quotes the source of a message',
  ],
  ['Subject: x\n\n--b\n\nsigned, me', 'text/plain', ['--b\n\nsigned, me'], 'a line of dashes is no delimiter where no part has a field'],
];
for (const [text, expected, texts, why] of cases)
  test(why, () => {
    const { root } = tree(text);
    assert.equal(shape(root), expected);
    assert.deepEqual(bodies(root), texts);
  });

const count = (part: MimePart): number => 1 + part.children.reduce((sum, child) => sum + count(child), 0);
const depth = (part: MimePart): number => 1 + Math.max(0, ...part.children.map(depth));

test('no more parts than the limit, and it is said', () => {
  const { root, truncated } = tree(mixed('--b\n\nx\n'.repeat(5000)), { parts: 50 });
  assert.ok(count(root) <= 50, String(count(root)));
  assert.ok(truncated);
});

test('no deeper than the limit, and it is said', () => {
  const { root, truncated } = tree('Content-Type: message/rfc822\n\n'.repeat(1000), { depth: 7 });
  assert.ok(depth(root) <= 8, String(depth(root)));
  assert.ok(truncated);
});

test('an ordinary message passes no limit', () => assert.equal(tree(mixed('--b\n\none\n--b--')).truncated, false));
