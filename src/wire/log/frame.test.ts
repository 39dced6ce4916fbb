import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFrameReader } from './frame.ts';

const now = Date.UTC(2026, 10, 21, 12);
const read = (raw: string) => createFrameReader(() => now).read(raw);

const cases: readonly [raw: string, parts: { host?: string; program?: string; pid?: string; text: string }, why: string][] = [
  ['Oct 26 18:13:50 mx postfix/smtpd[1234]: connect from a', { host: 'mx', program: 'postfix/smtpd', pid: '1234', text: 'connect from a' }, 'BSD syslog'],
  ['Oct 26 18:13:50 mx dovecot: imap-login: Login', { host: 'mx', program: 'dovecot', text: 'imap-login: Login' }, 'a program without a process id'],
  ['Oct 26 18:13:50 cyrus/pop3[9]: badlogin', { program: 'cyrus/pop3', pid: '9', text: 'badlogin' }, 'no host'],
  ['Oct 26 18:13:50 mx last message repeated 3 times', { host: 'mx', text: 'last message repeated 3 times' }, 'no program'],
  ['Oct 26 18:13:50 mx smtp[7]: [ID 197553 mail.info] to=<a>', { host: 'mx', program: 'smtp', pid: '7', text: 'to=<a>' }, 'Solaris'],
  ['Oct 26 18:13:50 <mail.info> mx smtp[7]: to=<a>', { host: 'mx', program: 'smtp', pid: '7', text: 'to=<a>' }, 'FreeBSD, verbose'],
  ['2024-10-31T12:38:21.8+00:00 mx p[1]: x', { host: 'mx', program: 'p', pid: '1', text: 'x' }, 'rsyslog with ISO time'],
  ['Thu 2024-10-31 12:38:21 CET mx p[1]: x', { host: 'mx', program: 'p', pid: '1', text: 'x' }, 'journalctl -o short-full'],
  ['1157519909.633171 mx p[1]: x', { host: 'mx', program: 'p', pid: '1', text: 'x' }, 'journalctl -o short-unix'],
  ['<22>1 2024-10-31T12:38:21Z mx p 77 - - x y', { host: 'mx', program: 'p', pid: '77', text: 'x y' }, 'RFC 5424'],
  ['<22>1 - - p - ID1 [a@1 k="v \\] w"][b] \ufeffx', { program: 'p', text: 'x' }, 'RFC 5424 with structured data and a byte order mark'],
  ['<22>Oct 26 18:13:50 mx p[1]: x', { host: 'mx', program: 'p', pid: '1', text: 'x' }, 'BSD with its priority'],
  ['2024-10-31 12:38:21 1tAbCd-000001-AB <= a@b H=c', { text: '1tAbCd-000001-AB <= a@b H=c' }, 'Exim writes a file of its own'],
  ['2024-10-31 12:38:21 Warning: purging the environment', { text: 'Warning: purging the environment' }, 'in which a word with a colon is no program'],
  ['2024-10-31 12:38:21 mx postfix/qmgr[3]: x', { host: 'mx', program: 'postfix/qmgr', pid: '3', text: 'x' }, 'but a process id tells'],
  ['@400000004c91b044077a9e94 tcpserver: status: 1/40', { text: 'tcpserver: status: 1/40' }, 'multilog'],
  ['2024-10-31T12:38:21.123Z,192.0.2.7,mx', { text: ',192.0.2.7,mx' }, 'a table with commas'],
  ['[18/Jan/2014 06:41:25] Failed login', { text: 'Failed login' }, 'a stamp in brackets'],
  ['{"MESSAGE":"x","SYSLOG_IDENTIFIER":"p","_PID":"5","_HOSTNAME":"mx"}', { host: 'mx', program: 'p', pid: '5', text: 'x' }, 'journalctl -o json'],
  ['{"MESSAGE":[120,255],"SYSLOG_IDENTIFIER":"p"}', { program: 'p', text: 'x\ufffd' }, 'bytes in the journal'],
  ['{"log":"Oct 26 18:13:50 mx p[1]: x\\n","stream":"stdout"}', { host: 'mx', program: 'p', pid: '1', text: 'x' }, 'a container'],
  ['{"a":1}', { text: '{"a":1}' }, 'other JSON'],
  ['nothing at all', { text: 'nothing at all' }, 'no frame'],
];

for (const [raw, parts, why] of cases) {
  test(`${why}: ${raw}`, () => {
    const line = read(raw);
    assert.deepEqual({ host: line?.host, program: line?.program, pid: line?.pid, text: line?.text }, { host: '', program: '', pid: '', ...parts });
  });
}

test('a journal export is read record by record, the last one at the end', () => {
  const frame = createFrameReader(() => now);
  const lines = [
    '__CURSOR=s=1',
    '__REALTIME_TIMESTAMP=1700000000123456',
    'SYSLOG_IDENTIFIER=postfix/smtpd',
    '_PID=12',
    'MESSAGE=connect from a=b',
    '',
    '__CURSOR=s=2',
    'MESSAGE',
    '\x01\0\0\0\0\0\0\0x',
    'SYSLOG_IDENTIFIER=p',
  ];
  const found = lines.map((raw) => frame.read(raw));
  assert.deepEqual(
    found.map((each) => each?.text ?? null),
    [null, null, null, null, null, 'connect from a=b', null, null, null, null],
  );
  assert.deepEqual([found[5]?.at, found[5]?.program, found[5]?.pid], [1_700_000_000_123, 'postfix/smtpd', '12']);
  assert.deepEqual([frame.end()?.text, frame.end()], ['x', null]);
});

test('a journal record of ten thousand fields is not kept whole', () => {
  const frame = createFrameReader(() => now);
  frame.read('__CURSOR=1');
  for (let at = 0; at < 10_000; at++) frame.read(`F${at}=${'x'.repeat(100)}`);
  frame.read('MESSAGE=late');
  assert.equal(frame.end(), null, 'the message came after the limit');
});

test('no line breaks the reader, and none is lost: text is always the end of it', () => {
  const frame = createFrameReader(() => now);
  const pieces = fc.constantFrom(
    'Oct 26 18:13:50',
    '2024-10-31 12:38:21',
    '2024-10-31T12:38:21Z',
    ' ',
    'mx',
    'p[1]:',
    '[',
    ']',
    '<22>',
    '1 ',
    ':',
    '-',
    '@40000000',
    '\0',
    '\x1b',
    '{',
    '"',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (raw) => {
        if (raw === '') return;
        const line = frame.read(raw);
        assert.ok(line !== null && (raw.startsWith('{') || raw.endsWith(line.text)), raw);
      },
    ),
    { numRuns: 3000 },
  );
});
