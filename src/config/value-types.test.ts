import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cidr, domain, hostPort, hostPortText, hubAddress, hubAddressText, mailAddress, path } from './value-types.ts';

interface Reads {
  safeParse(raw: unknown): { success: boolean; data?: unknown };
}

/** Each raw text and what it is read as; null where it is refused. */
function table(name: string, type: Reads, rows: readonly (readonly [raw: string, value: unknown])[]): void {
  for (const [raw, value] of rows) {
    test(`${JSON.stringify(raw.slice(0, 60))} as a ${name}`, () => {
      const result = type.safeParse(raw);
      assert.deepEqual(result.success ? result.data : null, value);
    });
  }
}

table('network', cidr, [
  ['10.20.0.0/16', '10.20.0.0/16'],
  ['192.0.2.7', '192.0.2.7/32'],
  ['::1', '::1/128'],
  [' 2001:db8::/32 ', '2001:db8::/32'],
  ['10.20.0.0/33', null],
  ['10.20.0.0/', null],
  ['10.20.0.0/8/8', null],
  ['10.20/16', null],
  ['fe80::1%eth0/64', null],
  ['010.0.0.1', null], // octal to some programs
  ['example.org', null],
]);

table('domain', domain, [
  ['Example.ORG.', 'example.org'],
  ['müller.example', 'xn--mller-kva.example'],
  ['_dmarc.example.org', '_dmarc.example.org'],
  ['*.example.org', null],
  ['.example.org', null],
  ['@example.org', null],
  ['a b', null],
  ['', null],
  [`${'a'.repeat(64)}.org`, null],
  [`${'a.'.repeat(140)}org`, null],
]);

table('address', hostPort, [
  ['127.0.0.1:25', { host: '127.0.0.1', port: 25 }],
  ['[::1]:25', { host: '::1', port: 25 }],
  ['mail.example.org:587', { host: 'mail.example.org', port: 587 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['::1:25', null],
  ['[127.0.0.1]:25', null],
  ['127.0.0.1', null],
  ['127.0.0.1:65536', null],
  ['10.20.0.999:25', null],
  ['10.20:25', null],
  [':25', null],
  ['alice@host:25', null],
]);

table('next hop', hubAddress, [
  ['127.0.0.1:2626', { kind: 'smtp', host: '127.0.0.1', port: 2626 }],
  ['lmtp://[::1]:24', { kind: 'lmtp', host: '::1', port: 24 }],
  ['maildir:/var/mail', { kind: 'maildir', path: '/var/mail' }],
  ['maildir:', null],
  ['maildir:/a\nb', null],
  ['127.0.0.1:0', null],
  ['smtp://alice:hunter2@relay.example:587', null],
]);

table('mail address', mailAddress, [
  ['postmaster@Example.org', 'postmaster@example.org'],
  ['a@b@c', null],
  ['<a@b>', null],
  ['postmaster', null],
  ['a@*.example', null],
]);

table('path', path, [
  ['./a b/c.pem', './a b/c.pem'],
  ['-----BEGIN PRIVATE KEY-----\nx', null],
  ['a\u0000b', null],
  ['', null],
]);

for (const text of ['127.0.0.1:25', '[2001:db8::1]:25']) test(`${text} is written as it is read`, () => assert.equal(hostPortText(hostPort.parse(text)), text));
for (const text of ['127.0.0.1:25', 'lmtp://[::1]:24', 'maildir:/var/mail'])
  test(`${text} is written as it is read`, () => assert.equal(hubAddressText(hubAddress.parse(text)), text));
