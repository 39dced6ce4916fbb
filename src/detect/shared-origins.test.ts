import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sketchHash } from '../lib/sketch-hash.ts';
import { SharedOrigins, type Brought } from './shared-origins.ts';

const hour = 3_600_000;
const word = (text: string): Brought['origin'] => ({ text, hash: sketchHash({ k0: 1, k1: 2 }, text) });
const one: Brought = { origin: word('house.example'), mailbox: word('a@hub.example'), domain: word('house.example'), at: 0 };
const made = (): SharedOrigins => new SharedOrigins();
const many = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);

test('who writes to many mailboxes here speaks for many, who writes to one a thousand times does not', () => {
  const origins = made();
  assert.ok(many(1000).every((at) => !origins.isShared({ ...one, at })));
  assert.equal(
    many(20)
      .map((number) => origins.isShared({ ...one, origin: word('mail.example'), mailbox: word(`${number}@hub.example`) }))
      .indexOf(true),
    16,
  );
});

test('a host that says many domains within minutes is no provider, one that did so on another day is', () => {
  const origins = made();
  origins.isShared(one);
  const at = 30 * hour;
  assert.ok(many(50).every((number) => !origins.isShared({ ...one, origin: word('host'), domain: word(`${number}.example`), at: at + number })));
  assert.equal(origins.isShared({ ...one, origin: word('host'), domain: word('1.example'), at: at + 25 * hour }), true);
});

test('on the first day many domains are enough: there was no other day', () => {
  const origins = made();
  const answers = many(10).map((number) => origins.isShared({ ...one, domain: word(`${number}.example`), at: number }));
  assert.equal(answers.indexOf(true), 8);
});

test('a million origins do not grow without bound', () => {
  const origins = made();
  for (const number of many(120_000)) origins.isShared({ ...one, origin: word(`${number >> 1}.example`) });
  assert.ok(origins.size <= 20_000);
});
