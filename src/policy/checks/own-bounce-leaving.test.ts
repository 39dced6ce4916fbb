import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, insider, messageInput } from '../../../test/harness/policy-inputs.ts';
import type { LeavingAnswer } from '../../model/report-judgement.ts';
import { autoReplyLeaving } from './auto-reply-leaving.ts';
import { ownBounceLeaving } from './own-bounce-leaving.ts';

const answer: LeavingAnswer = { kind: 'bounce', toNobody: false, toProven: false, underAttack: false };
const run = (leavingAnswer: LeavingAnswer | undefined, client = insider): string =>
  ownBounceLeaving.run(messageInput({ client, from: null, ...(leavingAnswer === undefined ? {} : { leavingAnswer }) }), {}, undefined, 'message').kind;

test('a bounce to a sender whom nothing proves is found', () => assert.equal(run(answer), 'finding'));
test('so is a notice of delay', () => assert.equal(run({ ...answer, kind: 'delayed' }), 'finding'));
test('who is proven to have written must hear that it failed', () => assert.equal(run({ ...answer, toProven: true }), 'clean'));
test('an absence notice is the business of another check', () => assert.equal(run({ ...answer, kind: 'autoreply' }), 'clean'));
test('what comes from outside is no bounce of ours', () => assert.equal(run(answer, clientOf()), 'clean'));
test('other mail leaves as it likes', () => assert.equal(run(undefined), 'clean'));
test('nor does the check of automatic answers stop a bounce: it would be refused, and lost', () =>
  assert.equal(autoReplyLeaving.run(messageInput({ client: insider, from: null, leavingAnswer: answer }), {}, 'refuse', 'message').kind, 'clean'));
