import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../../../test/harness/bounce.ts';
import { letter } from '../../../test/harness/letter.ts';
import { clientOf, insider, mailboxOf, messageInput } from '../../../test/harness/policy-inputs.ts';
import type { Content } from '../../model/delivery.ts';
import type { EventBody } from '../../model/events.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { OutgoingDesk, ReportInHand, ReportJudgement } from '../../model/report-judgement.ts';
import type { MessageInput } from '../../model/stage-input.ts';
import { traitsWith, whatReturns } from './report-at-the-door.ts';

const judgement: ReportJudgement = {
  returned: 'forged',
  kind: 'bounce',
  language: 'en',
  failed: [],
  original: { subject: null, messageId: null, originIp: null, originName: null },
};
const anna = mailboxOf('anna@example.org');
const returned = forgedHeader({ from: 'anna@example.org', to: 'x@far.example', subject: 'x', ip: '203.0.113.9' });
const report = bounce({ to: 'anna@example.org', failed: 'x@far.example', returned });
const notice = letter({ subject: 'Out of office', headers: ['Auto-Submitted: auto-replied'], body: 'I am out of the office until Monday.\r\n' });

const inMemory = (raw: Buffer): Content => ({
  wireBytes: raw.length,
  sha256: '',
  chunks: () => [raw.subarray(0, 100), raw.subarray(100)],
  dispose: () => undefined,
});
const inFile = (raw: Buffer): Content => ({
  ...inMemory(raw),
  async *chunks() {
    await Promise.resolve();
    yield raw;
  },
});

async function look(changes: Partial<MessageInput>, content: Content, judge: OutgoingDesk['judge'] = () => judgement) {
  const [judged, events, answering]: [ReportInHand[], EventBody[], string[]] = [[], [], []];
  const outgoing: OutgoingDesk = {
    isOurs: (sender): sender is Mailbox => sender?.domain === 'example.org',
    remember: () => undefined,
    traceLine: () => '',
    tagged: (sender) => sender,
    untagged: () => null,
    judge: (given) => {
      judged.push(given);
      return judge(given);
    },
    rememberWriter: () => undefined,
    answering: (from) => {
      answering.push(addressOf(from));
      return { toProven: false, underAttack: false };
    },
  };
  const input = messageInput({ client: clientOf(), from: null, recipients: [anna], ...changes });
  return { ...(await whatReturns(input, content, { outgoing, record: (event) => void events.push(event) })), judged, events, answering };
}

test('a report is judged, from memory and from a file alike', async () => {
  for (const content of [inMemory(report), inFile(report)]) {
    const { report: found, judged } = await look({}, content);
    assert.equal(found, judgement);
    assert.equal(judged[0]?.understanding.kind, 'bounce');
  }
});

test('the empty envelope sender is a sign of a report, though no field says so yet', async () => {
  const worded = letter({
    subject: 'Bad luck',
    body: 'We tried to hand over your letter, and it failed: 550 nobody there\r\n\r\n  x@far.example\r\n\r\n--- Original message ---\r\nReceived: from a\r\nFrom: anna@example.org\r\nTo: x@far.example\r\n',
  });
  const { judged } = await look({}, inMemory(worded));
  assert.equal(judged[0]?.understanding.kind, 'bounce', judged[0]?.understanding.evidence.join('; '));
});

test('doubled dots of the wire are single again', async () => {
  const { judged } = await look({}, inMemory(Buffer.from(report.toString('latin1').replace('\r\nThis', '\r\n..This'), 'latin1')));
  assert.match(judged[0]?.text ?? '', /\n\.This/);
});

for (const [changes, content, why] of [
  [{ from: mailboxOf('x@far.example') }, letter(), 'a letter shows no sign of being one, and is not read'],
  [{ recipients: [mailboxOf('postmaster@example.org')] }, report, 'postmaster hears of everything'],
  [{ client: insider }, report, 'our own hub’s report is not from outside'],
  [{ recipients: [mailboxOf('x@elsewhere.example')] }, report, 'it is for nobody of ours'],
] as const)
  test(`not judged: ${why}`, async () => {
    const { judged } = await look(changes, inMemory(content));
    assert.equal(judged.length, 0);
  });

test('with a sender it is judged where its header says what it is', async () => {
  const { judged } = await look({ from: mailboxOf('x@far.example') }, inMemory(notice));
  assert.equal(judged.length, 1);
});

test('an absence notice on its way out is seen, one to a colleague is not', async () => {
  const leaving = { client: insider, from: anna };
  const { leavingAnswer } = await look({ ...leaving, recipients: [mailboxOf('dora@far.example')] }, inMemory(notice));
  assert.deepEqual(leavingAnswer, { kind: 'autoreply', toNobody: false, toProven: false, underAttack: false });
  assert.equal((await look({ ...leaving, recipients: [mailboxOf('bert@example.org')] }, inMemory(notice))).leavingAnswer, undefined);
});

test('a stranger’s absence notice that Anna forwards is not refused on its way out: our hub would bounce it to whoever is named', async () => {
  const forwarded = { client: insider, recipients: [mailboxOf('anna@private.example')] };
  for (const from of ['dora@far.example', 'SRS0=7x=AB=far.example=dora@example.org', 'srs1+x=y@example.org'])
    assert.equal((await look({ ...forwarded, from: mailboxOf(from) }, inMemory(notice))).leavingAnswer, undefined, from);
});

test('with the null sender it speaks for its author', async () => {
  const leaving = { client: insider, recipients: [mailboxOf('dora@far.example')] };
  const written = Buffer.from(notice.toString('latin1').replace(/^From: .*$/m, 'From: Anna B. <Anna@Example.org>'), 'latin1');
  assert.deepEqual((await look({ ...leaving, from: null }, inMemory(written))).answering, ['Anna@example.org']);
  assert.deepEqual((await look({ ...leaving, from: anna }, inMemory(written))).answering, [addressOf(anna)]);
});

test("a bounce of our own hub on its way out is looked up by the recipient that failed; a user's forwarded one is not", async () => {
  const stranger = mailboxOf('dora@far.example');
  const ofOurs = bounce({ to: 'dora@far.example', failed: 'full@example.org', returned: 'From: dora@far.example' });
  const { leavingAnswer, answering } = await look({ client: insider, from: null, recipients: [stranger] }, inMemory(ofOurs));
  assert.deepEqual([leavingAnswer?.kind, answering], ['bounce', ['full@example.org']]);
  assert.equal((await look({ client: insider, from: anna, recipients: [stranger] }, inMemory(ofOurs))).leavingAnswer, undefined);
});

for (const name of ['MAILER-DAEMON', 'noreply', 'list-request', 'owner-list', 'list-bounces+anna=example.org'])
  test(`nobody reads what comes to ${name}`, async () => {
    const { leavingAnswer } = await look({ client: insider, from: anna, recipients: [mailboxOf(`${name}@far.example`)] }, inMemory(notice));
    assert.equal(leavingAnswer?.toNobody, true);
  });

test('a fault in the look is told, and the mail goes on', async () => {
  const { report: found, events } = await look({}, inMemory(report), () => {
    throw new Error('broken');
  });
  assert.equal(found, undefined);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['detector-failed'],
  );
});

test('a judgement that needs DNS is waited for, and one that fails keeps no mail', async () => {
  assert.equal((await look({}, inMemory(report), () => Promise.resolve(judgement))).report, judgement);
  const { report: found, events } = await look({}, inMemory(report), () => Promise.reject(new Error('broken')));
  assert.deepEqual([found, events.map(({ type }) => type)], [undefined, ['detector-failed']]);
});

test('detectors see that it is a report, and whose', () => {
  assert.deepEqual(traitsWith({ report: judgement }, { bulk: true }), { traits: { bulk: true, automated: true, report: 'bounce', returned: 'forged' } });
  assert.deepEqual(traitsWith({ report: { ...judgement, returned: 'unproven', why: 'memory-too-young' } }), {
    traits: { automated: true, report: 'bounce' },
  });
  assert.deepEqual(traitsWith({}), {});
});
