import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const stamp = '2026-05-30 10:00:00 ';
const id = '1tQpJ0-0005vi-1X';
const newId = '1tQpJ0-000000005vi-2bXc';

const cases: readonly (readonly [text: string, said: string, why: string])[] = [
  [
    'login authenticator failed for a.example (User) [192.0.2.7]:4125: 535 Incorrect authentication data (set_id=joe)',
    'auth failed hostile 192.0.2.7 joe',
    'a wrong password',
  ],
  [
    'plain authenticator failed for ([10.0.0.9]) [192.0.2.7] I=[198.51.100.1]:25: 535 Incorrect authentication data',
    'auth failed hostile 192.0.2.7',
    'a HELO in brackets is not the address',
  ],
  [
    'plain authenticator failed for (x) [192.0.2.7]: 435 Unable to authenticate at present (set_id=joe)',
    'auth deferred 192.0.2.7 joe',
    'our authenticator was down: not the client',
  ],
  ['H=(x) [192.0.2.7]:25 F=<a@b.example> rejected RCPT <joe@far.example>: relay not permitted', 'reject refused hostile 192.0.2.7 joe@far.example', 'relaying'],
  [
    'H=a.example [2001:db8::7] F=<a@b.example> rejected RCPT <nobody@hub.example>: Unrouteable address',
    'reject refused hostile 2001:db8::7 nobody@hub.example',
    'an unknown recipient, over IPv6',
  ],
  ['H=(x) [192.0.2.7] F=<> temporarily rejected RCPT <joe@hub.example>: greylisted', 'reject deferred 192.0.2.7 joe@hub.example', 'greylisting alone'],
  [
    'H=(x) [192.0.2.7] temporarily rejected connection in "connect" ACL: "Host is ratelimited (9/1h max:2)"',
    'reject deferred hostile 192.0.2.7',
    'over its rate',
  ],
  [
    'H=(x) [192.0.2.7] F=<a@b.example> rejected RCPT <joe@hub.example>: message too big',
    'reject refused 192.0.2.7 joe@hub.example',
    'size speaks of the message',
  ],
  ['H=a.example [192.0.2.7] sender verify fail for <a@b.example>: Unrouteable address', 'notice refused hostile 192.0.2.7', 'a sender that is not'],
  ['H=a.example [192.0.2.7] sender verify defer for <a@b.example>: lookup failed', 'notice deferred 192.0.2.7', 'we could not tell'],
  ['SMTP protocol error in "AUTH LOGIN" H=(x) [192.0.2.7] AUTH command used when not advertised', 'command failed hostile 192.0.2.7', 'a protocol error'],
  [
    '[17] SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[192.0.2.7]:9 I=[198.51.100.1]:25 input="GET / HTTP/1.1\\r\\n"',
    'command failed hostile 192.0.2.7',
    'sending before the greeting',
  ],
  [
    'SMTP call from a.example (x) [192.0.2.7]:9 dropped: too many syntax or protocol errors (last command was "QUACK")',
    'command failed hostile 192.0.2.7',
    'too many errors',
  ],
  ['no MAIL in SMTP connection from (x) [192.0.2.7]:9 D=0s C=EHLO,AUTH,QUIT', 'disconnect hostile 192.0.2.7', 'came for nothing'],
  ['SMTP connection from (x) [192.0.2.7] closed by DROP in ACL', 'disconnect hostile 192.0.2.7', 'dropped by us'],
  ['SMTP connection from [192.0.2.7]:9 (TCP/IP connection count = 3)', 'connect 192.0.2.7', 'a connection'],
  ['SMTP connection Ci=17 from a.example [192.0.2.7]:9 D=1s closed by QUIT', 'disconnect 192.0.2.7', 'a session that ended well'],
  ['SMTP command timeout on connection from (x) [192.0.2.7] D=5m', 'disconnect 192.0.2.7', 'a lost connection'],
  ['TLS error on connection from (x) [192.0.2.7] (SSL_accept): error:0A00010B', 'tls failed 192.0.2.7', 'TLS that failed'],
  ["H=[192.0.2.7]:9 dropped by 'connect' ACL: banned", 'reject refused hostile 192.0.2.7', 'dropped at connect'],
  ['rejected HELO from [192.0.2.7]: syntactically invalid argument(s): #', 'command refused hostile 192.0.2.7', 'a HELO that is none'],
  ['no host name found for IP address 192.0.2.7', 'notice 192.0.2.7', 'no reverse name: many honest hosts have none'],
  ['no IP address found for host a.example (during SMTP connection from (x) [192.0.2.7]:9)', 'notice 192.0.2.7', 'the address is the one at the end'],
  [
    `${id} SA: Action: silently tossed message: score=19 required=5 From <a@b.example> (host=NULL [192.0.2.7]) for joe@hub.example`,
    'reject refused hostile 192.0.2.7',
    'spam at SMTP time',
  ],
  [
    `${id} <= a@b.example H=c.example (x) [192.0.2.7]:9 P=esmtpsa A=plain:joe S=874 id=k@b.example T="hello" for d@hub.example e@hub.example`,
    'accept accepted 192.0.2.7 joe d@hub.example; accept accepted 192.0.2.7 joe e@hub.example',
    'an arrival names each recipient',
  ],
  [`${id} => d <d@hub.example> R=local T=box`, 'delivery delivered d@hub.example', 'a delivery names the envelope recipient'],
  [
    `${newId} ** d@far.example R=world T=smtp H=mx [198.51.100.2]: SMTP error from remote mail server after RCPT TO:<d@far.example>: 550 5.1.1 No such user`,
    'delivery bounced d@far.example',
    'the host of a delivery is the next hop, no client',
  ],
  [`${newId} == d@far.example R=world T=smtp defer (-44) H=mx [198.51.100.2]: SMTP error: 451 later`, 'delivery deferred d@far.example', 'put off'],
  [`${newId} ** d@far.example: retry timeout exceeded`, 'delivery expired d@far.example', 'given up'],
  [`${id} H=mx.example [198.51.100.2] Connection refused`, 'notice', 'our own client speaks: the next hop is no client'],
  ['U=joe F=<joe@hub.example> rejected RCPT <x@y.example>: no', 'reject refused x@y.example', 'a process of this machine is not hostile'],
];

for (const [text, said, why] of cases) test(`${text.slice(0, 70)}: ${why}`, () => assert.equal(saidBy(stamp + text), said));

const forged: readonly (readonly [text: string, why: string])[] = [
  [
    'SMTP protocol error in "AUTH x" H=(x) [203.0.113.9] AUTH command used when not advertised" H=(y) [192.0.2.7] AUTH command used when not advertised',
    'a command that looks like the rest of the line',
  ],
  [
    'H=(x) [203.0.113.9] F=<a@b> rejected RCPT <c@d>: relay not permitted) [192.0.2.7] F=<a@b> rejected RCPT <c@d>: relay not permitted',
    'a HELO that looks like a refusal, where any HELO is taken',
  ],
  ['H=(y) [192.0.2.7] F=<a@b> rejected RCPT <"x) [203.0.113.9] F=<a@b> rejected RCPT <c"@d>: relay not permitted', 'a quoted recipient'],
  [
    'login authenticator failed for (y) [192.0.2.7]: 535 Incorrect authentication data (set_id=x) [203.0.113.9]: 535 Incorrect authentication data)',
    'a user name',
  ],
  [
    'SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): rejected "x" H=(a) [203.0.113.9] next input="" H=(y) [192.0.2.7] next input="z"',
    'a command before the host',
  ],
  ['no IP address found for host x (during SMTP connection from [203.0.113.9]) (during SMTP connection from [192.0.2.7])', 'a name in DNS'],
];

for (const [text, why] of forged) {
  test(`nobody is framed by ${why}`, () => {
    const [event] = logEventsOf([stamp + text]);
    assert.notEqual(event, undefined);
    assert.notEqual(event?.client?.ip, '203.0.113.9');
  });
}

test('the id, the sender and the client of an arrival are those of its delivery', () => {
  const lines = [
    `${stamp}${id} <= a@b.example H=(x) [192.0.2.7] P=esmtp S=874 id=k@b.example`,
    `${stamp}${id} => d@hub.example R=local T=box C="250 2.0.0 OK"`,
    `${stamp}${id} Completed`,
  ];
  assert.partialDeepStrictEqual(
    logEventsOf(lines).find(({ type }) => type === 'delivery'),
    { client: { ip: '192.0.2.7' }, from: 'a@b.example', messageId: 'k@b.example', replyCode: '250', status: '2.0.0' },
  );
});

test('Exim in syslog stamps its lines once more', () => {
  const said = saidBy(
    'May 30 10:00:00 mx exim[17]: 2026-05-30 10:00:00.123 +0000 [17] H=(x) [192.0.2.7] F=<> rejected RCPT <joe@far.example>: relay not permitted',
  );
  assert.equal(said, 'reject refused hostile 192.0.2.7 joe@far.example');
});

test('headers below a refusal in the rejectlog are not unknown, and name nobody', () => {
  const refusal = `${stamp}${id} H=(x) [192.0.2.7] F=<a@b.example> rejected after DATA: spam`;
  assert.equal(saidBy(refusal, 'Envelope-from: <a@b.example>'), '');
  assert.equal(saidBy(refusal, 'P Received: from x ([203.0.113.9]) by hub.example'), '');
});

test('a subject that looks like a list of recipients adds none', () => {
  const said = saidBy(`${stamp}${id} <= a@b.example H=(x) [192.0.2.7] P=esmtp S=1 T="for all for v@w.example" for d@hub.example`);
  assert.equal(said, 'accept accepted 192.0.2.7 d@hub.example');
});

test('a line of 64 KiB takes linear time, whatever it is full of', () => {
  const before = process.cpuUsage();
  for (const [text] of cases) {
    const whole = stamp + text;
    for (const filling of [', ', ': ', ' ', ') [192.0.2.7]', '<', '"', '" H=', ', relay=[192.0.2.7]', ' F=<']) {
      logEventsOf([whole.slice(0, 60) + filling.repeat(60_000 / filling.length) + whole.slice(60)]);
    }
  }
  const { user } = process.cpuUsage(before);
  assert.ok(user < 4_000_000, `${user} µs`);
});
