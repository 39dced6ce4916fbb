// LMTP (RFC 2033): one final reply a recipient, and what they are together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHubAnswer, type FakeHubMoment } from '../../../test/harness/fake-hub.ts';
import { routeTo } from '../../../test/harness/hub-route.ts';
import type { DeliveryOutcome } from '../../model/delivery.ts';

const three = ['a@hub.example', 'b@hub.example', 'c@hub.example'];

async function deliverTo(answers: Readonly<Record<string, FakeHubAnswer>>): Promise<{ outcome: DeliveryOutcome; lines: readonly string[]; sessions: number }> {
  const dot = ({ recipient }: FakeHubMoment): FakeHubAnswer | undefined => Object.entries(answers).find(([who]) => recipient.includes(`${who}@`))?.[1];
  await using hub = await startFakeHub({ protocol: 'lmtp', script: { dot } });
  await using to = routeTo(hub, { protocol: 'lmtp' });
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: three }));
  return { outcome, lines: hub.sessions[0]?.lines ?? [], sessions: hub.sessions.length };
}

const codes = (outcome: DeliveryOutcome): number[] => (outcome.kind === 'mixed' ? outcome.perRecipient.map(({ hubReply }) => hubReply.code) : []);

test('all take it: delivered; LHLO is the greeting', async () => {
  const { outcome, lines } = await deliverTo({});
  assert.equal(outcome.kind, 'delivered');
  assert.equal(lines[1], 'C: LHLO mx.example');
});

test('all refuse alike: refused, with the first answer', async () => {
  const { outcome } = await deliverTo({ a: '552 5.2.2 Full', b: '550 5.1.1 Unknown', c: '552 5.2.2 Full' });
  assert.ok(outcome.kind === 'refused' && outcome.at === 'dot' && outcome.hubReply.code === 552);
});

test('some take it: mixed, each with its own answer, and the connection is not desynchronised', async () => {
  const { outcome } = await deliverTo({ b: '452 4.2.2 Full' });
  assert.ok(outcome.kind === 'mixed' && outcome.at === 'dot');
  assert.deepEqual(codes(outcome), [250, 452, 250]);
});

test('4xx and 5xx are not alike: mixed', async () => {
  assert.deepEqual(codes((await deliverTo({ a: '550 5.1.1 No', b: '451 4.3.0 Later', c: '550 5.1.1 No' })).outcome), [550, 451, 550]);
});

test('the connection breaks before any answer: ambiguous, not tried again', async () => {
  const { outcome, sessions } = await deliverTo({ a: { drop: 'rst' } });
  assert.equal(outcome.kind, 'ambiguous');
  assert.equal(sessions, 1);
});

test('it breaks between the answers: who has an answer keeps it, for the others it is open', async () => {
  assert.deepEqual(codes((await deliverTo({ b: { drop: 'fin' } })).outcome), [250, 451, 451]);
  assert.deepEqual(codes((await deliverTo({ b: { reply: '421 4.3.2 Down', drop: 'fin' } })).outcome), [250, 421, 451]);
});
