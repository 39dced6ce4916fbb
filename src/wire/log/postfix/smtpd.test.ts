import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '../line.ts';
import { postfix } from '../readers/postfix.ts';

const read = (program: string, text: string): Reading | null => {
  const result = postfix.open()({ at: 0, host: 'mx', program, pid: '7', text, raw: text });
  return result as Reading | null;
};

interface Case {
  readonly why: string;
  readonly program: string;
  readonly text: string;
  readonly says: Partial<Reading> & { readonly type: Reading['type'] };
}

const client = { ip: '192.0.2.7', port: null, name: 'out.shop.example' };
const unnamed = { ...client, name: null };
const withPort = { ip: '192.0.2.7', port: 4711, name: null };
const tail = 'from=<a@shop.example> to=<b@hub.example> proto=ESMTP helo=<x>';

const cases: readonly Case[] = [
  { why: 'a client came', program: 'postfix/smtpd', text: 'connect from out.shop.example[192.0.2.7]', says: { type: 'connect', client, hostile: false } },
  { why: 'any instance and service', program: 'mx-out/submission/smtpd', text: 'connect from unknown[192.0.2.7]', says: { type: 'connect', client: unnamed } },
  { why: 'an address that is not known', program: 'postfix/smtpd', text: 'connect from unknown[unknown]', says: { type: 'connect', client: null } },
  {
    why: 'every attempt to log in failed',
    program: 'postfix/smtpd',
    text: 'disconnect from unknown[192.0.2.7] ehlo=1 auth=0/3 quit=1 commands=2/5',
    says: { type: 'disconnect', hostile: true, outcome: 'failed', reason: 'ehlo=1 auth=0/3 quit=1 commands=2/5' },
  },
  {
    why: 'one of the attempts succeeded',
    program: 'postfix/smtpd',
    text: 'disconnect from unknown[192.0.2.7] ehlo=1 auth=1/2 quit=1',
    says: { type: 'disconnect', hostile: false },
  },
  {
    why: 'unknown recipient',
    program: 'postfix/smtpd',
    text: `NOQUEUE: reject: RCPT from out.shop.example[192.0.2.7]: 550 5.1.1 <b@hub.example>: Recipient address rejected: User unknown; ${tail}`,
    says: {
      type: 'reject',
      hostile: true,
      client,
      from: 'a@shop.example',
      to: 'b@hub.example',
      outcome: 'refused',
      replyCode: '550',
      status: '5.1.1',
      reason: 'Recipient address rejected: User unknown',
    },
  },
  {
    why: 'greylisting by a policy server',
    program: 'postfix/smtpd',
    text: `NOQUEUE: reject: RCPT from out.shop.example[192.0.2.7]: 450 4.2.0 <b@hub.example>: Recipient address rejected: Greylisted; ${tail}`,
    says: { type: 'reject', hostile: false, outcome: 'deferred' },
  },
  {
    why: 'greylisting by a milter',
    program: 'postfix/smtpd',
    text: `NOQUEUE: milter-reject: RCPT from out.shop.example[192.0.2.7]: 451 4.7.1 Greylisting in action, please come back later; ${tail}`,
    says: { type: 'reject', hostile: false, outcome: 'deferred', status: '4.7.1' },
  },
  {
    why: 'a block list that says 4xx',
    program: 'postfix-in/smtpd',
    text: `NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 454 4.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.example; ${tail}`,
    says: { type: 'reject', hostile: true, outcome: 'deferred', replyCode: '454' },
  },
  {
    why: 'a full mailbox is not the fault of the client',
    program: 'postfix/smtpd',
    text: `NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 552 5.2.2 <b@hub.example>: Recipient address rejected: Mailbox full; ${tail}`,
    says: { type: 'reject', hostile: false, outcome: 'refused' },
  },
  {
    why: 'a message too large is not either',
    program: 'postfix/smtpd',
    text: 'NOQUEUE: reject: MAIL from unknown[192.0.2.7]: 552 5.3.4 Message size exceeds fixed limit; proto=ESMTP helo=<x>',
    says: { type: 'reject', hostile: false, from: null, to: null },
  },
  {
    why: 'relaying with a message open',
    program: 'postfix/smtpd',
    text: `4Bx1yz2QFzz3t: reject: RCPT from unknown[192.0.2.7]:4711: 554 5.7.1 <b@far.example>: Relay access denied; ${tail}`,
    says: { type: 'reject', hostile: true, queueId: '4Bx1yz2QFzz3t', client: withPort, reason: 'Relay access denied' },
  },
  {
    why: 'the null sender',
    program: 'postfix/smtpd',
    text: 'NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 550 5.1.1 <b@h.example>: Unknown; from=<> to=<b@h.example> proto=SMTP helo=<x>',
    says: { type: 'reject', from: '' },
  },
  {
    why: 'a sender with angle brackets and quotes',
    program: 'postfix/smtpd',
    text: 'NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 550 5.1.1 No; from=<"a>b"@c.example> to=<d@e.example> proto=SMTP helo=<x>',
    says: { type: 'reject', from: '"a>b"@c.example', to: 'd@e.example' },
  },
  {
    why: 'a recipient that imitates the client',
    program: 'postfix/smtpd',
    text: 'NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 550 5.1.1 <"x from y[198.51.100.9]"@h.example>: Unknown; from=<a@b.example> to=<c@d.example> proto=SMTP helo=<x>',
    says: { type: 'reject', client: unnamed },
  },
  {
    why: 'only a warning of what would be refused',
    program: 'postfix/smtpd',
    text: `NOQUEUE: reject_warning: RCPT from unknown[192.0.2.7]: 553 5.7.1 <a@b>: Sender address rejected: not owned; ${tail}`,
    says: { type: 'notice', hostile: false, outcome: null, replyCode: '553', status: '5.7.1' },
  },
  {
    why: 'a guessed password',
    program: 'postfix/submission/smtpd',
    text: 'warning: out.shop.example[192.0.2.7]:4711: SASL LOGIN authentication failed: (reason unavailable), sasl_username=anna@hub.example',
    says: { type: 'auth', hostile: true, client: { ...client, port: 4711 }, user: 'anna@hub.example', outcome: 'failed', reason: '(reason unavailable)' },
  },
  {
    why: 'our own authentication server was gone',
    program: 'postfix/smtpd',
    text: 'warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: Connection lost to authentication server',
    says: { type: 'auth', hostile: false, outcome: 'failed' },
  },
  {
    why: 'details before the line that names the client',
    program: 'postfix/smtpd',
    text: 'warning: SASL authentication failure: Password verification failed',
    says: { type: 'auth', hostile: false, client: null, session: '7' },
  },
  {
    why: 'who logged in',
    program: 'postfix/smtpd',
    text: '0F5383D: client=out.shop.example[192.0.2.7], sasl_method=PLAIN, sasl_username=anna',
    says: { type: 'accept', queueId: '0F5383D', client, user: 'anna', outcome: 'accepted' },
  },
  {
    why: 'the client before the filter',
    program: 'postfix/smtpd',
    text: '0F5383D: client=localhost[127.0.0.1], orig_queue_id=A0F5383D1, orig_client=out.shop.example[192.0.2.7]',
    says: { type: 'accept', client },
  },
  {
    why: 'talking out of turn',
    program: 'postfix/smtpd',
    text: 'improper command pipelining after DATA from unknown[192.0.2.7]: EHLO x',
    says: { type: 'command', hostile: true, client: unnamed },
  },
  {
    why: 'too many errors',
    program: 'postfix/smtpd',
    text: 'too many errors after RCPT from out.shop.example[192.0.2.7]',
    says: { type: 'command', hostile: true, client },
  },
  {
    why: 'a web browser',
    program: 'postfix/smtpd',
    text: 'warning: non-SMTP command from unknown[192.0.2.7]: GET / HTTP/1.1',
    says: { type: 'command', hostile: true, client: unnamed },
  },
  {
    why: 'more connections than allowed',
    program: 'postfix/smtpd',
    text: 'warning: Connection rate limit exceeded: 61 from unknown[192.0.2.7] for service smtp',
    says: { type: 'command', hostile: true },
  },
  {
    why: 'a lost connection is no abuse',
    program: 'postfix/smtpd',
    text: 'lost connection after DATA (0 bytes) from unknown[192.0.2.7]',
    says: { type: 'disconnect', hostile: false, client: unnamed },
  },
  {
    why: 'a name that does not fit',
    program: 'postfix/smtpd',
    text: 'warning: hostname bad.example does not resolve to address 192.0.2.7: Name or service not known',
    says: { type: 'notice', hostile: false, client: unnamed },
  },
  {
    why: 'TLS with a client',
    program: 'postfix/smtpd',
    text: 'Anonymous TLS connection established from out.shop.example[192.0.2.7]: TLSv1.3 with cipher X (256/256 bits)',
    says: { type: 'tls', client },
  },
  {
    why: 'whatever it is, it names a message',
    program: 'postfix/smtpd',
    text: '0F5383D: something new',
    says: { type: 'other', queueId: '0F5383D', reason: 'something new' },
  },
];

for (const { why, program, text, says } of cases) test(`${program}: ${why}`, () => assert.partialDeepStrictEqual(read(program, text), says));
