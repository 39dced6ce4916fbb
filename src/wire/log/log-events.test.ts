import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../model/log-event.ts';
import { LogEvents, type LogEventsOptions, logFormats } from './log-events.ts';

const now = Date.UTC(2026, 10, 21, 12);

function read(lines: readonly string[], format = 'auto') {
  const events: LogEvent[] = [];
  const unknown: string[] = [];
  const log = new LogEvents({ file: 'mail.log', format, now: () => now, onEvent: (event) => events.push(event), onUnknown: (text) => unknown.push(text) });
  for (const line of lines) log.take(line);
  log.end();
  return { events, unknown, log };
}

const at = 'Oct 26 18:13:50 mx';
const history = [
  `${at} postfix/smtpd[7]: connect from out.shop.example[192.0.2.7]`,
  `${at} postfix/smtpd[7]: 0F5383D: client=out.shop.example[192.0.2.7]`,
  `${at} postfix/cleanup[8]: 0F5383D: message-id=<1@shop.example>`,
  `${at} postfix/qmgr[9]: 0F5383D: from=<a@shop.example>, size=5, nrcpt=2 (queue active)`,
  `${at} postfix/smtpd[7]: disconnect from out.shop.example[192.0.2.7] ehlo=1 mail=1 rcpt=2 data=1 quit=1 commands=6`,
  `${at} postfix/virtual[10]: 0F5383D: to=<b@hub.example>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)`,
  `${at} postfix/smtp[11]: 0F5383D: to=<c@far.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to far.example[198.51.100.9]:25: Connection timed out)`,
];

test('a history of one message: one event a line, deliveries with all that the lines before said', () => {
  const { events, unknown } = read(history);
  assert.deepEqual(unknown, []);
  assert.deepEqual(
    events.map(({ line, type }) => [line, type]),
    [
      [1, 'connect'],
      [2, 'accept'],
      [3, 'notice'],
      [4, 'notice'],
      [5, 'disconnect'],
      [6, 'delivery'],
      [7, 'delivery'],
    ],
  );
  const expected = {
    from: 'a@shop.example',
    messageId: '1@shop.example',
    queueId: '0F5383D',
    client: { ip: '192.0.2.7', port: null, name: 'out.shop.example' },
    program: 'postfix/virtual',
    to: 'b@hub.example',
    outcome: 'delivered',
  };
  assert.partialDeepStrictEqual(events[5], expected);
  assert.partialDeepStrictEqual(events[6], { to: 'c@far.example', outcome: 'deferred', from: 'a@shop.example', file: 'mail.log' });
});

test('the same history through the journal gives the same events, but for the lines they stand in', () => {
  const journal = history.map((line) => {
    const [, program = '', pid = '', text = ''] = /mx (\S+)\[(\d+)\]: (.*)/.exec(line) ?? [];
    return JSON.stringify({
      __REALTIME_TIMESTAMP: String(new Date(2026, 9, 26, 18, 13, 50).getTime() * 1000),
      _HOSTNAME: 'mx',
      SYSLOG_IDENTIFIER: program,
      _PID: pid,
      MESSAGE: text,
    });
  });
  assert.deepEqual(read(journal).events, read(history).events);
  const exported = history.flatMap((line) => {
    const [, program = '', pid = '', text = ''] = /mx (\S+)\[(\d+)\]: (.*)/.exec(line) ?? [];
    return [
      '__CURSOR=s=1',
      `__REALTIME_TIMESTAMP=${new Date(2026, 9, 26, 18, 13, 50).getTime()}000`,
      '_HOSTNAME=mx',
      `SYSLOG_IDENTIFIER=${program}`,
      `_PID=${pid}`,
      `MESSAGE=${text}`,
      '',
    ];
  });
  const withoutLine = (events: readonly LogEvent[]) => events.map((event) => ({ ...event, line: 0 }));
  assert.deepEqual(withoutLine(read(exported).events), withoutLine(read(history).events));
});

test('what nobody understands is counted and shown, what names nobody is neither', () => {
  const { events, unknown, log } = read([`${at} kernel: eth0 up`, `${at} postfix/master[1]: daemon started`, '', 'colourless green ideas']);
  assert.deepEqual([events.length, log.unknownLines, log.lines], [0, 2, 4]);
  assert.equal(unknown[1], 'colourless green ideas');
});

test('with a format, only its reader reads', () => {
  assert.equal(read(history, 'exim').events.length, 0);
  assert.equal(read(history, 'postfix').events.length, history.length);
  assert.ok(logFormats.includes('postfix') && logFormats[0] === 'auto');
});

test('a line of Postfix is known without the name of its program', () => {
  assert.partialDeepStrictEqual(read([`${at} mailer[3]: 0F5383D: from=<a@shop.example>, size=5, nrcpt=1 (queue active)`]).events[0], {
    queueId: '0F5383D',
    from: 'a@shop.example',
    program: 'mailer',
  });
});

test('first and last are of the lines, also of those that give no event', () => {
  const { log } = read([
    '2024-10-31T12:00:00Z mx postfix/master[1]: x',
    '2024-10-31T12:00:05Z mx postfix/master[1]: x',
    '2024-10-31T11:59:00Z mx postfix/master[1]: x',
  ]);
  assert.deepEqual([log.first, log.last], [Date.UTC(2024, 9, 31, 11, 59), Date.UTC(2024, 9, 31, 12, 0, 5)]);
});

test('where nobody asks for events they are counted all the same', () => {
  const lines = ['Oct 26 18:13:50 mx postfix/smtpd[7]: connect from a.example[192.0.2.7]', 'Oct 26 18:13:51 mx postfix/smtpd[7]: colourless green ideas'];
  const countsOf = (onEvent: LogEventsOptions['onEvent']): readonly number[] => {
    const log = new LogEvents({ file: 'mail.log', format: 'auto', now: () => Date.UTC(2026, 0, 1), onEvent });
    for (const line of lines) log.take(line);
    log.end();
    return [log.lines, log.events, log.unknownLines];
  };
  assert.deepEqual(countsOf(null), [2, 1, 1]);
  assert.deepEqual(
    countsOf(null),
    countsOf(() => undefined),
  );
});
