import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPostfixId, parsePostqueueLine } from './postqueue-line.ts';

const line = (change: object): string =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: '1F930213309',
    arrival_time: 1795266803,
    message_size: 404,
    forced_expire: false,
    sender: 'bad@spam.example',
    recipients: [
      { address: 'joe@far.example', delay_reason: 'connect: refused' },
      { address: 'ann@far.example', delay_reason: 'connect: refused' },
    ],
    ...change,
  });

test('a waiting message', () => {
  assert.deepEqual(parsePostqueueLine(line({})), {
    id: '1F930213309',
    store: 'postfix',
    queuedAt: 1795266803000,
    from: 'bad@spam.example',
    to: ['joe@far.example', 'ann@far.example'],
    size: 404,
    reason: 'connect: refused',
    incident: null,
    held: false,
  });
});

test('the null sender is an empty text', () => assert.equal(parsePostqueueLine(line({ sender: 'MAILER-DAEMON' }))?.from, ''));
test('a real MAILER-DAEMON with a domain stays', () =>
  assert.equal(parsePostqueueLine(line({ sender: 'MAILER-DAEMON@far.example' }))?.from, 'MAILER-DAEMON@far.example'));
test('held mail says so', () =>
  assert.deepEqual(
    [parsePostqueueLine(line({ queue_name: 'hold' }))?.held, parsePostqueueLine(line({ queue_name: 'hold' }))?.reason],
    [true, 'on hold; connect: refused'],
  ));
test('line ends and escapes in an address stay text', () =>
  assert.equal(parsePostqueueLine(line({ sender: '"a\nb\u001b[2J"@x.example' }))?.from, '"a\nb\u001b[2J"@x.example'));

for (const bad of ['', 'no json', '{}', line({ queue_id: '../../etc' }), line({ queue_id: '-d ALL' }), line({ queue_id: 'ALL\nALL' })])
  test(`no message: ${JSON.stringify(bad.slice(0, 60))}`, () => assert.equal(parsePostqueueLine(bad), null));

test('ids that are options, paths or two lines are none', () => {
  assert.ok(isPostfixId('4XyZ1234567z9Ab'));
  for (const bad of ['-', 'ABC', 'ABCDE/../F', 'ABCDEF\nALL', 'ABCDEF ']) assert.equal(isPostfixId(bad), false, bad);
});

test('ALL, which postsuper takes for every message, is too short for an id', () => assert.equal(isPostfixId('ALL'), false));
