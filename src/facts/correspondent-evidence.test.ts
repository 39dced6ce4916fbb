import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { evidenceOf } from './correspondent-evidence.ts';

const client = { session: '1M7YNPXHV1000', ip: '192.0.2.7', ref: '1M7YNPXHV1000-1' } as const;
const finished = (outcome: 'delivered' | 'refused' | 'deferred', reply: string): EventBody => ({
  ...client,
  type: 'message-finished',
  outcome,
  reply,
  reason: '',
  from: 'x@sender.example',
  recipients: [],
  route: 'hub',
  bytes: 1,
  messageId: null,
  subject: null,
  sha256: '',
  hubReply: null,
  hubQueueId: null,
  hubMs: 1,
  tags: [],
});
const judged = (stage: 'rcpt' | 'message', reply?: string): EventBody => ({
  ...client,
  type: 'stage-judged',
  stage,
  input: {},
  facts: {},
  action: reply === undefined ? 'pass' : 'reject',
  findings: [],
  ...(reply === undefined ? {} : { reply }),
});
const refused = (reply: string): EventBody => ({ ...client, type: 'command-refused', command: 'X', reason: 'unknown', reply, evidence: {} });

const cases: readonly [event: EventBody, expected: 'good' | 'bad' | null, why: string][] = [
  [finished('delivered', '250 2.0.0 Ok'), 'good', 'a message taken'],
  [finished('refused', '550 5.7.1 spam'), 'bad', 'the hub refused its content'],
  [finished('deferred', '451 4.4.1 hub away'), null, 'our hub was away: not its fault'],
  [judged('rcpt', '550 5.1.1 no such user'), 'bad', 'an unknown recipient'],
  [judged('rcpt', '450 4.1.1 try later'), null, 'put off by us'],
  [judged('rcpt'), null, 'nothing was refused'],
  [judged('message', '550 5.7.1 refused'), null, 'its message-finished says it already'],
  [refused('500 5.5.2 what?'), 'bad', 'nonsense'],
  [refused('421 4.4.2 timed out'), null, 'a time-out may be our load'],
  [
    { ...client, type: 'connection-refused', port: 1, listener: 'mx', reply: '554 5.7.1 no', reason: 'listed', findings: [] },
    null,
    'what a list already refuses need not be learned',
  ],
];
for (const [event, expected, why] of cases) test(`${event.type}: ${why}`, () => assert.equal(evidenceOf(event)?.what ?? null, expected));

test('a report that is refused says nothing of the server that sends it: it was lied to as we are', () => {
  const report = finished('refused', '550 5.7.1 Refused by policy');
  assert.equal(evidenceOf(report.type === 'message-finished' ? { ...report, from: '' } : report), null);
  const named = judged('rcpt', '550 5.1.1 no such user');
  assert.equal(evidenceOf(named.type === 'stage-judged' ? { ...named, input: { from: '', to: 'x@hub.example' } } : named), null);
});

test('the evidence is about the client', () => assert.equal(evidenceOf(refused('500 5.5.2 what?'))?.ip, '192.0.2.7'));
