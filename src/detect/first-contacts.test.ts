import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstContacts } from './first-contacts.ts';

test('the first message of an organisation to a mailbox is the first once, for that mailbox', () => {
  const contacts = new FirstContacts({ k0: 1, k1: 2 });
  assert.equal(contacts.isFirst('a@hub.example', 'shop.example'), true);
  assert.equal(contacts.isFirst('a@hub.example', 'shop.example'), false);
  assert.equal(contacts.isFirst('b@hub.example', 'shop.example'), true);
  assert.equal(contacts.isFirst('a@hub.example', 'other.example'), true);
  assert.equal(contacts.size, 3);
});
