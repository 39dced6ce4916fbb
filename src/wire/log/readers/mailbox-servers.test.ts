import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const at = 'May 30 10:00:00 mx ';

const cases: readonly (readonly [line: string, said: string, why: string])[] = [
  ['imapd: LOGIN FAILED, user=joe, ip=[::ffff:192.0.2.7], port=[255]', 'auth failed hostile 192.0.2.7 joe', 'Courier'],
  ['pop3d-ssl: LOGIN FAILED, method=PLAIN, ip=[2001:db8::7]', 'auth failed hostile 2001:db8::7', 'Courier without a user'],
  ['imapd: LOGIN, user=joe, ip=[::ffff:192.0.2.7], port=[255], protocol=IMAP', 'auth accepted 192.0.2.7 joe', 'a login'],
  ['imapd: LOGOUT, user=joe, ip=[::ffff:192.0.2.7], headers=0, body=0', 'disconnect 192.0.2.7 joe', 'a session that ended well'],
  [
    'cyrus/imaps[17]: badlogin: a.example [192.0.2.7] plaintext joe SASL(-13): authentication failure: checkpass failed',
    'auth failed hostile 192.0.2.7 joe',
    'Cyrus',
  ],
  ['imap[17]: badlogin: [192.0.2.7] DIGEST-MD5 [SASL(-13): authentication failure]', 'auth failed hostile 192.0.2.7', 'Cyrus without a name'],
  ['timsieved[17]: badlogin: web[192.0.2.7] PLAIN authentication failure', 'auth failed hostile 192.0.2.7', 'Sieve of Cyrus'],
  ['cyrus/imap[17]: login: a.example [192.0.2.7] joe plaintext+TLS User logged in', 'auth accepted 192.0.2.7 joe', 'a login'],
  ['imapd[17]: Login failed user=joe auth=joe host=a.example [192.0.2.7]', 'auth failed hostile 192.0.2.7 joe', 'UW'],
  ['imapd[17]: Failed root override of user=joe host=a.example [192.0.2.7]', 'auth failed hostile 192.0.2.7 joe', 'UW, override'],
  ['ipop3d[17]: Logout user=joe host=a.example [192.0.2.7]', 'disconnect 192.0.2.7 joe', 'a session that ended well'],
  ['solid-pop3d[17]: authentication failed: no such user: joe - 192.0.2.7', 'auth failed hostile 192.0.2.7 joe', 'Solid POP3'],
  ["solid-pop3d[17]: can't find APOP secret for user joe - 192.0.2.7", 'auth failed hostile 192.0.2.7 joe', 'Solid POP3, APOP'],
  [
    'perdition.imaps[17]: Auth: 192.0.2.7:2274->198.51.100.1:993 client-secure=ssl authentication_id="joe" server="x" status="failed: Re-Authentication Failure"',
    'auth failed hostile 192.0.2.7 joe',
    'Perdition',
  ],
  [
    'courieresmtpd: error,relay=::ffff:192.0.2.7,from=<a@b.example>,to=<nobody@hub.example>: 550 User unknown.',
    'reject refused hostile 192.0.2.7 nobody@hub.example',
    'Courier SMTP',
  ],
  [
    'courieresmtpd[17]: error,relay=::ffff:192.0.2.7,port=43632,msg="535 Authentication failed.",cmd: AUTH LOGIN joe',
    'auth failed hostile 192.0.2.7',
    'Courier SMTP, a password',
  ],
  [
    'courieresmtpd: error,relay=::ffff:192.0.2.7,from=<a@b.example>,to=<joe@hub.example>: 450 Greylisted',
    'reject deferred 192.0.2.7 joe@hub.example',
    'put off',
  ],
  ['courierlocal: id=0001.2,from=<a@b.example>,addr=<joe@hub.example>,status: success', 'delivery delivered joe@hub.example', 'a delivery'],
  [
    'vsftpd: pam_unix(imap:auth): authentication failure; logname= uid=0 euid=0 tty=x ruser= rhost=192.0.2.7  user=joe',
    'auth failed hostile 192.0.2.7 joe',
    'PAM, whoever asked',
  ],
];

for (const [line, said, why] of cases) test(`${line.slice(0, 80)}: ${why}`, () => assert.equal(saidBy(at + line), said));

const forged: readonly string[] = [
  'imapd: LOGIN FAILED, user=x, ip=[203.0.113.9], ip=[::ffff:192.0.2.7]',
  'imapd[17]: Login failed user=x host=y [203.0.113.9] auth=x host=a.example [192.0.2.7]',
  'solid-pop3d[17]: authentication failed: no such user: x - 203.0.113.9 - 192.0.2.7',
  'courieresmtpd: error,relay=::ffff:192.0.2.7,from=<x>,to=<error,relay=203.0.113.9>: 550 User unknown.',
  'cyrus/imap[17]: badlogin: a.example [192.0.2.7] plaintext x [203.0.113.9] SASL(-13): authentication failure',
  'perdition.imap[17]: Auth: 192.0.2.7:1->198.51.100.1:143 authentication_id="Auth: 203.0.113.9:1->" server="x" status="failed: x"',
];

for (const line of forged) {
  test(`a user name frames nobody: ${line.slice(0, 60)}`, () => {
    const [event] = logEventsOf([at + line]);
    assert.equal(event?.hostile, true);
    assert.equal(event?.client?.ip, '192.0.2.7');
  });
}
