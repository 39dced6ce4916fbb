import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedOrigins } from './shared-origins.ts';

test('who writes to many mailboxes here speaks for many, who writes to one a thousand times does not', () => {
  const origins = new SharedOrigins({ k0: 1, k1: 2 });
  for (let number = 0; number < 1000; number++) assert.equal(origins.isShared('bomber.example', 'a@hub.example'), false);
  const answers = Array.from({ length: 20 }, (_, number) => origins.isShared('mail.example', `${number}@hub.example`));
  assert.equal(answers.indexOf(true), 15);
});

test('a million origins do not grow without bound', () => {
  const origins = new SharedOrigins({ k0: 1, k1: 2 });
  for (let number = 0; number < 60_000; number++) origins.isShared(`${number}.example`, 'a@hub.example');
  assert.ok(origins.size <= 20_000);
});
