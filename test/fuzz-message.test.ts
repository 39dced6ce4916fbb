import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpus, fuzzMessages } from '../fuzz/message.ts';
import { understand } from '../src/wire/message/understand.ts';
import { processorMs } from './harness/processor-time.ts';

test('a thousand hostile messages are understood: no exception, each within its time, line ends make no difference', () => {
  assert.ok(corpus.length > 50, String(corpus.length));
  const { inputs, failure } = fuzzMessages({ seed: 20_261_121, inputs: 1000 });
  assert.equal(failure, null);
  assert.equal(inputs, 1000);
});

const report = 'From: mailer-daemon@x.example\nSubject: Undelivered Mail\nContent-Type: multipart/report; boundary=b\n\n--b\n\n';
const fillers: Readonly<Record<string, string>> = {
  'at signs': '@',
  addresses: 'a@a ',
  'empty lines': '\n',
  blanks: ' ',
  'angle brackets': '<',
  delimiters: '--b\n',
  'nested multiparts': '--b\nContent-Type: multipart/mixed; boundary=b\n\n',
  recipients: 'Final-Recipient: rfc822; a@b.c\nAction: failed\n\n',
  'encoded words': '=?utf-8?q?a?= ',
  'trace fields': 'Received: x\n',
  codes: '550 5.1.1 <a@b.c>... no\n',
  markers: 'this is a copy of the message\n',
};
for (const [name, filler] of Object.entries(fillers)) {
  test(`two mebibytes of ${name} are understood in well under a second`, () => {
    const started = processorMs();
    understand(Buffer.from((report + filler.repeat(Math.ceil((2 * 1024 * 1024) / filler.length))).slice(0, 2 * 1024 * 1024)));
    assert.ok(processorMs() - started < 800, `${Math.round(processorMs() - started)} ms`);
  });
}

test('what passes the limit of octets is not looked at, and the answer says so', () => {
  const answer = understand(Buffer.from(`Subject: x\n\n${'y'.repeat(3 * 1024 * 1024)}`));
  assert.equal(answer.truncated, true);
});
