import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../../test/harness/bounce.ts';
import { letter } from '../../test/harness/letter.ts';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { Sender } from '../model/mailbox.ts';
import type { TraceMark } from '../wire/message/trace-header.ts';
import { understand } from '../wire/message/understand.ts';
import { judgeReport, type Proofs } from './returned-mail.ts';

const anna = mailboxOf('anna@hub.example');
/** A memory in which nothing is, but what is said. */
const memory = (known: Partial<Proofs> = {}): Proofs => ({
  silenceOf: () => ({ means: 'not-sent' }),
  isOurMark: () => false,
  hasSent: () => false,
  hasMessageId: () => false,
  hasEnvelopeId: () => false,
  ...known,
});
const alone = { othersSendForUs: false, isUnderAttack: () => false };

function judge(
  content: Buffer,
  proofs: Proofs = memory(),
  { from = null, to = anna, site = alone }: { from?: Sender; to?: typeof anna; site?: typeof alone } = {},
) {
  return judgeReport({ understanding: understand(content), text: content.toString('latin1'), from, recipients: [to] }, proofs, site);
}

const returned = forgedHeader({ from: 'anna@hub.example', to: 'bert@far.example', subject: 'Hello', ip: '203.0.113.9' });
const trace = 'X-Floodgate-Trace: v1; A-1; 1795272000; AAAAAAAAAAAAAAAA';
const plain = bounce({ to: 'anna@hub.example', failed: 'carl@far.example', returned });

test('a bounce that proves nothing is forged, and says where the mail came from', () => {
  const report = judge(plain);
  assert.equal(report?.returned, 'forged');
  assert.deepEqual([report.kind, report.failed, report.original.originIp, report.original.subject], ['bounce', ['carl@far.example'], '203.0.113.9', 'Hello']);
});

const isOurs = ({ id }: TraceMark, address: string): boolean => id === 'A-1' && address === 'anna@hub.example';
for (const [proof, content, known] of [
  ['trace', bounce({ to: 'x', failed: 'x@y.example', returned: `${returned}\r\n${trace}` }), { isOurMark: isOurs }],
  ['message-id', plain, { hasMessageId: (id: string) => returned.includes(id) }],
  ['recipient', plain, { hasSent: (from: string, to: string) => from === 'anna@hub.example' && to === 'carl@far.example' }],
  ['recipient', plain, { hasSent: (_from: string, to: string) => to === 'bert@far.example' }],
  [
    'envelope-id',
    bounce({ to: 'x', failed: 'x@y.example', returned, statusFields: ['Original-Envelope-Id: QQ314159'] }),
    { hasEnvelopeId: (id: string) => id === 'QQ314159' },
  ],
] as const)
  test(`${proof} alone is proof`, () => {
    const report = judge(content, memory(known));
    assert.ok(report?.returned === 'ours' && report.proof === proof, JSON.stringify(report));
  });

/** A forger names all to whom everybody writes: she has written to one of them. */
const popular = Array.from({ length: 61 }, (_, n) => `popular-${n}@shop.example`);
for (const [known, failed, expected, why] of [
  [[0], popular, 'forged', 'it is the first'],
  [[60], popular, 'forged', 'it is the last'],
  [[0, 1], popular, 'forged', 'two'],
  [[0, 1, 2], popular.slice(0, 5), 'ours', 'a letter to several, some of whom are named otherwise behind their server'],
  [[0], popular.slice(0, 1), 'ours', 'a letter to one'],
] as const)
  test(`a report that names ${failed.length}, of whom she wrote to ${known.length}, is ${expected}: ${why}`, () => {
    const content = bounce({
      to: 'anna@hub.example',
      failed: failed.join('\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nFinal-Recipient: rfc822; '),
      returned: 'Subject: x',
    });
    assert.deepEqual(understand(content).failedRecipients, failed.slice());
    const writtenTo: readonly string[] = known.map((n) => popular[n] ?? '');
    assert.equal(judge(content, memory({ hasSent: (_from, to) => writtenTo.includes(to) }))?.returned, expected);
  });

test('an answer that names many as its authors is answered for by the first', () => {
  const answer = letter({
    from: popular.join(', '),
    to: 'anna@hub.example',
    subject: 'Out of office',
    headers: ['Auto-Submitted: auto-replied', 'In-Reply-To: <x@y.example>'],
    body: 'I am out of the office until Monday.\r\n',
  });
  assert.equal(judge(answer, memory({ hasSent: (_from, to) => to === popular[60] }))?.returned, 'forged');
});

test('the mark is found in words that are encoded', () => {
  const words = `A message that you sent could not be delivered to one or more of its recipients.\n\n  x@y.example\n    550 5.1.1 unknown user\n\n------ This is a copy of your message, including all the headers. ------\n\n${returned.replaceAll('\r\n', '\n')}\n${trace}\n\nHello\n`;
  const content = letter({
    from: 'Mail Delivery System <MAILER-DAEMON@far.example>',
    subject: 'Mail delivery failed: returning message to sender',
    headers: ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
    body: Buffer.from(words)
      .toString('base64')
      .replaceAll(/(.{76})/g, '$1\r\n'),
  });
  const report = judge(content, memory({ isOurMark: isOurs }));
  assert.ok(report?.returned === 'ours' && report.proof === 'trace', JSON.stringify(report));
});

test('the mark of Anna’s mail proves nothing for Bert', () => {
  const content = bounce({ to: 'x', failed: 'x@y.example', returned: `${returned}\r\n${trace}` });
  assert.equal(judge(content, memory({ isOurMark: isOurs }), { to: mailboxOf('bert@hub.example') })?.returned, 'forged');
});

test('what came to a tagged address is ours, if it returns nothing at all', () =>
  assert.equal(judge(plain, memory(), { to: { ...anna, tagged: true } })?.returned, 'ours'));

for (const why of ['memory-too-young', 'not-seen-leaving'] as const)
  test(`where the silence of the memory means nothing (${why}) no report is forged, and what it has seen it has seen`, () => {
    const silenceOf: Proofs['silenceOf'] = () => ({ means: 'nothing', why, fromMs: null });
    const report = judge(plain, memory({ silenceOf }));
    assert.ok(report?.returned === 'unproven' && report.why === why);
    assert.equal(judge(plain, memory({ silenceOf, hasSent: () => true }))?.returned, 'ours');
  });

test('a report to two of us is forged only where the mail of both is seen', () => {
  const silenceOf: Proofs['silenceOf'] = ({ localPart }) =>
    localPart === 'anna' ? { means: 'not-sent' } : { means: 'nothing', why: 'not-seen-leaving', fromMs: null };
  const recipients = [anna, mailboxOf('bert@hub.example')];
  const report = judgeReport({ understanding: understand(plain), text: plain.toString('latin1'), from: null, recipients }, memory({ silenceOf }), alone);
  assert.equal(report?.returned, 'unproven');
});

test('where others send for us nothing is forged', () => {
  const report = judge(plain, memory(), { site: { ...alone, othersSendForUs: true } });
  assert.ok(report?.returned === 'unproven' && report.why === 'others-send-for-us');
});

const away = (headers: readonly string[]): Buffer =>
  letter({
    from: 'Dora <dora@far.example>',
    to: 'anna@hub.example',
    subject: 'Out of office',
    headers: ['Auto-Submitted: auto-replied', ...headers],
    body: 'I am out of the office until Monday.\r\n',
  });
const dora = mailboxOf('dora@far.example');

test('an absence notice of somebody Anna wrote to is hers, by the message it answers or by who answers', () => {
  assert.equal(judge(away(['In-Reply-To: <q@hub.example>']), memory({ hasMessageId: (id) => id === '<q@hub.example>' }), { from: dora })?.returned, 'ours');
  assert.equal(judge(away([]), memory({ hasSent: (_from, to) => to === 'dora@far.example' }), { from: null })?.returned, 'ours');
});

test('an absence notice that answers a message which is not ours is forged; one that names none cannot be told', () => {
  assert.equal(judge(away(['In-Reply-To: <spam@spammer.example>']), memory(), { from: dora })?.returned, 'forged');
  assert.equal(judge(away([]), memory(), { from: dora })?.returned, 'unproven');
  assert.equal(judge(away([]), memory(), { from: null })?.returned, 'unproven', 'a ticket system answers a form with the null sender');
  const attacked = { ...alone, isUnderAttack: () => true };
  assert.equal(judge(away([]), memory(), { from: null, site: attacked })?.returned, 'forged', 'in a flood of forged reports it is one of them');
  assert.equal(judge(away([]), memory(), { from: dora, site: attacked })?.returned, 'unproven', 'a shop has a sender, attack or none');
});

test('a letter is no report', () =>
  assert.equal(judge(letter({ subject: 'Lunch', body: 'Shall we meet at noon tomorrow?\r\n' }), memory(), { from: dora }), null));

test('a report with ten thousand names and marks takes no longer than one with few', () => {
  let asked = 0;
  const content = bounce({ to: 'x', failed: 'x@y.example', returned: `${returned}\r\n${`${trace}\r\n`.repeat(10_000)}` });
  judge(content, memory({ isOurMark: () => (asked++, false), hasSent: () => (asked++, false), hasMessageId: () => (asked++, false) }));
  assert.ok(asked < 300, `${asked} look-ups`);
});
