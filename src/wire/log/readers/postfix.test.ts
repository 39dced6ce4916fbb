import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesNobody, type Reading } from '../line.ts';
import { postfix } from './postfix.ts';

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
  {
    why: 'speaking before the greeting',
    program: 'postfix/postscreen',
    text: 'PREGREET 14 after 0.08 from [192.0.2.7]:4711: EHLO [198.51.100.9]:25\\r\\n',
    says: { type: 'command', hostile: true, client: withPort },
  },
  { why: 'listed', program: 'postfix/postscreen', text: 'DNSBL rank 4 for [192.0.2.7]:4711', says: { type: 'notice', hostile: true, client: withPort } },
  {
    why: 'the operator let it in',
    program: 'postfix/postscreen',
    text: 'ALLOWLISTED [192.0.2.7]:4711',
    says: { type: 'notice', hostile: false, outcome: 'accepted' },
  },
  { why: 'the operator shut it out', program: 'postfix/postscreen', text: 'DENYLISTED [192.0.2.7]:4711', says: { type: 'notice', hostile: true } },
  { why: 'slow', program: 'postfix/postscreen', text: 'COMMAND TIME LIMIT from [192.0.2.7]:4711 after CONNECT', says: { type: 'notice', hostile: false } },
  { why: 'bare line feeds', program: 'postfix/postscreen', text: 'BARE NEWLINE from [192.0.2.7]:4711 after DATA', says: { type: 'command', hostile: true } },
  {
    why: 'postscreen lists with commas',
    program: 'postfix/postscreen',
    text: 'NOQUEUE: reject: RCPT from [192.0.2.7]:4711: 450 4.3.2 Service currently unavailable; from=<a@b.example>, to=<c@d.example>, proto=ESMTP, helo=<x>',
    says: { type: 'reject', hostile: false, client: withPort, from: 'a@b.example', to: 'c@d.example', outcome: 'deferred' },
  },
  {
    why: 'our own ports were busy',
    program: 'postfix/postscreen',
    text: 'NOQUEUE: reject: CONNECT from [192.0.2.7]:4711: all server ports busy',
    says: { type: 'reject', hostile: false },
  },
  {
    why: 'on a block list',
    program: 'postfix/dnsblog',
    text: 'addr 192.0.2.7 listed by domain bl.example as 127.0.0.4',
    says: { type: 'notice', hostile: true, client: unnamed },
  },
  {
    why: 'on an allow list',
    program: 'postfix/dnsblog',
    text: 'addr 2001:db8::7 listed by domain list.dnswl.example as 127.0.5.1',
    says: { type: 'notice', hostile: false, client: { ip: '2001:db8::7', port: null, name: null } },
  },
  {
    why: 'a list that does not answer us',
    program: 'postfix/dnsblog',
    text: 'addr 192.0.2.7 listed by domain bl.example as 127.255.255.254',
    says: { type: 'notice', hostile: false },
  },
  {
    why: 'how often it came',
    program: 'postfix/anvil',
    text: 'statistics: max connection rate 1/60s for (127.0.0.1:10025:2001:db8::7) at Oct 26 18:13:50',
    says: { type: 'notice', client: { ip: '2001:db8::7', port: null, name: null } },
  },
  {
    why: 'the Message-ID',
    program: 'postfix/cleanup',
    text: '0F5383D: message-id=<544D2523.30609@shop.example>',
    says: { type: 'notice', queueId: '0F5383D', messageId: '544D2523.30609@shop.example' },
  },
  {
    why: 'refused for a header',
    program: 'postfix/cleanup',
    text: `0F5383D: reject: header Subject: cheap from x[198.51.100.9]; from out.shop.example[192.0.2.7]; ${tail}: 5.7.1 No adverts`,
    says: { type: 'reject', hostile: true, client, unsureClient: true, outcome: 'refused', status: '5.7.1', reason: 'No adverts' },
  },
  {
    why: 'a milter refused the whole message',
    program: 'postfix/cleanup',
    text: `0F5383D: milter-reject: END-OF-MESSAGE from out.shop.example[192.0.2.7]: 5.7.1 Spam; ${tail}`,
    says: { type: 'reject', hostile: true, client, status: '5.7.1', replyCode: null, outcome: 'refused', reason: 'Spam' },
  },
  {
    why: 'who sends',
    program: 'postfix/qmgr',
    text: '0F5383D: from=<a@shop.example>, size=5360, nrcpt=1 (queue active)',
    says: { type: 'notice', from: 'a@shop.example' },
  },
  {
    why: 'given up',
    program: 'postfix/qmgr',
    text: '0F5383D: from=<a@shop.example>, status=expired, returned to sender',
    says: { type: 'delivery', outcome: 'expired', from: 'a@shop.example' },
  },
  { why: 'gone', program: 'postfix/qmgr', text: '0F5383D: removed', says: { type: 'notice', ends: true } },
  {
    why: 'mail of the machine itself',
    program: 'postfix/pickup',
    text: '0F5383D: uid=0 from=<root>',
    says: { type: 'accept', from: 'root', outcome: 'accepted' },
  },
  {
    why: 'delivered',
    program: 'postfix/smtp',
    text: '0F5383D: to=<b@far.example>, orig_to=<c@hub.example>, relay=mx.far.example[198.51.100.9]:25, delay=1, delays=1/0/0/0, tls=may:none, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 153053D)',
    says: {
      type: 'delivery',
      to: 'b@far.example',
      outcome: 'delivered',
      status: '2.0.0',
      replyCode: '250',
      reason: '250 2.0.0 Ok: queued as 153053D',
      nextQueueId: null,
    },
  },
  {
    why: 'handed to a content filter',
    program: 'postfix/lmtp',
    text: '0F5383D: to=<b@hub.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 253053D)',
    says: { type: 'delivery', nextQueueId: '253053D' },
  },
  {
    why: 'bounced',
    program: 'postfix/smtp',
    text: '0F5383D: to=<b@far.example>, relay=mx.far.example[198.51.100.9]:25, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (host mx.far.example[198.51.100.9] said: 550-5.1.1 no such user (in reply to RCPT TO command))',
    says: { type: 'delivery', outcome: 'bounced', status: '5.1.1', replyCode: '550', hostile: false },
  },
  {
    why: 'no brackets, no reply',
    program: 'postfix/local',
    text: '0F5383D: to=root@localhost, relay=local, delay=0.05, delays=0.02/0/0/0.02, dsn=5.1.1, status=bounced (unknown user: "root")',
    says: { type: 'delivery', to: 'root@localhost', replyCode: null, reason: 'unknown user: "root"' },
  },
  {
    why: 'an address that was asked for',
    program: 'postfix/smtp',
    text: '0F5383D: to=<b@far.example>, relay=x[198.51.100.9]:25, delay=1, delays=1/0/0/0, dsn=5.1.1, status=undeliverable (host x[198.51.100.9] said: 550 no)',
    says: { type: 'delivery', outcome: 'refused' },
  },
  {
    why: 'one of several servers said no',
    program: 'postfix/smtp',
    text: '0F5383D: host mx.far.example[198.51.100.9] said: 450 4.7.1 Greylisted (in reply to RCPT TO command)',
    says: { type: 'notice', replyCode: '450', status: '4.7.1' },
  },
  {
    why: 'the other end is not there',
    program: 'postfix/smtp',
    text: 'connect to mx.far.example[198.51.100.9]:25: Connection timed out',
    says: { type: 'notice', client: null },
  },
  {
    why: 'a bounce was made',
    program: 'postfix/bounce',
    text: '0F5383D: sender non-delivery notification: 153053D',
    says: { type: 'notice', queueId: '0F5383D', nextQueueId: null },
  },
  {
    why: 'the id behind the level',
    program: 'postfix/cleanup',
    text: 'warning: 9BECF3F19D: sender_canonical_maps map lookup problem',
    says: { type: 'notice', queueId: '9BECF3F19D' },
  },
  {
    why: 'SPF is a fact, no verdict',
    program: 'policyd-spf',
    text: 'Fail; identity=mailfrom; client-ip=192.0.2.7; helo=x; envelope-from=a@shop.example; receiver=<UNKNOWN>',
    says: { type: 'notice', hostile: false, client: unnamed, from: 'a@shop.example' },
  },
];

for (const { why, program, text, says } of cases) test(`${program}: ${why}`, () => assert.partialDeepStrictEqual(read(program, text), says));

for (const [program, text] of [
  ['postfix/master', 'daemon started -- version 3.7.11, configuration /etc/postfix'],
  ['postfix/scache', 'statistics: address lookup hits=0 miss=1 success=0%'],
  ['postfix/postscreen', 'cache btree:/var/lib/postfix/postscreen_cache full cleanup: retained=7 dropped=0 entries'],
  ['postfix/smtpd', 'warning: dict_nis_init: NIS domain name not set - NIS lookups disabled'],
  ['postfix/postsuper', 'Deleted: 115 messages'],
] as const)
  test(`${program} names nobody and is understood: ${text}`, () => assert.equal(read(program, text), namesNobody));

test('what is no line of Postfix is not understood', () => {
  assert.equal(read('postfix/smtpd', 'colourless green ideas'), null);
  assert.equal(read('postfix/cleanup', 'colourless green ideas'), null);
});

test('words before a colon are no queue ids', () => {
  for (const text of ['warning: x', 'statistics: x', 'fatal: x', 'DEAD: x', '12: x', 'rhythms: x'])
    assert.equal(read('postfix/qmgr', text)?.queueId ?? null, null, text);
});

test('no text of a stranger breaks the reader', () => {
  const words = fc.constantFrom(
    'NOQUEUE: ',
    'reject: ',
    'RCPT from ',
    'x[192.0.2.7]',
    ':25',
    ': ',
    '; from=<',
    '> to=<',
    '0F5383D: ',
    'to=<a>',
    ', status=',
    'sent',
    ' (',
    'warning: ',
    'SASL ',
    ' authentication failed:',
    '\0',
    '[',
    ']',
    'client=',
    'from=<',
    '550 ',
    '5.1.1 ',
    'host ',
    ' said: ',
  );
  const programs = fc.constantFrom(
    'postfix/smtpd',
    'postfix/cleanup',
    'postfix/smtp',
    'postfix/qmgr',
    'postfix/postscreen',
    'postfix/dnsblog',
    'postfix/anvil',
    'postfix/tlsproxy',
    'policyd-spf',
    'postfix/x',
    'postfix/pickup',
  );
  fc.assert(
    fc.property(
      programs,
      fc.oneof(
        fc.array(words).map((each) => each.join('')),
        fc.string(),
      ),
      (program, text) => {
        const found = read(program, text);
        assert.ok(found === null || typeof found.hostile === 'boolean');
      },
    ),
    { numRuns: 4000 },
  );
});
