import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transcript } from './transcript.ts';

test('the last eight lines are kept, each shortened: a stranger decides how many and how long they are', () => {
  const transcript = new Transcript();
  for (let i = 0; i < 20; i++) transcript.add(`NOOP ${i} ${'x'.repeat(2000)}`, false);
  assert.equal(transcript.lines.length, 8);
  assert.match(transcript.lines[0] ?? '', /^NOOP 12 x/);
  assert.ok(transcript.lines.every(({ length }) => length <= 200));
});

test('no password: neither in the command, however it is written, nor in what follows it', () => {
  const transcript = new Transcript();
  for (const line of ['AUTH PLAIN c2VjcmV0', 'auth plain c2VjcmV0', ' AuTh PLAIN c2VjcmV0']) transcript.add(line, false);
  transcript.add('c2VjcmV0', true);
  assert.doesNotMatch(transcript.lines.join(), /c2VjcmV0/);
  assert.equal(transcript.lines.length, 4);
});

test('no token that releases held mail, not even the part of it that would be kept', () => {
  const token = 'abcdefghijklmnopqrstuvwxyz234567abcdefghijkl';
  const transcript = new Transcript();
  transcript.add(`RCPT TO:<release+${token}@mx.example.org> ORCPT=rfc822;release+2B${token.toUpperCase()}@mx.example.org`, false);
  transcript.add(`RCPT TO:<${'a'.repeat(160)}+${token}@mx.example.org>`, false);
  transcript.add('RCPT TO:<anna+news@example.org>', false);
  assert.deepEqual(transcript.lines, [
    'RCPT TO:<release@mx.example.org> ORCPT=rfc822;release@mx.example.org',
    `RCPT TO:<${'a'.repeat(160)}@mx.example.org>`,
    'RCPT TO:<anna+news@example.org>',
  ]);
});
