import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailOf } from './mail-of-the-past.ts';

const site = { isInside: (ip: string) => ip.startsWith('10.20.') || ip === '198.51.100.25', isOurDomain: (domain: string) => domain === 'hub.example' };
const read = (...lines: readonly string[]) => mailOf(Buffer.from(`${lines.join('\r\n')}\r\n\r\nbody\r\n`), site);

test('the first host outside brought it; what stands below is not believed', () => {
  const mail = read(
    'Received: from mx.hub.example (mx.hub.example [10.20.0.1]) by store.hub.example; Sat, 21 Nov 2026 09:00:02 +0000',
    'Received: from relay.hub2.example (relay.hub2.example [198.51.100.25]) by mx.hub.example; Sat, 21 Nov 2026 09:00:01 +0000',
    'Received: from out.example (out.example [203.0.113.7]) by relay.hub.example; Sat, 21 Nov 2026 09:00:00 +0000',
    'Received: from bank.example (bank.example [192.0.2.1]) by out.example; Sat, 21 Nov 2026 08:00:00 +0000',
    'From: Ann <ann@out.example>',
    'To: bob@hub.example',
  );
  assert.deepEqual([mail.ip, mail.helo, mail.at], ['203.0.113.7', 'out.example', Date.UTC(2026, 10, 21, 9, 0, 2)]);
});

const envelopes: readonly [lines: readonly string[], from: string, to: readonly string[], why: string][] = [
  [['Return-Path: <>', 'From: a@x.example', 'Delivered-To: bob@hub.example'], '', ['bob@hub.example'], 'the null sender is a sender'],
  [['From: "a, b" <a@x.example>', 'To: c@x.example, Bob <bob@HUB.example>'], 'a@x.example', ['bob@hub.example'], 'of To only what is ours'],
  [
    ['Return-Path: <r@x.example>', 'X-Original-To: list@hub.example', 'To: bob@hub.example'],
    'r@x.example',
    ['list@hub.example'],
    'the deliverer knows better than To',
  ],
  [['Subject: nothing'], '', [], 'nothing is known'],
];
for (const [lines, from, to, why] of envelopes)
  test(`${lines.join('; ')}: ${why}`, () => {
    const mail = read(...lines);
    assert.deepEqual([mail.from, mail.to], [from, to]);
  });

test('mail without a trace was written inside', () => assert.equal(read('From: a@hub.example').ip, ''));
