import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterFailure, afterSuccess, beforeConnect, closedCircuit, type Circuit } from './circuit.ts';

const failTimes = (times: number, nowMs: number): Circuit => {
  let circuit: Circuit = closedCircuit;
  for (let i = 0; i < times; i++) circuit = afterFailure(circuit, nowMs);
  return circuit;
};

test('four failures in a row leave it closed, the fifth opens it for ten seconds', () => {
  assert.equal(failTimes(4, 0).state, 'closed');
  const open = failTimes(5, 1000);
  assert.deepEqual(open, { state: 'open', untilMs: 11_000 });
  assert.equal(beforeConnect(open, 10_999).allowed, false);
  assert.equal(beforeConnect(open, 11_000).allowed, true);
});

test('a success in between counts from the start again: only consecutive failures speak of a dead hub', () => {
  assert.equal(afterFailure(afterSuccess(failTimes(4, 0)), 0).state, 'closed');
});

test('half-open lets one try through; its result decides', () => {
  const { allowed, circuit } = beforeConnect(failTimes(5, 0), 10_000);
  assert.equal(allowed, true);
  assert.equal(beforeConnect(circuit, 10_001).allowed, false, 'the second waits for the first');
  assert.deepEqual(afterSuccess(circuit), closedCircuit);
  assert.deepEqual(afterFailure(circuit, 10_500), { state: 'open', untilMs: 20_500 });
});

test('a straggler that fails when it is open already does not make it longer', () => {
  const open = failTimes(5, 0);
  assert.equal(afterFailure(open, 9000), open);
});
