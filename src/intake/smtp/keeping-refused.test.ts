import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdRequest } from '../../../test/harness/held-item.ts';
import type { EventBody } from '../../model/events.ts';
import type { HoldOutcome, HoldRequest } from '../../model/quarantine.ts';
import { reply } from '../../model/reply.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import type { Verdict } from '../../model/verdict.ts';
import { keepRefused } from './keeping-refused.ts';

const refusal = reply(550, '5.7.1', 'Refused by policy');
const summary = { subject: 'hi', messageId: '<1@x>' } as ContentSummary; // the rest is not looked at
const decisive = { check: 'virus-found', kind: 'abuse', action: 'reject', outcome: { kind: 'finding', because: 'Eicar', evidence: {} } } as const;
const verdict: Verdict = { action: 'reject', findings: [decisive], decisive };

/** Asks for a copy; gives what was asked of the quarantine and what was recorded. */
async function keep({
  wanted = ['virus-found'],
  answer = refusal,
  outcome = { kind: 'kept', id: 'A', expiresAt: 5 },
  request = () => Promise.resolve(holdRequest().request),
}: {
  wanted?: readonly string[];
  answer?: typeof refusal;
  outcome?: HoldOutcome | Promise<HoldOutcome>;
  request?: () => Promise<HoldRequest['request']>;
}) {
  const [holds, events]: [HoldRequest[], EventBody[]] = [[], []];
  const quarantine = {
    keep: (hold: HoldRequest) => {
      holds.push(hold);
      return Promise.resolve(outcome);
    },
  };
  const services = { quarantine, record: (event: EventBody) => void events.push(event) };
  await keepRefused({ session: 'S', verdict, answer, summary, services, wanted, request, patienceMs: 5 });
  return { holds, events };
}

test('a copy is kept of what a named check refuses, marked as refused, with the reason', async () => {
  const { holds, events } = await keep({});
  assert.deepEqual([holds[0]?.refused, holds[0]?.because.check, holds[0]?.subject], [true, 'virus-found', 'hi']);
  const [event] = events;
  assert.ok(event?.type === 'refused-copy');
  assert.deepEqual([event.outcome, event.expiresAt, event.because], ['kept', 5, 'Eicar']);
});

test('none of what another check refuses, nor of what is only put off: that comes again', async () => {
  assert.equal((await keep({ wanted: ['listed'] })).holds.length, 0);
  assert.equal((await keep({ answer: reply(451, '4.7.1', 'Try later') })).holds.length, 0);
});

test('no room, a failing disk and a fault of ours are told, and end in nothing else: the client has its refusal', async () => {
  const full = await keep({ outcome: { kind: 'full', why: 'quarantine.refusedShare is reached' } });
  assert.ok(full.events[0]?.type === 'refused-copy');
  assert.deepEqual([full.events[0].outcome, full.events[0].why, full.events[0].expiresAt], ['full', 'quarantine.refusedShare is reached', null]);
  const failed = await keep({ outcome: { kind: 'failed', why: 'EIO' } });
  assert.ok(failed.events[0]?.type === 'refused-copy');
  assert.equal(failed.events[0].outcome, 'failed');
  const fault = await keep({ request: () => Promise.reject(new Error('no name')) });
  assert.equal(fault.events[0]?.type, 'quarantine-broken');
});

test('a disk that hangs makes nobody wait', async () => {
  const { holds, events } = await keep({ outcome: new Promise<HoldOutcome>(() => undefined) });
  assert.deepEqual([holds.length, events.length], [1, 0]);
});
