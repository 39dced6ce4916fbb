import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgDomain } from './org-domain.ts';

for (const [name, expected, why] of [
  ['mail.shop.example.co.uk', 'example.co.uk', 'two labels of suffix'],
  ['a.b.example', 'b.example', 'a suffix the list does not know is one label'],
  ['anna.github.io', 'anna.github.io', 'each name under a provider is somebody else'],
  ['co.uk', 'co.uk', 'a suffix stands for itself'],
  ['localhost', 'localhost', 'one label stands for itself'],
  ['[192.0.2.1]', '[192.0.2.1]', 'an address literal is no name'],
  ['', '', 'the null sender has none'],
] as const) {
  test(`${JSON.stringify(name)} belongs to ${JSON.stringify(expected)}: ${why}`, () => assert.equal(orgDomain(name), expected));
}
