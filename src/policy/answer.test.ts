import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reply, type Reply } from '../model/reply.ts';
import type { Action, Finding, Stage, Verdict } from '../model/verdict.ts';
import { answerTo, cleanHubReply } from './answer.ts';
import { catalogue } from './catalogue.ts';
import { finding, unsure } from './check.ts';

/** Codes a client may meet as the answer to what it said: RFC 5321 4.2.4.2, 4.3.2, RFC 4954 6 (530), RFC 1870 6 (452, 552). 421 is legal anywhere. */
const legal: Readonly<Record<Stage, readonly number[]>> = {
  connect: [421, 554],
  helo: [421, 504, 550],
  mail: [421, 451, 452, 455, 503, 530, 550, 552, 553, 555],
  rcpt: [421, 450, 451, 452, 455, 503, 530, 550, 551, 552, 553, 554, 555],
  message: [421, 450, 451, 452, 550, 552, 554],
};

const verdictOf = (found: Finding): Verdict => ({ action: found.action, findings: [found], decisive: found });
const refusals: readonly Action[] = ['defer', 'reject', 'refuse-at-banner'];

for (const check of catalogue) {
  for (const stage of check.stages) {
    for (const action of refusals) {
      for (const outcome of [finding('the rule', { secret: 1 }), unsure('the reason')]) {
        test(`${check.id} ${action} at ${stage} (${outcome.kind}): legal code, matching class, reference, no word of the rule`, () => {
          const answer = answerTo(verdictOf({ check: check.id, kind: check.kind, action, outcome }), { stage, reference: '7KQ2ABC' });
          assert.ok(legal[stage].includes(answer.code), `${answer.code}`);
          assert.equal(answer.enhanced?.[0], String(answer.code)[0]);
          assert.equal(answer.code < 500, action === 'defer' || answer.code === 421);
          const text = answer.lines.join(' ');
          assert.match(answer.lines.at(-1) ?? '', /7KQ2ABC/);
          assert.ok(!text.includes('the rule') && !text.includes('the reason') && !text.includes(check.id) && !text.includes('secret'));
        });
      }
    }
  }
}

const exact: readonly [check: string, stage: Stage, action: Action, expected: string][] = [
  ['relay-not-allowed', 'rcpt', 'reject', '554 5.7.1'],
  ['relay-not-allowed', 'mail', 'reject', '530 5.7.0'],
  ['unknown-recipient', 'rcpt', 'defer', '450 4.4.3'],
  ['too-many-recipients', 'rcpt', 'defer', '452 4.5.3'],
  ['different-route', 'rcpt', 'defer', '452 4.5.3'],
  ['null-sender-many-recipients', 'rcpt', 'defer', '452 4.5.3'],
  ['message-too-big', 'mail', 'reject', '552 5.3.4'],
  ['bad-line-ends', 'message', 'reject', '550 5.5.2'],
  ['mail-loop', 'message', 'reject', '554 5.4.6'],
  ['too-many-errors', 'mail', 'defer', '421 4.7.0'],
  ['listed', 'connect', 'refuse-at-banner', '554 5.7.1'],
  ['listed', 'connect', 'defer', '421 4.7.0'],
  ['listed', 'rcpt', 'reject', '550 5.7.1'],
  ['a-check-of-the-operator', 'message', 'defer', '451 4.7.1'],
];
for (const [check, stage, action, expected] of exact) {
  test(`${check} ${action} at ${stage} is ${expected}`, () => {
    const answer = answerTo(verdictOf({ check, kind: 'abuse', action, outcome: finding('x') }), { stage, reference: 'R' });
    assert.equal(`${answer.code} ${answer.enhanced}`, expected);
  });
}

test('abuse checks all say the same: who is refused learns nothing from the words', () => {
  const words = ['listed', 'early-talker', 'helo-claims-our-name', 'a-check-of-the-operator'].map((check) =>
    answerTo(verdictOf({ check, kind: 'abuse', action: 'reject', outcome: finding(check) }), { stage: 'helo', reference: 'R' }),
  );
  assert.equal(new Set(words.map((answer) => JSON.stringify(answer))).size, 1);
});

test('a verdict that lets the mail pass has no answer: asking for one is our own mistake', () => {
  assert.throws(() => answerTo({ action: 'tag', findings: [], decisive: null }, { stage: 'rcpt', reference: 'R' }), /no refusal/);
});

test("the hub's own refusal is passed on with our reference", () => {
  const outcome = finding('x', {}, { hubReply: reply(552, '5.2.2', 'Mailbox full') });
  const answer = answerTo(verdictOf({ check: 'unknown-recipient', kind: 'permission', action: 'reject', outcome }), { stage: 'rcpt', reference: '7KQ2ABC' });
  assert.deepEqual(answer, { code: 552, enhanced: '5.2.2', lines: ['Mailbox full (ref 7KQ2ABC)'] });
});

const hubReplies: readonly [said: Reply, expected: Reply, why: string][] = [
  [reply(421, '4.3.2', 'bye'), reply(451, '4.3.2', 'bye'), 'a 421 was about its connection with us'],
  [reply(550, '4.1.1', 'x'), reply(550, '5.0.0', 'x'), 'the class of the enhanced code follows the code'],
  [reply(550, null, 'x'), reply(550, '5.0.0', 'x'), 'every refusal has an enhanced code'],
  [reply(999, null, 'x'), reply(451, '4.0.0', 'x'), 'a code that is none is temporary trouble'],
  [reply(550, '5.1.1', 'a\r\n250 ok\u001b[2J'), reply(550, '5.1.1', 'a??250 ok?[2J'), 'it cannot split the reply or reach a terminal'],
  [reply(550, '5.1.1', 'y'.repeat(900)), reply(550, '5.1.1', 'y'.repeat(400)), 'RFC 5321 4.5.3.1.5: a reply line has 512 octets'],
  [{ code: 550, enhanced: '5.1.1', lines: [] }, reply(550, '5.1.1', 'Refused'), 'a reply has words'],
  [{ code: 550, enhanced: '5.1.1', lines: ['1', '2', '3', '4', '5'] }, { code: 550, enhanced: '5.1.1', lines: ['1', '2', '3', '4'] }, 'four lines say enough'],
];
for (const [said, expected, why] of hubReplies) test(`the hub's ${said.code}: ${why}`, () => assert.deepEqual(cleanHubReply(said), expected));
