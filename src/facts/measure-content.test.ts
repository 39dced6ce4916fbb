// What a measure says of content: known when the message is complete, and only where it holds for each of its recipients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, mailboxOf, messageInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import type { MessageTraits } from '../model/message-traits.ts';
import type { MessageInput } from '../model/stage-input.ts';
import { scopeText, scopeToRead } from './measure-scope.ts';
import { compileMeasures, openMeasures } from './measures.ts';

const victim = 'ceo@example.org';
const form: MessageTraits = { fromDomain: 'mail.shop.example', confirmation: 'confirm', subscription: 5 };
const measureOf = (scope: MeasureScope): Measure => ({
  id: 'm-1',
  scope,
  action: 'divert',
  actor: { kind: 'auto', name: 'subscription-bomb' },
  reason: 'bomb',
  createdAt: 0,
  expiresAt: 5000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
});
const scope: MeasureScope = { recipient: victim, direction: 'in', content: 'subscription' };

function hits(changes: Partial<MessageInput>, known: readonly (readonly [string, string])[] = [], given = scope): number {
  const input = messageInput({ recipients: [mailboxOf(victim)], ...changes });
  const correspondents = { knows: (recipient: string, domain: string) => known.some(([who, whom]) => who === recipient && whom === domain) };
  return openMeasures(compileMeasures([measureOf(given)])).match('message', input, { neverBlock: { ofTraffic: () => null }, atMs: 0, correspondents }).length;
}

const cases: readonly [expected: 0 | 1, changes: Partial<MessageInput>, why: string][] = [
  [1, { traits: form }, 'a form was made to write to the victim'],
  [1, { traits: { bulk: true } }, 'a newsletter of a stranger'],
  [0, {}, 'nothing is known of the content'],
  [0, { traits: { fromDomain: 'shop.example' } }, "it looks like a person's mail"],
  [0, { traits: { ...form, transaction: 'bank' } }, 'it may be what the bomb is to hide'],
  [0, { traits: form, user: 'bob' }, 'a user of ours wrote it'],
  [0, { traits: form, client: clientOf({ inside: true }) }, 'it comes from inside'],
  [0, { traits: form, recipients: [mailboxOf(victim), mailboxOf('bob@example.org')] }, 'somebody else is to have it as well'],
];
for (const [expected, changes, why] of cases) test(`${expected === 1 ? 'fits' : 'does not fit'}: ${why}`, () => assert.equal(hits(changes), expected));

test('who has written with the victim before is spared, by the author, and by the envelope where none is named', () => {
  assert.equal(hits({ traits: form }, [[victim, 'mail.shop.example']]), 0);
  assert.equal(hits({ traits: form }, [['bob@example.org', 'mail.shop.example']]), 1);
  assert.equal(hits({ traits: { bulk: true }, from: mailboxOf('x@list.example') }, [[victim, 'list.example']]), 0);
});

test('one stranger among the recipients of a domain under attack is not enough: all must be', () => {
  const both = { traits: form, recipients: [mailboxOf(victim), mailboxOf('bob@example.org')] };
  const ofDomain = { recipient: 'example.org', content: 'subscription' } as const;
  assert.equal(hits(both, [], ofDomain), 1);
  assert.equal(hits(both, [['bob@example.org', 'mail.shop.example']], ofDomain), 0);
});

test('a forged report is what was judged to be one', () => {
  const forged = { recipient: victim, content: 'forged-bounce' } as const;
  assert.deepEqual([hits({ traits: { report: 'bounce', returned: 'forged' } }, [], forged), hits({ traits: { report: 'bounce' } }, [], forged)], [1, 0]);
});

test('before the content is there nothing is said, and the hit speaks for the whole message', () => {
  const measures = openMeasures(compileMeasures([measureOf(scope)]));
  const given = { neverBlock: { ofTraffic: () => null }, atMs: 0 };
  assert.deepEqual(measures.match('rcpt', rcptInput({ to: mailboxOf(victim) }), given), []);
  const [hit] = measures.match('message', messageInput({ recipients: [mailboxOf(victim)], traits: form }), given);
  assert.equal(hit?.ofRecipients, false);
});

test('an operator can write it, and reads it back', () => {
  assert.equal(scopeToRead.parse({ content: 'subscription' }).content, 'subscription');
  assert.equal(scopeToRead.safeParse({ content: 'spam' }).success, false);
  assert.equal(scopeText({ content: 'forged-bounce', recipient: victim }), `recipient ${victim}, content forged-bounce`);
});
