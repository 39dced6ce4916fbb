import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const frame = 'May 30 10:00:00 mx dovecot: ';
const fields = 'user=<joe>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, TLS, session=<k3Jx82hdTa6z>';

const cases: readonly (readonly [line: string, said: string, why: string])[] = [
  [`${frame}imap-login: Disconnected (auth failed, 2 attempts in 9 secs): ${fields}`, 'auth failed hostile 192.0.2.7 joe', 'a wrong password'],
  [
    `${frame}imap-login: Login aborted: Connection closed (auth failed, 3 attempts in 16 secs) (auth_failed): ${fields}`,
    'auth failed hostile 192.0.2.7 joe',
    'as 2.4 words it',
  ],
  [
    `${frame}pop3-login: Info: Disconnected: Inactivity (auth failed, 1 attempts): user=<joe>, method=PLAIN, rip=192.0.2.7`,
    'auth failed hostile 192.0.2.7 joe',
    'a level before the words',
  ],
  [
    `${frame}pop3-login: Aborted login (1 authentication attempts): user=<joe>, method=PLAIN, rip=::ffff:192.0.2.7, lip=::ffff:198.51.100.1`,
    'auth failed hostile 192.0.2.7 joe',
    'as 1.1 words it, mapped address',
  ],
  [`${frame}pop3-login: Aborted login: user=<joe>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1`, 'auth failed hostile 192.0.2.7 joe', 'as 1.0 words it'],
  [
    `${frame}imap-login: Aborted login (tried to use disallowed plaintext auth): rip=192.0.2.7, lip=198.51.100.1`,
    'auth failed hostile 192.0.2.7',
    'a password in the clear where none is allowed',
  ],
  [`${frame}imap-login: Disconnected (proxy dest auth failed): ${fields}`, 'auth failed hostile 192.0.2.7 joe', 'refused by the server behind'],
  [
    `${frame}submission-login: Disconnected: Too many invalid commands (no auth attempts in 0 secs): user=<>, rip=192.0.2.7, lip=198.51.100.1`,
    'auth failed hostile 192.0.2.7',
    'too many errors',
  ],
  [
    `${frame}imap-login: Disconnected (auth failed, 1 attempts): method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, TLS`,
    'auth failed hostile 192.0.2.7',
    'no user in it',
  ],
  [
    `${frame}imap-login: Disconnected (no auth attempts in 10 secs): user=<>, rip=192.0.2.7, TLS handshaking: SSL_accept() failed`,
    'disconnect 192.0.2.7',
    'a lost connection',
  ],
  [
    `${frame}imap-login: Disconnected: Inactivity (disconnected before auth was ready, waited 0 secs): user=<>, rip=2001:db8::7, lip=::1`,
    'disconnect 2001:db8::7',
    'a lost connection over IPv6',
  ],
  [`${frame}imap-login: Login: ${fields}`, 'auth accepted 192.0.2.7 joe', 'a login'],
  [`${frame}auth: passwd-file(joe,192.0.2.7,<k3Jx82hdTa6z>): unknown user`, 'auth failed hostile 192.0.2.7 joe', 'an unknown user'],
  [
    `${frame}auth-worker(17): conn unix:auth-worker (pid=9,uid=97): auth-worker<6>: sql(joe,192.0.2.7): Password mismatch`,
    'auth failed hostile 192.0.2.7 joe',
    'through a worker',
  ],
  [`${frame}auth: Info: LDAP(joe,2001:db8::7,<k3Jx82hdTa6z>): invalid credentials`, 'auth failed hostile 2001:db8::7 joe', 'by a directory'],
  [
    `${frame}auth(joe,192.0.2.7,sasl:plain)<k3Jx82hdTa6z>: passwd-file: Password mismatch`,
    'auth failed hostile 192.0.2.7 joe',
    'the service of 2.4 carries the attempt',
  ],
  [
    `${frame}auth-worker(17): pam(joe,192.0.2.7): pam_authenticate() failed: Authentication service cannot retrieve authentication info`,
    'auth 192.0.2.7 joe',
    'our own trouble',
  ],
  [
    `${frame}auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=joe rhost=192.0.2.7`,
    'auth failed hostile 192.0.2.7 joe',
    'in the words of PAM',
  ],
  [
    '2026-05-30 10:00:00 auth-worker(default): Info: pam(joe,192.0.2.7): pam_authenticate() failed: Authentication failure (password mismatch?)',
    'auth failed hostile 192.0.2.7 joe',
    'a log of its own',
  ],
  [
    'May 30 10:00:00 Info: auth(default): pam(joe,192.0.2.7): pam_authenticate() failed: User not known to the underlying authentication module',
    'auth failed hostile 192.0.2.7 joe',
    'a log of 1.x: the level first',
  ],
  ['May 30 10:00:00 mx dovecot[17]: dovecot: auth(default): pam(joe,192.0.2.7): unknown user', 'auth failed hostile 192.0.2.7 joe', 'the name twice'],
  [
    `${frame}lmtp(joe@hub.example)<17><k3Jx82hdTa6z>: msgid=<k@b.example>: saved mail to INBOX`,
    'delivery delivered joe@hub.example joe@hub.example',
    'a delivery',
  ],
  [
    'May 30 10:00:00 mx deliver(joe@hub.example): msgid=<k@b.example>: saved mail to INBOX',
    'delivery delivered joe@hub.example joe@hub.example',
    'a delivery by the old agent',
  ],
  [`${frame}master: Warning: Killed with signal 15`, '', 'names nobody'],
];

for (const [line, said, why] of cases) test(`${line.slice(22, 110)}: ${why}`, () => assert.equal(saidBy(line), said));

const forged: readonly (readonly [line: string, why: string])[] = [
  [
    `${frame}imap-login: Disconnected (auth failed, 1 attempts): user=<x>, method=PLAIN, rip=203.0.113.9, lip=198.51.100.1>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1`,
    'a user name with fields',
  ],
  [`${frame}auth: sql(x,203.0.113.9): unknown user,192.0.2.7): unknown user`, 'a user name with an address'],
  [`${frame}auth: sql(joe,192.0.2.7): Password mismatch (given password: x) sql(joe,203.0.113.9): unknown user)`, 'a password in the log'],
  [
    `${frame}auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=x rhost=203.0.113.9 rhost=192.0.2.7`,
    'a name that looks like a host',
  ],
];

for (const [line, why] of forged) {
  test(`nobody is framed by ${why}`, () => {
    const [event] = logEventsOf([line]);
    assert.equal(event?.hostile, true);
    assert.notEqual(event?.client?.ip, '203.0.113.9');
  });
}

test('what a session does after its login is its client’s', () => {
  const lines = [`${frame}imap-login: Login: ${fields}`, `${frame}imap(joe)<17><k3Jx82hdTa6z>: Disconnected: Logged out in=5 out=9`];
  assert.equal(saidBy(...lines), 'disconnect 192.0.2.7 joe');
});

test('a line of 64 KiB takes linear time, whatever it is full of', () => {
  const before = process.cpuUsage();
  for (const [line] of cases)
    for (const filling of [', ', ': ', ' ', '>', ')', ' rip=', ',192.0.2.7): '])
      logEventsOf([line.slice(0, 60) + filling.repeat(60_000 / filling.length) + line.slice(60)]);
  const { user } = process.cpuUsage(before);
  assert.ok(user < 4_000_000, `${user} µs`);
});
