import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthPeer } from '../../model/auth.ts';
import { authLine, cancelLine, continueLine, DovecotReader, greetingLines, type DovecotMessage } from './messages.ts';

/** As Dovecot 2.3 says it. */
const transcript = [
  'VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tSCRAM-SHA-256\tmutual-auth\nSPID\t11129\nCUID\t1\nCOOKIE\t745c87fd69a43c4138d2fee0305ea544\nDONE\n',
  'OK\t1\tuser=anna@example.org\n',
  'CONT\t3\tcj1h\n',
  'FAIL\t2\tuser=bert\ttemp\treason=try\u0001tlater\n',
].join('');

const simple = (message: DovecotMessage): unknown => ('fields' in message ? { ...message, fields: Object.fromEntries(message.fields) } : message);
const read = (text: string, size = text.length): unknown[] => {
  const reader = new DovecotReader();
  const bytes = Buffer.from(text);
  const messages: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) messages.push(...reader.push(bytes.subarray(at, at + size)).map(simple));
  return messages;
};

const expected = [
  { kind: 'version', major: 1 },
  { kind: 'mechanism', name: 'PLAIN', flags: ['plaintext'] },
  { kind: 'mechanism', name: 'SCRAM-SHA-256', flags: ['mutual-auth'] },
  { kind: 'other' },
  { kind: 'other' },
  { kind: 'other' },
  { kind: 'done' },
  { kind: 'ok', id: 1, fields: { user: 'anna@example.org' } },
  { kind: 'challenge', id: 3, text: Buffer.from('r=a') },
  { kind: 'fail', id: 2, fields: { user: 'bert', temp: '', reason: 'try\tlater' } },
];

for (const size of [1, 2, 7, transcript.length])
  test(`a dialogue of Dovecot's, ${size} bytes at a time`, () => assert.deepEqual(read(transcript, size), expected));

const broken: readonly [text: string, why: string][] = [
  ['OK\t\tuser=anna\n', 'an answer without a number'],
  ['OK\t1x\tuser=anna\n', 'a number that is none'],
  ['OK\n', 'an answer to nothing'],
  ['x'.repeat(70_000), 'a line without end is not kept for ever'],
];
for (const [text, why] of broken)
  test(`broken: ${why}`, () =>
    assert.deepEqual(
      read(text).map((message) => (message as DovecotMessage).kind),
      ['broken'],
    ));

test('a name in UTF-8 comes out as it is', () => assert.deepEqual(read('OK\t1\tuser=jörg\n'), [{ kind: 'ok', id: 1, fields: { user: 'jörg' } }]));

const peer: AuthPeer = { ip: '2001:db8::7', port: 40_000, localIp: '192.0.2.1', localPort: 587, secured: true, binding: null, certificate: null };

test('a request tells who asks, from where, and that TLS is on; the response is last', () => {
  assert.equal(greetingLines(77), 'VERSION\t1\t2\nCPID\t77\n');
  assert.equal(
    authLine(5, 'PLAIN', peer, Buffer.from('\0u\0p')),
    'AUTH\t5\tPLAIN\tservice=smtp\tnologin\tlip=192.0.2.1\trip=2001:db8::7\tlport=587\trport=40000\tsecured\tresp=AHUAcA==\n',
  );
  assert.equal(
    authLine(5, 'PLAIN', { ...peer, secured: false }, Buffer.alloc(0)),
    'AUTH\t5\tPLAIN\tservice=smtp\tnologin\tlip=192.0.2.1\trip=2001:db8::7\tlport=587\trport=40000\tresp=\n',
  );
  assert.equal(continueLine(5, Buffer.from('x')), 'CONT\t5\teA==\n');
  assert.equal(cancelLine(5), 'CANCEL\t5\n');
});

test('no value can be a field or a line of its own', () => {
  const hostile = authLine(5, 'PLAIN', { ...peer, ip: '192.0.2.7\tsecured', localIp: '1\nAUTH\t6', port: 1.5 }, Buffer.from('\t\n')) ?? '';
  assert.equal(hostile, 'AUTH\t5\tPLAIN\tservice=smtp\tnologin\tlport=587\tsecured\tresp=CQo=\n');
  assert.throws(() => authLine(5, 'PLAIN\nX', peer, Buffer.alloc(0)), /not a mechanism/);
});

test('a response longer than Dovecot reads is not sent: it would close the connection of all', () => {
  assert.equal(authLine(5, 'PLAIN', peer, Buffer.alloc(6000)), null);
  assert.equal(continueLine(5, Buffer.alloc(6000)), null);
  assert.ok((authLine(5, 'PLAIN', peer, Buffer.alloc(5700)) ?? '').length < 8192);
});
