import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const bsd = 'May 30 10:00:00 mx ';
const rspamd = `${bsd}rspamd[17]: <7f2a>; task; rspamd_task_write_log: id: `;

const cases: readonly (readonly [line: string, said: string])[] = [
  ['05/30/2026 10:00:00 [LOGIN_ERROR] joe (hub.example) from 192.0.2.7: Unknown user or password incorrect.', 'auth failed hostile 192.0.2.7 joe'],
  [
    'May-30-26 10:00:00 m1-25391-06124 [Worker_1] [TLS-out] [RelayAttempt] 192.0.2.7 <a@b.example> to: d@far.example relay attempt blocked for: d@far.example',
    'reject refused hostile 192.0.2.7 d@far.example',
  ],
  ['May-30-26 10:00:00 [SSL-out] 192.0.2.7 SSL negotiation with client failed: unknown protocol;', 'tls failed hostile 192.0.2.7'],
  ['May-30-26 10:00:00 Blocking 192.0.2.7 - too much AUTH errors (9);', 'auth failed hostile 192.0.2.7'],
  ['May-30-26 10:00:00 [Worker_1] [TLS-in] 192.0.2.7 [SMTP Error] 535 5.7.8 Error: authentication failed: ', 'auth failed hostile 192.0.2.7'],
  ['[30/May/2026 10:00:00] SMTP Spam attack detected from 192.0.2.7, client sent data before SMTP greeting', 'command failed hostile 192.0.2.7'],
  ['[30/May/2026 10:00:00] Relay attempt from IP address 192.0.2.7, mail from <a@b.example> to <d@far.example> rejected', 'reject refused hostile 192.0.2.7'],
  [
    '[30/May/2026 10:00:00] Attempt to deliver to unknown recipient <nobody@hub.example>, from <a@b.example>, IP address 192.0.2.7',
    'reject refused hostile 192.0.2.7 nobody@hub.example',
  ],
  ["[30/May/2026 10:00:00] SMTP: User joe@hub.example doesn't exist. Attempt from IP address 192.0.2.7.", 'auth failed hostile 192.0.2.7 joe@hub.example'],
  ['[30/May/2026 10:00:00] Failed SMTP login from 192.0.2.7 with SASL method CRAM-MD5.', 'auth failed hostile 192.0.2.7'],
  ['2026-05-30 10:00:00   smtp: joe of hub [192.0.2.7] authentication failure using internet password', 'auth failed hostile 192.0.2.7 joe of hub'],
  ['2026-05-30 10:00:00   SMTP Server [0D14:0027-1334] Authentication failed for user joe ; connecting host [192.0.2.7]', 'auth failed hostile 192.0.2.7 joe'],
  [
    '2026-05-30 10:00:00,762 INFO  [qtp9:smtp://x/] [oip=192.0.2.7;oport=5;oproto=smtp;soapId=6;] SoapEngine - handler exception: authentication failed for [joe], account not found',
    'auth failed hostile 192.0.2.7 joe',
  ],
  [
    '2026/05/30 10:00:00 [info] 8#8: *66 client login failed: "AUTH not supported" while in http auth state, client: 192.0.2.7 using starttls, server: 0.0.0.0:25, login: "joe"',
    'auth failed hostile 192.0.2.7 joe',
  ],
  [
    '2026/05/30 10:00:00 [info] 8#8: *66 client logged in, client: 192.0.2.7, server: 0.0.0.0:25, login: "joe", upstream: 198.51.100.1:25',
    'auth accepted 192.0.2.7 joe',
  ],
  ['[2026-05-30 10:00:00,112] WARNING in limiter: Authentication attempt from 192.0.2.7 has been rate-limited.', 'auth failed hostile 192.0.2.7'],
  [
    `${bsd}MailScanner[17]: Message 4bsM5k from 192.0.2.7 (a@b.example) to hub.example is spam, SpamAssassin (score=25.5, required 4)`,
    'reject hostile 192.0.2.7',
  ],
  [`${bsd}MailScanner[17]: Message 4bsM5k from 192.0.2.7 (a@b.example) to hub.example is not spam, SpamAssassin (score=0.5, required 4)`, 'notice 192.0.2.7'],
  [
    `${bsd}amavis[17]: (17-01) Blocked SPAM {DiscardedInbound}, [192.0.2.7]:4125 [198.51.100.7] <a@b.example> -> <joe@hub.example>, Queue-ID: 4bsM5k, Hits: 19`,
    'reject refused hostile 192.0.2.7 joe@hub.example',
  ],
  [
    `${bsd}amavis[17]: (17-02) Passed CLEAN {RelayedInbound}, [192.0.2.7]:4125 [192.0.2.7] <a@b.example> -> <joe@hub.example>, Queue-ID: 4bsM5k, Hits: 0`,
    'accept accepted 192.0.2.7 joe@hub.example',
  ],
  [
    `${rspamd}<k@b.example>, qid: <4bsM>, ip: 192.0.2.7, from: <a@b.example>, (default: T (reject): [20.00/15.00] [X(1.00){}]), len: 9`,
    'reject refused hostile 192.0.2.7',
  ],
  [`${rspamd}<k@b.example>, qid: <4bsM>, ip: 192.0.2.7, from: <a@b.example>, (default: F (no action): [0.10/15.00] []), len: 9`, 'notice 192.0.2.7'],
  [
    `${bsd}policyd-spf[17]: 550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://spf.example/Why?s=mfrom;id=a@b.example;ip=192.0.2.7;r=<UNKNOWN>`,
    'reject refused hostile 192.0.2.7',
  ],
  [
    `${bsd}policyd-spf[17]: prepend Received-SPF: Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.7; helo=x; envelope-from=a@b.example; receiver=<UNKNOWN>`,
    'notice 192.0.2.7',
  ],
  [`${bsd}spamd[17]: (BLACK) 192.0.2.7: <a@b.example> -> <joe@hub.example>`, 'reject deferred hostile 192.0.2.7 joe@hub.example'],
  ['May 30 10:00:00 HORDE [error] [imp] FAILED LOGIN for joe [192.0.2.7] to {hub:993 [imap/ssl]} [on line 1 of "x"]', 'auth failed hostile 192.0.2.7 joe'],
  [
    '[30-May-2026 10:00:00 +0000]: <k3Jx82> IMAP Error: Login failed for joe from 192.0.2.7(X-Forwarded-For: 198.51.100.9). AUTHENTICATE PLAIN: failed.',
    'auth failed hostile 192.0.2.7 joe',
  ],
  ['[30-May-2026 10:00:00 +0000]: Failed login for joe from 192.0.2.7 in session k3Jx82hd (error: 0)', 'auth failed hostile 192.0.2.7 joe'],
  [
    "May 30 10:00:00 sogod [17]: SOGoRootPage Login from '192.0.2.7' for user 'joe' might not have worked - password policy: 65535",
    'auth failed hostile 192.0.2.7 joe',
  ],
  [
    `${bsd}postgrey[17]: action=greylist, reason=new, client_name=unknown, client_address=192.0.2.7/32, sender=a@b.example, recipient=joe@hub.example`,
    'reject deferred 192.0.2.7 joe@hub.example',
  ],
];

for (const [line, said] of cases) test(line.slice(0, 110), () => assert.equal(saidBy(line), said));

test('the stamp of an XML log is its own', () => {
  const line =
    '<co ts="2026-05-30T10:00:00.99" pi="7.1.2" sc="tcp" ac="U" tr="TCP|198.51.100.1|25|192.0.2.7|4299" ap="SMTP" mi="Bad password" us="joe" di="535 5.7.8 no"/>';
  assert.equal(saidBy(line), 'auth failed hostile 192.0.2.7 joe');
  assert.equal(new Date(logEventsOf([line])[0]?.at ?? 0).getUTCMilliseconds(), 990);
});

const forged: readonly string[] = [
  'May-30-26 10:00:00 [Worker_1] [RelayAttempt] 192.0.2.7 <a> to: b relay attempt blocked for: [RelayAttempt] 203.0.113.9 <x>',
  "[30/May/2026 10:00:00] SMTP: User x doesn't exist. Attempt from IP address 203.0.113.9. doesn't exist. Attempt from IP address 192.0.2.7.",
  '2026-05-30 10:00:00   smtp: x [203.0.113.9] authentication failure using y [192.0.2.7] authentication failure using internet password',
  '2026-05-30 10:00:00,762 INFO  [qtp9:x] [oip=192.0.2.7;ua=x;oip=203.0.113.9;soapId=6;] SoapEngine - handler exception: authentication failed for [joe], account not found',
  '2026/05/30 10:00:00 [info] 8#8: *66 client login failed: "x" while in http auth state, client: 192.0.2.7, server: 0.0.0.0:25, login: "x, client: 203.0.113.9, server: y"',
  `${bsd}MailScanner[17]: Message 4bsM5k from 192.0.2.7 (Message 1 from 203.0.113.9 ) to hub.example is spam`,
  `${bsd}amavis[17]: (17-01) Blocked SPAM {DiscardedInbound}, [192.0.2.7]:4125 <"x [203.0.113.9]"@b> -> <joe@hub.example>, Hits: 19`,
  `${rspamd}<x>, qid: <1>, ip: 203.0.113.9, from: <a>, (default: T (reject): >, qid: <4bsM>, ip: 192.0.2.7, from: <a@b>, (default: T (reject): [20/15]), len: 9`,
  'May 30 10:00:00 HORDE [error] [imp] FAILED LOGIN for x [203.0.113.9] to y [192.0.2.7] to {hub:993 [imap/ssl]}',
  '[30-May-2026 10:00:00 +0000]: IMAP Error: Login failed for x from 203.0.113.9 from 192.0.2.7. AUTHENTICATE PLAIN: failed.',
  '[30-May-2026 10:00:00 +0000]: IMAP Error: Login failed for x from 192.0.2.7(X-Forwarded-For: y from 203.0.113.9). AUTHENTICATE PLAIN: failed.',
  '[30-May-2026 10:00:00 +0000]: IMAP Error: Login failed for x from 203.0.113.9(X-A: from 192.0.2.7(X-Forwarded-For: 1). AUTHENTICATE PLAIN: failed.',
];

for (const line of forged) {
  test(`a stranger’s text frames nobody: ${line.slice(0, 90)}`, () => {
    const framed = logEventsOf([line]).some(({ client }) => client?.ip === '203.0.113.9');
    assert.equal(framed, false);
  });
}

test('no pattern takes longer than linear time on a line of 64 KiB', () => {
  const fillings = [' [', '(', ' from 192.0.2.7. ', ': ', ', client: ', ';', '<', ' rhost=', ' ', '", authentication_id="', ' failed for ['];
  const openings = cases.flatMap(([line]) => [line.slice(0, 60), line.slice(0, 110)]);
  const before = process.cpuUsage();
  for (const opening of openings) for (const filling of fillings) logEventsOf([opening + filling.repeat(60_000 / filling.length)]);
  const { user } = process.cpuUsage(before);
  // A pattern that looks at each character once for each other takes seconds for one line.
  assert.ok(user < 6_000_000, `${user} µs for ${openings.length * fillings.length} lines`);
});
