import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageInput } from '../../../test/harness/policy-inputs.ts';
import type { ReportJudgement, ReturnedVerdict } from '../../model/report-judgement.ts';
import { forgedBounce } from './forged-bounce.ts';

const report = (verdict: ReturnedVerdict): ReportJudgement => ({
  ...verdict,
  kind: 'bounce',
  language: 'en',
  failed: ['x@far.example'],
  original: { subject: null, messageId: null, originIp: '203.0.113.9', originName: null },
});

for (const [verdict, expected, why] of [
  [{ returned: 'forged' }, 'finding', 'it proves nothing, and would if it were ours'],
  [{ returned: 'ours', proof: 'trace' }, 'clean', 'a bounce of our own mail is the author’s'],
  [{ returned: 'unproven', why: 'memory-too-young' }, 'unsure', 'the memory has not seen what it is about'],
  [{ returned: 'unproven', why: 'key-not-answered' }, 'unsure', 'a DNS outage must not look like a forger'],
  [{ returned: 'unproven', why: 'origin-permitted' }, 'unsure', 'a hint is no proof, and no guilt'],
  [{ returned: 'unproven', why: 'others-send-for-us' }, 'finding', 'it is marked'],
  [{ returned: 'unproven', why: 'names-no-message' }, 'clean', 'a shop that thanks for an order answers no letter'],
] as const)
  test(`${verdict.returned}: ${expected}, for ${why}`, () =>
    assert.equal(forgedBounce.run(messageInput({ report: report(verdict) }), {}, undefined, 'message').kind, expected));

test('mail that is no report is none of its business', () => assert.equal(forgedBounce.run(messageInput(), {}, undefined, 'message').kind, 'clean'));

test('where others send for us it marks, whatever action is configured', () => {
  const outcome = forgedBounce.run(messageInput({ report: report({ returned: 'unproven', why: 'others-send-for-us' }) }), {}, undefined, 'message');
  assert.ok(outcome.kind === 'finding' && outcome.action === 'tag' && outcome.inObserveMode === 'observe');
});
