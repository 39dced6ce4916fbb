import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEximId, parseEximEnvelope } from './exim-spool.ts';

const header = (flag: string, text: string): string => `${String(text.length).padStart(3, '0')}${flag} ${text}`;

interface Parts {
  readonly values?: readonly string[];
  readonly done?: readonly string[];
  readonly recipients?: readonly string[];
  readonly sender?: string;
}

const file = ({ values = [], done = ['XX'], recipients = ['joe@far.example'], sender = '<bad@spam.example>' }: Parts): Buffer =>
  Buffer.from(
    [
      '1xUku7-0007pn-2d-H',
      'www-data 33 33',
      sender,
      '1795266799 0',
      '-received_time_usec .817320',
      ...values,
      ...done,
      String(recipients.length),
      ...recipients,
      '',
      header('P', 'Received: from x\n\tby y\n') + header('*', 'X-Gone: 1\n') + header(' ', 'Subject: hello\n'),
    ].join('\n'),
    'latin1',
  );

const read = (parts: Parts) => {
  const envelope = parseEximEnvelope(file(parts));
  assert.ok(envelope !== null);
  return envelope;
};

test('a message of the machine itself: its user is the login', () => {
  const { from, to, queuedAt, frozen, user, ip, header: lines } = read({});
  assert.deepEqual(
    { from, to, queuedAt, frozen, user, ip },
    { from: 'bad@spam.example', to: ['joe@far.example'], queuedAt: 1795266799817, frozen: false, user: 'www-data', ip: '' },
  );
  assert.equal(lines.toString(), 'Received: from x\n\tby y\nSubject: hello\n', 'a line that was taken away is not sent');
});

test('a client, its user, and a frozen message', () => {
  const { user, ip, frozen } = read({ values: ['-host_address [2001:db8::1]:37825', '-host_auth plain', '--auth_id ulla', '-frozen 1795266944'] });
  assert.deepEqual({ user, ip, frozen }, { user: 'ulla', ip: '2001:db8::1', frozen: true });
});

test('a client without a login is not the user that Exim runs as', () => assert.equal(read({ values: ['-host_address [192.0.2.9]:1'] }).user, null));

test('the null sender', () => assert.equal(read({ sender: '<>' }).from, ''));

test('recipients that have it already are not waited for', () =>
  assert.deepEqual(read({ done: ['YN ann@far.example', 'NN joe@far.example'], recipients: ['joe@far.example', 'ann@far.example', 'zoe@far.example'] }).to, [
    'zoe@far.example',
  ]));

test('what stands behind a recipient is not of its address', () =>
  assert.deepEqual(
    read({ recipients: ['joe@far.example errs@x.example 14,0#1', '"a b"@far.example rfc822;a 8,0 errs@x.example 14,0#3', 'zoe@far.example  0,0#1'] }).to,
    ['joe@far.example', '"a b"@far.example', 'zoe@far.example'],
  ));

test('a variable with line ends in it is not taken for lines of Exim', () => {
  const forged = 'x\n-frozen 1\n-auth_id root';
  assert.deepEqual(
    [read({ values: [`-aclm x ${forged.length}\n${forged}`] }).frozen, read({ values: [`-aclm x ${forged.length}\n${forged}`] }).user],
    [false, 'www-data'],
  );
});

test('a HELO that looks like another line is a value: the first of a name counts', () =>
  assert.equal(read({ values: ['-host_address [192.0.2.9]:1', '--helo_name x', '-host_address [198.51.100.1]:1'] }).ip, '192.0.2.9'));

test('what is cut off is no message, or one without the end of its header', () => {
  const whole = file({ values: ['-host_address [192.0.2.9]:1'] });
  for (let length = 0; length < whole.length; length++) assert.ok((parseEximEnvelope(whole.subarray(0, length))?.to ?? ['joe@far.example']).length === 1);
  assert.equal(parseEximEnvelope(whole.subarray(0, 60)), null);
});

test('ids of both forms; options and paths are none', () => {
  assert.ok(isEximId('1xUku7-0007pn-2d') && isEximId('1xUku7-000000007pn-2dAB'));
  for (const bad of ['-Mrm', '1xUku7-0007pn-2d/..', '../xUku7-0007pn-2', '1xUku7-0007pn-2d\n']) assert.equal(isEximId(bad), false, bad);
});
