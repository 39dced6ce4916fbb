import assert from 'node:assert/strict';
import { test } from 'node:test';
import { message, startAt } from '../../../test/harness/sightings.ts';
import type { AutomaticMeasure } from '../../respond/responder.ts';
import { RehearsedMeasures } from './rehearsed-measures.ts';

const hour = 3_600_000;
const draft = (more: Partial<AutomaticMeasure> = {}): AutomaticMeasure => ({
  scope: { client: '198.51.100.7/32' },
  action: 'defer',
  reason: 'a harvest',
  incident: 'i-1',
  expiresAt: startAt + hour,
  maxHits: null,
  dryRun: false,
  detector: 'directory-harvest',
  ...more,
});
const cases: readonly [more: Partial<AutomaticMeasure>, touched: boolean, messages: number, why: string][] = [
  [{}, true, 1, 'the client is put off'],
  [{ dryRun: true }, false, 1, 'a dry run meets it and touches nothing'],
  [{ action: 'tag' }, false, 1, 'a mark keeps no mail from anybody'],
  [{ action: 'divert' }, true, 1, 'diverted is out of its reader’s way'],
  [{ scope: { client: '198.51.100.0/24' } }, true, 1, 'the network'],
  [{ scope: { client: '203.0.113.0/24' } }, false, 0, 'another network'],
  [{ scope: { recipient: 'ann@hub.example' } }, true, 1, 'the recipient'],
  [{ scope: { sender: 'sender.example' } }, true, 1, "the sender's domain"],
  [{ expiresAt: startAt + 1000 }, false, 0, 'it has run out'],
];
for (const [more, touched, messages, why] of cases)
  test(`${JSON.stringify(more)}: ${why}`, () => {
    const measures = new RehearsedMeasures(null);
    measures.add(draft(more), startAt);
    const seen = message(60, { ip: '198.51.100.7', from: 'x@sender.example', to: 'ann@hub.example', outcome: 'delivered' });
    assert.equal(measures.hit(seen), touched);
    assert.equal(measures.all()[0]?.messages, messages);
    assert.equal(measures.all()[0]?.goodMail, messages);
  });

test('an objection of the guards is kept with what it was about, and nothing is in force for it', () => {
  const measures = new RehearsedMeasures(null);
  measures.object('mailbox-flood recipient=ann@hub.example', 'defer recipient ann@hub.example was not put in force: it would have touched 9 of 20', startAt);
  const [kept] = measures.all();
  assert.deepEqual(
    [kept?.detector, kept?.action, kept?.scope, kept?.objection],
    ['mailbox-flood', 'defer', 'recipient ann@hub.example', 'it would have touched 9 of 20'],
  );
  assert.equal(measures.proposed, 0);
});

test('however many clients alarm, a bounded number of measures is kept and all are counted', () => {
  const measures = new RehearsedMeasures(null);
  for (let n = 0; n < 30_000; n++) measures.add(draft({ scope: { client: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32` } }), startAt);
  assert.equal(measures.proposed, 30_000);
  assert.equal(measures.all().length, 20_000);
});

test('objections are bounded like measures', () => {
  const measures = new RehearsedMeasures(null);
  for (let n = 0; n < 25_000; n++) measures.object(`mailbox-flood recipient=u${n}`, `defer recipient u${n} was not put in force: too much`, startAt);
  assert.equal(measures.all().length, 20_000);
});
