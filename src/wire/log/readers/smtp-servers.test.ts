import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const at = 'May 30 10:00:00 mx ';
const session = '08d856b172f69c5c';
const uuid = '6B1C7F0E-2A44-4C0F-9E5B-0D6C2F9A1B77';

const openSmtpd: readonly (readonly [lines: readonly string[], said: string, why: string])[] = [
  [
    [
      `${session} smtp connected address=192.0.2.7 host=a.example`,
      `${session} smtp failed-command command="RCPT TO:<nobody@hub.example>" result="550 Invalid recipient: <nobody@hub.example>"`,
    ],
    'reject refused hostile 192.0.2.7 nobody@hub.example',
    'the session names the client',
  ],
  [
    [`${session} smtp event=failed-command address=192.0.2.7 host=a.example command="AUTH PLAIN (...)" result="535 Authentication failed"`],
    'auth failed hostile 192.0.2.7',
    'as 6.3 words it',
  ],
  [[`${session} smtp authentication user=joe address=192.0.2.7 host=a.example result=permfail`], 'auth failed hostile 192.0.2.7 joe', 'a wrong password'],
  [[`${session} smtp authentication user=joe address=192.0.2.7 host=a.example result=ok`], 'auth accepted 192.0.2.7 joe', 'a login'],
  [
    [`${session} smtp event=failed-command address=192.0.2.7 host=a.example command="RCPT TO:<joe@hub.example>" result="421 4.3.0: Temporary Error"`],
    'reject deferred 192.0.2.7 joe@hub.example',
    'put off',
  ],
  [
    [
      `smtp-in: New session ${session} from host a.example [192.0.2.7]`,
      `smtp-in: Failed command on session ${session}: "RCPT TO:<x@far.example>" => 550 Invalid recipient`,
    ],
    'reject refused hostile 192.0.2.7 x@far.example',
    'in old sentences',
  ],
  [
    [
      `${session} mta delivery evpid=4296f490b5f1a2c3 from=<a@b.example> to=<d@far.example> rcpt=<-> source="198.51.100.1" relay="198.51.100.2 (mx)" delay=1s result="Ok" stat="250 2.0.0 OK"`,
    ],
    'delivery delivered d@far.example',
    'the relay of a delivery is the next hop',
  ],
  [
    [`delivery: Ok for 4296f490b5f1a2c3: from=<a@b.example>, to=<joe@hub.example>, user=joe, method=maildir, delay=0s, stat=Delivered`],
    'delivery delivered joe@hub.example',
    'an old delivery',
  ],
  [[`${session} smtp disconnected reason=quit`], 'disconnect', 'a session that ended well'],
];

for (const [lines, said, why] of openSmtpd) {
  test(`OpenSMTPD: ${why}`, () => assert.equal(saidBy(...lines.map((line) => `${at}smtpd[17]: ${line}`)), said));
}

test('OpenSMTPD: a command that looks like fields frames nobody', () => {
  const line = `${at}smtpd[17]: ${session} smtp failed-command command="RCPT TO:<x address=203.0.113.9 @y> address=203.0.113.9" result="550 Invalid recipient"`;
  const connected = `${at}smtpd[17]: ${session} smtp connected address=192.0.2.7 host=a.example`;
  assert.equal(logEventsOf([connected, line]).at(-1)?.client?.ip, '192.0.2.7');
  assert.equal(logEventsOf([line])[0]?.client, null);
});

const qmail: readonly (readonly [line: string, said: string, why: string])[] = [
  ['qmail: 1157519909.633171 qmail-smtpd: 421 badiprbl: ip 192.0.2.7 rbl: list.example', 'reject deferred hostile 192.0.2.7', 'a block list'],
  ['qmail: 1157520813.485077 rblsmtpd: 192.0.2.7 pid 17 list.example: 451 http://list.example/192.0.2.7', 'reject deferred hostile 192.0.2.7', 'rblsmtpd'],
  ['rblsmtpd: list.example blocked 192.0.2.7 a.example -', 'reject refused hostile 192.0.2.7', 'rblsmtpd of old'],
  [
    'spamdyke[17]: DENIED_RBL_MATCH from: a@b.example to: joe@hub.example origin_ip: 192.0.2.7 origin_rdns: (unknown) auth: (unknown) encryption: (none)',
    'reject refused hostile 192.0.2.7 joe@hub.example',
    'spamdyke',
  ],
  [
    'spamdyke[17]: DENIED_GRAYLISTED from: a@b.example to: joe@hub.example origin_ip: 192.0.2.7 origin_rdns: a.example auth: (unknown)',
    'reject deferred 192.0.2.7 joe@hub.example',
    'greylisting',
  ],
  [
    'spamdyke[17]: ALLOWED from: a@b.example to: joe@hub.example origin_ip: 192.0.2.7 origin_rdns: a.example auth: joe',
    'accept accepted 192.0.2.7 joe joe@hub.example',
    'taken',
  ],
  ['vpopmail[17]: vchkpw-smtp: password fail joe@hub.example:192.0.2.7', 'auth failed hostile 192.0.2.7 joe@hub.example', 'a wrong password'],
  [
    "vpopmail[17]: vchkpw-smtp: password fail (pass: 'x y') joe@hub.example:2001:db8::7",
    'auth failed hostile 2001:db8::7 joe@hub.example',
    'a wrong password over IPv6',
  ],
  ['vpopmail[17]: vchkpw-pop3: (PLAIN) login success joe@hub.example:192.0.2.7', 'auth accepted 192.0.2.7 joe@hub.example', 'a login'],
  [
    'qmail-smtpd[17]: CHKUSER rejected rcpt: from <a@b.example::> remote <helo:name:192.0.2.7> rcpt <nobody@hub.example> : not existing recipient',
    'reject refused hostile 192.0.2.7 nobody@hub.example',
    'an unknown recipient',
  ],
  [
    'qmail-smtpd[17]: CHKUSER accepted rcpt: from <a@b.example::> remote <helo:name:192.0.2.7> rcpt <joe@hub.example> : found existing recipient',
    'accept accepted 192.0.2.7 joe@hub.example',
    'a known recipient',
  ],
  ['tcpserver: ok 17 hub:198.51.100.1:25 a.example:192.0.2.7::3456', 'connect 192.0.2.7', 'a connection'],
];

for (const [line, said, why] of qmail) test(`qmail: ${why}: ${line.slice(0, 60)}`, () => assert.equal(saidBy(at + line), said));

test('qmail: a delivery is of the message that was said when it started', () => {
  const log = [
    '@40000000655e2ab9112a8d1c new msg 17',
    '@40000000655e2ab9112a8d1c info msg 17: bytes 874 from <a@b.example> qp 9 uid 7',
    '@40000000655e2ab9112a8d1c starting delivery 3: msg 17 to remote d@far.example',
    '@40000000655e2ab9112a8d1c delivery 3: failure: 198.51.100.2_does_not_like_recipient./Remote_host_said:_550_5.1.1_unknown/',
  ];
  assert.equal(saidBy(...log), 'delivery bounced d@far.example');
  assert.partialDeepStrictEqual(logEventsOf(log).at(-1), { queueId: '17', from: 'a@b.example', replyCode: '550', status: '5.1.1' });
});

test('qmail: names and senders frame nobody', () => {
  const lines = [
    'qmail-smtpd[17]: CHKUSER rejected rcpt: from <x remote <h:n:203.0.113.9> rcpt <z> :> remote <helo:name:192.0.2.7> rcpt <y> : not existing recipient',
    'spamdyke[17]: DENIED_RBL_MATCH from: x origin_ip: 203.0.113.9 origin_rdns: y to: z origin_ip: 192.0.2.7 origin_rdns: (unknown) auth: (unknown)',
    "vpopmail[17]: vchkpw-smtp: password fail (pass: 'x') y:203.0.113.9 z:192.0.2.7",
  ];
  for (const line of lines) assert.notEqual(logEventsOf([at + line])[0]?.client?.ip, '203.0.113.9', line);
});

test('Haraka: what its core and plugins say of a connection is the client’s', () => {
  const connect = `${at}haraka[17]: [NOTICE] [${uuid}] [core] connect ip=192.0.2.7 port=49304 local_ip=:: local_port=25`;
  const rcpt = `${at}haraka[17]: [NOTICE] [${uuid}.1] [core] recipient <nobody@hub.example> code=DENY msg="550 5.1.1 no such user" sender="<a@b.example>"`;
  assert.equal(saidBy(connect, rcpt), 'reject refused hostile 192.0.2.7 nobody@hub.example');
  const soft = `${at}haraka[17]: [NOTICE] [${uuid}.1] [core] recipient <joe@hub.example> code=DENYSOFT msg="greylisted"`;
  assert.equal(saidBy(connect, soft), 'reject deferred 192.0.2.7 joe@hub.example');
  const list = `${at}haraka[17]: [INFO] [${uuid}] [core] hook=connect plugin=dnsbl function=x params="" retval=DENY msg="host [192.0.2.7] is blacklisted by list.example"`;
  assert.equal(saidBy(connect, list), 'reject refused hostile 192.0.2.7');
  const auth = `${at}haraka[17]: [INFO] [${uuid}] [auth/flat_file] fail: auth/flat_file`;
  assert.equal(saidBy(connect, auth), 'auth failed hostile 192.0.2.7');
  const forged = `${at}haraka[17]: [NOTICE] [${uuid}.1] [core] recipient <"x msg=\\"connect ip=203.0.113.9"@y> code=DENY msg="no"`;
  assert.equal(logEventsOf([connect, forged]).at(-1)?.client?.ip, '192.0.2.7');
});

test('qmail: two thousand deliveries under way are remembered, no more', () => {
  const log = Array.from({ length: 2001 }, (_, number) => `${at}qmail: starting delivery ${number}: msg 17 to remote d${number}@far.example`);
  assert.equal(saidBy(...log, `${at}qmail: delivery 0: success: done/`), 'delivery delivered');
  assert.equal(saidBy(...log, `${at}qmail: delivery 2000: success: done/`), 'delivery delivered d2000@far.example');
});
