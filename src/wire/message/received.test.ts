import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderScan } from './header-scan.ts';
import { dateTime, receivedLine, type ReceivedTrace } from './received.ts';

const trace: ReceivedTrace = {
  helo: 'mail.example.org',
  esmtp: true,
  smtputf8: false,
  ip: '192.0.2.7',
  port: 4711,
  reverseName: 'host.example.org',
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  authenticated: false,
  by: 'mx.hub.example',
  id: '0abc-1',
  forRecipient: 'user@hub.example',
  at: Date.UTC(2026, 1, 3, 4, 5, 6),
};

test('the whole line', () => {
  assert.equal(
    receivedLine(trace),
    'Received: from mail.example.org (host.example.org [192.0.2.7]:4711)\r\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384)\r\n\tby mx.hub.example with ESMTPS id 0abc-1\r\n\tfor <user@hub.example>;\r\n\tTue, 03 Feb 2026 04:05:06 +0000\r\n',
  );
});

test('the least: HELO, no name, no TLS, several recipients', () => {
  assert.equal(
    receivedLine({ ...trace, esmtp: false, tls: null, reverseName: null, forRecipient: null, ip: '2001:db8::7' }),
    'Received: from mail.example.org (unknown [IPv6:2001:db8::7]:4711)\r\n\tby mx.hub.example with SMTP id 0abc-1;\r\n\tTue, 03 Feb 2026 04:05:06 +0000\r\n',
  );
});

test('authenticated, the user not named', () => {
  assert.match(receivedLine({ ...trace, authenticated: true }), /SHA384\)\r\n\t\(authenticated\)\r\n\tby mx\.hub\.example with ESMTPSA id/);
});

const keywords: readonly [options: Partial<ReceivedTrace>, keyword: string][] = [
  [{ tls: null }, 'ESMTP'],
  [{ tls: null, authenticated: true }, 'ESMTPA'],
  [{}, 'ESMTPS'],
  [{ authenticated: true }, 'ESMTPSA'],
  [{ tls: null, smtputf8: true }, 'UTF8SMTP'],
  [{ tls: null, smtputf8: true, authenticated: true }, 'UTF8SMTPA'],
  [{ smtputf8: true }, 'UTF8SMTPS'],
  [{ smtputf8: true, authenticated: true }, 'UTF8SMTPSA'],
  [{ esmtp: false, tls: null }, 'SMTP'],
];

for (const [options, keyword] of keywords)
  test(`with ${keyword} (RFC 3848, RFC 6531 4.3)`, () => assert.ok(receivedLine({ ...trace, ...options }).includes(` with ${keyword} id `)));

const hostile: readonly [helo: string, shown: string, why: string][] = [
  ['[192.0.2.99]', '[192.0.2.99]', 'a literal keeps its brackets'],
  ['x (trusted.example [10.0.0.1])', 'x??trusted.example??10.0.0.1??', 'no forged comment'],
  ['x by mx.hub.example with ESMTPSA', 'x?by?mx.hub.example?with?ESMTPSA', 'no forged clause'],
  ['x\r\nFrom: boss@hub.example', 'x??From:?boss?hub.example', 'no forged field'],
  ['x;"(\\', 'x????', 'nothing that opens a quote or comment'],
  ['', 'unknown', 'nothing'],
  ['bücher.example', 'b?cher.example', 'beyond ASCII'],
];

for (const [helo, shown, why] of hostile)
  test(`HELO ${JSON.stringify(helo)}: ${why}`, () => assert.ok(receivedLine({ ...trace, helo }).startsWith(`Received: from ${shown} (host.example.org [`)));

test('a HELO of any length is cut to 255 characters: the line stays below 998', () => {
  assert.ok(receivedLine({ ...trace, helo: 'x'.repeat(5000) }).startsWith(`Received: from ${'x'.repeat(255)} (`));
});

const recipients: readonly [address: string, shown: string][] = [
  ['postmaster', 'postmaster'],
  ['a b@x.example', '"a b"@x.example'],
  ['a"\\>b@x.example', '"a\\"\\\\>b"@x.example'],
  ['a@b@x.example', '"a@b"@x.example'],
  ['.a@x.example', '".a"@x.example'],
  ['@x.example', '""@x.example'],
  ['a@[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
];

for (const [address, shown] of recipients)
  test(`for <${shown}>: quoted where it must be`, () => assert.ok(receivedLine({ ...trace, forRecipient: address }).includes(`\r\n\tfor <${shown}>;`)));

test('a recipient beyond ASCII is shown where the message is SMTPUTF8', () => {
  assert.ok(receivedLine({ ...trace, smtputf8: true, forRecipient: 'ü@x.example' }).includes('for <ü@x.example>'));
  assert.ok(receivedLine({ ...trace, forRecipient: 'ü@x.example' }).includes('for <?@x.example>'));
});

test('whatever the client says, it is one header field of short ASCII lines', () => {
  const text = fc.string({ unit: 'binary', maxLength: 1200 });
  fc.assert(
    fc.property(text, text, text, (helo, reverseName, forRecipient) => {
      const line = receivedLine({ ...trace, helo, reverseName, forRecipient });
      assert.match(line, /^Received: [ -~]{1,980}(?:\r\n\t[ -~]{1,997})+\r\n$/);
      const scan = new HeaderScan({ maxBytes: 10_000, maxLines: 10 }, 'mx.hub.example');
      scan.push(Buffer.from(`${line}\r\n`));
      assert.deepEqual([scan.done, scan.summary().receivedLines, scan.summary().headerBytes], [true, 1, line.length]);
    }),
  );
});

test('RFC 5322 3.3, in UTC', () => {
  assert.equal(dateTime(0), 'Thu, 01 Jan 1970 00:00:00 +0000');
  assert.equal(dateTime(Date.UTC(2026, 11, 31, 23, 59, 59, 999)), 'Thu, 31 Dec 2026 23:59:59 +0000');
});
