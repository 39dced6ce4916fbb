import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import type { MemorySilence } from '../model/report-judgement.ts';
import { alertRemarks, bouncesToldNow, forgedRefusalNow, type RefusalParts } from './forged-refusal-now.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 0);
const minuteMs = 60_000;
const told: MemorySilence = { means: 'not-sent' };
const unseen: MemorySilence = { means: 'nothing', why: 'not-seen-leaving', fromMs: null };
const young = (fromMs: number): MemorySilence => ({ means: 'nothing', why: 'memory-too-young', fromMs });
const parts = (silence: MemorySilence, settings: Readonly<Record<string, unknown>> = {}): RefusalParts => ({
  config: configOf(settings),
  outgoing: { silenceOf: () => silence },
  nowMs,
});
const anna = { recipient: 'anna@example.org' };

test('moments are whole minutes, and the same from call to call', () => {
  const { toldFrom } = forgedRefusalNow(anna, parts(young(nowMs + 3)));
  assert.equal(toldFrom, new Date(nowMs + minuteMs).toISOString());
  assert.equal(forgedRefusalNow(anna, parts(young(nowMs + 7))).toldFrom, toldFrom);
});

test('an alarm about one address asks about that address', () => {
  const asked: object[] = [];
  const outgoing = { silenceOf: (of: object): MemorySilence => (asked.push(of), told) };
  forgedRefusalNow(anna, { ...parts(told), outgoing });
  forgedRefusalNow({ domain: 'example.org' }, { ...parts(told), outgoing });
  assert.deepEqual(asked, [{ localPart: 'anna', domain: 'example.org' }, { domain: 'example.org' }]);
});

test('a letter about forged bounces says that nothing is refused, why, and what helps meanwhile', () => {
  const flood = { detector: 'backscatter-flood', key: anna };
  const [why, help] = alertRemarks(flood, parts(unseen));
  assert.match(why ?? '', /^NOTHING IS REFUSED: next to no mail of anna@example\.org/);
  assert.match(help ?? '', /measure add --sender "<>" --recipient anna@example\.org --action hold/);
  assert.deepEqual(alertRemarks(flood, parts(told)), []);
});

test('in observe mode every letter says that measures are only recorded, until when', () => {
  const observing = parts(told, { mode: 'observe', observeUntil: new Date(nowMs + 60 * minuteMs).toISOString() });
  assert.match(
    alertRemarks({ detector: 'single-source-bomb', key: anna }, observing)[0] ?? '',
    /^mode observe until 2026-11-21T19:00:00\.000Z: .* only recorded$/,
  );
  assert.deepEqual(alertRemarks({ detector: 'single-source-bomb', key: anna }, { ...observing, nowMs: nowMs + 61 * minuteMs }), [], 'it is over');
});

test('where others send for us nothing is untold: it is marked, as was ordered', () => {
  const others = parts(unseen, { bounces: { othersSendForUs: true } });
  assert.equal(forgedRefusalNow(anna, others).untold, null);
  assert.deepEqual(bouncesToldNow(configOf(), others), { othersSendForUs: true, told: 0, untold: [], untoldInAll: 0 });
  const { untold, untoldInAll, told: known } = bouncesToldNow(configOf(), parts(unseen));
  assert.ok(untoldInAll === untold.length && untoldInAll > 0 && known === 0);
});
