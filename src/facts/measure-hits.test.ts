import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../model/events.ts';
import type { Evidence, Finding, Stage } from '../model/verdict.ts';
import { createMeasureHits } from './measure-hits.ts';

const finding = (evidence: Evidence, more: Partial<Finding> = {}): Finding => ({
  check: 'standing-measure',
  kind: 'abuse',
  action: 'defer',
  outcome: { kind: 'finding', because: 'x', evidence },
  ...more,
});
const judged = (stage: Stage, ...findings: readonly Finding[]): EventBody => ({
  type: 'stage-judged',
  session: 's',
  ip: '192.0.2.7',
  stage,
  input: {},
  facts: {},
  action: 'defer',
  findings,
});

test('everybody who had a word is counted, once a stage, and who let pass apart', () => {
  const hits = createMeasureHits();
  hits.note(judged('rcpt', finding({ measure: 'm-1', also: 'm-2 m-3' })));
  hits.note(judged('rcpt', finding({ measure: 'm-1' })));
  hits.note(judged('rcpt', finding({ measure: 'm-2', probe: true }, { action: 'observe', wouldBe: 'defer' })));
  assert.deepEqual(hits.take(), [
    { id: 'm-1', hits: 2, probes: 0, recorded: 0 },
    { id: 'm-2', hits: 1, probes: 1, recorded: 0 },
    { id: 'm-3', hits: 1, probes: 0, recorded: 0 },
  ]);
  assert.deepEqual(hits.take(), [], 'and is counted once');
});

test('a connection that was refused is a hit as well', () => {
  const hits = createMeasureHits();
  const client = { session: 's', ip: '192.0.2.7', port: 40_000, listener: 'mx', ref: 's-1', reply: '554 5.7.1 Refused by policy' };
  hits.note({ type: 'connection-refused', ...client, reason: 'standing-measure', findings: [finding({ measure: 'm-1' }, { action: 'refuse-at-banner' })] });
  assert.deepEqual(hits.take(), [{ id: 'm-1', hits: 1, probes: 0, recorded: 0 }]);
});

test('what was only recorded at RCPT is not counted again at the end of the message; what marks is told only there', () => {
  const hits = createMeasureHits();
  hits.note(judged('message', finding({ measure: 'm-1' }, { action: 'observe', wouldBe: 'reject' })));
  hits.note(judged('message', finding({ measure: 'm-2' }, { action: 'observe', wouldBe: 'divert' })));
  hits.note(judged('message', finding({ measure: 'm-3' }, { action: 'reject' })));
  assert.deepEqual(
    hits.take().map(({ id }) => id),
    ['m-2', 'm-3'],
  );
});

test('what was only recorded is no hit: nobody was refused for it', () => {
  const hits = createMeasureHits();
  hits.note(judged('rcpt', finding({ measure: 'm-1', recorded: 'm-2' }, { action: 'observe', wouldBe: 'defer' })));
  hits.note(judged('rcpt', finding({ measure: 'm-3', recorded: 'm-1 m-2' }, { action: 'quarantine', wouldBe: 'defer' })));
  hits.note(judged('rcpt', finding({ measure: 'm-4' }, { action: 'observe' })));
  assert.deepEqual(hits.take(), [
    { id: 'm-1', hits: 0, probes: 0, recorded: 2 },
    { id: 'm-2', hits: 0, probes: 0, recorded: 2 },
    { id: 'm-3', hits: 1, probes: 0, recorded: 0 },
    { id: 'm-4', hits: 1, probes: 0, recorded: 0 },
  ]);
});

test('other events, other checks and a check in doubt count for nothing', () => {
  const hits = createMeasureHits();
  hits.note({ type: 'stopped', why: 'SIGTERM' });
  hits.note(judged('rcpt', finding({ measure: 'm-1' }, { check: 'listed' }), finding({}, { outcome: { kind: 'unsure', why: 'no name' } })));
  assert.deepEqual(hits.take(), []);
});
