import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageTraits } from './message-traits.ts';
import { isDivertedAsBomb, isSubscriptionMail } from './subscription-mail.ts';

const stranger = { isCorrespondent: false, isAuthenticated: false };
const cases: readonly [traits: MessageTraits, diverted: boolean, why: string][] = [
  [{ subscription: 3, confirmation: 'confirm' }, true, 'a confirmation nobody asked for'],
  [{ bulk: true }, true, 'a newsletter'],
  [{ bulk: true, reply: true }, false, 'an answer on a list'],
  [{}, false, "a person's mail"],
  [{ subscription: 1 }, false, 'one weak sign is no class'],
  [{ subscription: 5, transaction: 'bank' }, false, 'a needle looks much like the hay'],
];

for (const [traits, diverted, why] of cases)
  test(`${diverted ? 'diverted' : 'let through'}: ${why}`, () => assert.equal(isDivertedAsBomb({ ...stranger, traits }), diverted));

test('correspondents and our own users always pass, and so does what cannot be seen', () => {
  const traits: MessageTraits = { subscription: 9 };
  assert.ok(isSubscriptionMail(traits));
  assert.equal(isDivertedAsBomb({ traits, isCorrespondent: true, isAuthenticated: false }), false);
  assert.equal(isDivertedAsBomb({ traits, isCorrespondent: false, isAuthenticated: true }), false);
  assert.equal(isDivertedAsBomb({ ...stranger, traits: null }), false);
});
