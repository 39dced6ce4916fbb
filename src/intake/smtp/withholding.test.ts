import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdRequest } from '../../../test/harness/held-item.ts';
import { contentOf } from '../../../test/harness/policy-inputs.ts';
import type { EventBody } from '../../model/events.ts';
import type { HoldOutcome, HoldRequest } from '../../model/quarantine.ts';
import type { Evidence, Finding } from '../../model/verdict.ts';
import { withhold } from './withholding.ts';

const finding = (action: 'quarantine' | 'discard', evidence: Evidence = {}, check = 'standing-measure'): Finding => ({
  check,
  kind: 'abuse',
  action,
  outcome: { kind: 'finding', because: 'a standing measure covers it', evidence },
});

async function withheld(
  found: Finding,
  outcome: HoldOutcome = { kind: 'kept', id: 'R', expiresAt: 5000 },
  virus = false,
  sinks = { has: () => false, takeSample: () => true },
) {
  const [events, kept]: [EventBody[], HoldRequest[]] = [[], []];
  const { request, session } = holdRequest();
  const services = {
    record: (event: EventBody) => void events.push(event),
    sinks,
    quarantine: {
      keep: (hold: HoldRequest) => {
        kept.push(hold);
        return Promise.resolve(outcome);
      },
    },
  };
  const answer = await withhold({ session, request, summary: contentOf({ subject: 'hi' }), finding: found, virus, services });
  return { answer, events, kept };
}

test('held: 250 when it is kept, and why it is held stands with it', async () => {
  const { answer, events, kept } = await withheld(finding('quarantine', { measure: 'm-7', reason: 'bomb', incident: 'i-3' }));
  assert.deepEqual([answer.reply.code, answer.outcome], [250, 'held']);
  const because = { check: 'standing-measure', because: 'a standing measure covers it: bomb', measure: 'm-7', incident: 'i-3' };
  assert.deepEqual(kept[0]?.because, because);
  const [event] = events;
  assert.ok(event?.type === 'message-quarantined' && event.measure === 'm-7' && event.expiresAt === 5000);
});

test('a virus is known of what is held for something else: its recipient must not release it, and the postmaster is told', async () => {
  const [told] = (await withheld(finding('quarantine'), undefined, true)).events;
  assert.ok(told?.type === 'message-quarantined' && told.virus === true);
  assert.deepEqual(
    [(await withheld(finding('quarantine'), undefined, true)).kept[0]?.virus, (await withheld(finding('quarantine'))).kept[0]?.virus],
    [true, undefined],
  );
});

test('the client hears the same words whether it is held or discarded', async () => {
  const [held, discarded] = [await withheld(finding('quarantine')), await withheld(finding('discard'))];
  assert.deepEqual(held.answer.reply, discarded.answer.reply);
});

test('discarded: nothing is kept but the record', async () => {
  const { answer, events, kept } = await withheld(finding('discard'));
  assert.deepEqual([answer.reply.code, answer.outcome, kept.length, events[0]?.type], [250, 'discarded', 0, 'message-discarded']);
});

for (const [has, takeSample, action, expected, why] of [
  [true, false, 'quarantine', 'discarded', 'the day has its sample'],
  [true, true, 'quarantine', 'held', 'of the sample'],
  [true, true, 'discard', 'discarded', 'nothing is kept of any sink'],
  [false, false, 'quarantine', 'held', 'somebody has this mailbox: his mail is not thrown away with a sink’s'],
  [false, false, 'discard', 'held', 'nor where no sample is kept'],
] as const)
  test(`mail to a sink is ${expected}: ${why}`, async () => {
    const sinks = { has: () => has, takeSample: () => takeSample };
    assert.equal((await withheld(finding(action, {}, 'sink-recipient'), undefined, false, sinks)).answer.outcome, expected);
  });

for (const outcome of [
  { kind: 'full', why: 'quarantine.maxBytes is reached' },
  { kind: 'failed', why: 'EIO' },
] as const) {
  test(`${outcome.kind}: 452, the message is still its sender’s, and nothing says that it is held`, async () => {
    const { answer, events } = await withheld(finding('quarantine'), outcome);
    assert.deepEqual([answer.reply.code, answer.reply.enhanced, answer.outcome, events], [452, '4.3.1', null, []]);
    assert.equal(answer.reason, `quarantine ${outcome.kind}: ${outcome.why}`);
  });
}
