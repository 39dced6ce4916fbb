import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sketchHash } from '../lib/sketch-hash.ts';
import { FirstContacts } from './first-contacts.ts';

test('the first message of an organisation to a mailbox is the first once, for that mailbox', () => {
  const contacts = new FirstContacts();
  const isFirst = (...words: readonly [string, string]): boolean => {
    const [mailbox, organisation] = words.map((word) => sketchHash({ k0: 1, k1: 2 }, word));
    return contacts.isFirst(mailbox ?? 0, organisation ?? 0);
  };
  assert.equal(isFirst('a@hub.example', 'shop.example'), true);
  assert.equal(isFirst('a@hub.example', 'shop.example'), false);
  assert.equal(isFirst('b@hub.example', 'shop.example'), true);
  assert.equal(isFirst('a@hub.example', 'other.example'), true);
  assert.equal(contacts.size, 3);
});
