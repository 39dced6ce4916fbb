import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outsideHopOf } from './outside-hop.ts';

const postfix =
  'from evil.spammer.example (unknown [203.0.113.9]) by mx.far.example (Postfix) with ESMTP id 4XyZ for <x@far.example>; Sat, 21 Nov 2026 10:00:00 +0000';
const relay = 'from mx.far.example (mx.far.example [198.51.100.1]) by store.far.example (8.18.1/8.18.1) with ESMTP id x; Sat, 21 Nov 2026 10:00:01 +0000';
const local = 'from store.far.example (localhost [127.0.0.1]) by store.far.example (Postfix) with ESMTP; Sat, 21 Nov 2026 10:00:02 +0000';
const made = 'from mail.hub.example (mail.hub.example [192.0.2.1]) by evil.spammer.example with SMTP; Sat, 21 Nov 2026 09:59:00 +0000';

/** A spammer who calls himself by a name of the site that he writes to, and what he wrote below. */
const posing = [
  'from mail.far.example (unknown [203.0.113.9]) by mx.far.example (Postfix) with ESMTP id 4XyZ; Sat, 21 Nov 2026 10:00:00 +0000',
  'from home.victim.example (home.victim.example [192.0.2.1]) by mail.far.example with SMTP; Sat, 21 Nov 2026 09:59:00 +0000',
];
const exchange =
  'from AM6PR.eurprd.prod.far.example (2001:db8:208:ff::7) by VI1PR.eurprd.prod.far.example (2001:db8:10:aa::9) with Microsoft SMTP Server id 15.20';

for (const [received, expected, why] of [
  [posing, '203.0.113.9', 'a borrowed name in HELO makes nobody a relay of the site'],
  [['from mail.far.example ([203.0.113.9]) by mx.far.example (8.18.1/8.18.1) with ESMTP', ...posing.slice(1)], '203.0.113.9', 'nor before Sendmail'],
  [['from [203.0.113.9] (helo=mail.far.example) by mx.far.example with esmtp (Exim 4.98)', ...posing.slice(1)], '203.0.113.9', 'nor before Exim'],
  [
    ['from mail.far.example (203.0.113.9) by mx.far.example (198.51.100.1) with Microsoft SMTP Server', ...posing.slice(1)],
    '203.0.113.9',
    'nor before Exchange',
  ],
  [['from a.far.example ([198.51.100.7] helo=x) by mx.far.example with esmtp (Exim 4.98)', postfix], '203.0.113.9', 'a relay that Exim looked up is one'],
  [[exchange, postfix], '203.0.113.9', 'two hosts of one network and one name are one site, where lines have no reverse name'],
  [[postfix], '203.0.113.9', 'the one hop there is'],
  [[local, relay, postfix, made], '203.0.113.9', 'past the site’s own relays, and not what the sender may have made up'],
  [['from [203.0.113.9] (port=4711 helo=x) by mx.far.example with esmtp (Exim 4.98)'], '203.0.113.9', 'Exim, a literal'],
  [['from unknown (HELO pc) (203.0.113.9) by mx.far.example with SMTP; 1 Jan 2026 00:00:00 -0000'], '203.0.113.9', 'qmail'],
  [['from host (host.isp.example [IPv6:2001:db8::7])\n\tby mx.far.example'], '2001:db8::7', 'IPv6, folded'],
  [['from x ([10.1.2.3]) by mx.far.example', 'by store.far.example with LMTP'], null, 'inside addresses and lines without an address tell nothing'],
  [[], null, 'no trace at all'],
] as const)
  test(`first outside hop: ${why}`, () => assert.equal(outsideHopOf(received)?.ip ?? null, expected));

test('its name is what it called itself', () => assert.equal(outsideHopOf([postfix])?.name, 'evil.spammer.example'));
test('a line of a megabyte takes no time', () => assert.equal(outsideHopOf([`from ${'[1.2 '.repeat(250_000)}`]), null));
