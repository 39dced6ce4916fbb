import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, insider, messageInput } from '../../../test/harness/policy-inputs.ts';
import type { LeavingAnswer } from '../../model/report-judgement.ts';
import { autoReplyLeaving } from './auto-reply-leaving.ts';

const answer: LeavingAnswer = { kind: 'autoreply', toNobody: false, toProven: true, underAttack: false };
const cases: readonly [leaving: 'refuse' | 'discard' | 'careful' | 'allow', change: Partial<LeavingAnswer>, expected: 'clean' | 'finding', why: string][] = [
  ['refuse', {}, 'finding', 'none leaves, whoever gets it'],
  ['discard', {}, 'finding', 'none leaves, and its program hears nothing of it'],
  ['allow', { toNobody: true, underAttack: true, toProven: false }, 'clean', 'the operator wants them to leave'],
  ['careful', {}, 'clean', 'to a person who is proven to have written'],
  ['careful', { toProven: false }, 'finding', 'the sender may be forged'],
  ['careful', { toNobody: true }, 'finding', 'a list or a daemon must not be answered'],
  ['careful', { underAttack: true }, 'finding', 'just now our addresses are forged'],
  ['careful', { kind: 'challenge' }, 'finding', 'challenges make third parties prove themselves'],
];

for (const [leaving, change, expected, why] of cases)
  test(`${leaving} ${JSON.stringify(change)}: ${expected}, for ${why}`, () => {
    const outcome = autoReplyLeaving.run(messageInput({ client: insider, leavingAnswer: { ...answer, ...change } }), {}, leaving, 'message');
    assert.equal(outcome.kind, expected);
    assert.equal(outcome.kind === 'finding' ? outcome.action : undefined, leaving === 'discard' ? 'discard' : undefined);
  });

test('other mail leaves as it likes', () => assert.equal(autoReplyLeaving.run(messageInput({ client: insider }), {}, 'refuse', 'message').kind, 'clean'));
test('an answer that comes from outside is not ours to hold back', () =>
  assert.equal(autoReplyLeaving.run(messageInput({ client: clientOf(), leavingAnswer: answer }), {}, 'refuse', 'message').kind, 'clean'));
