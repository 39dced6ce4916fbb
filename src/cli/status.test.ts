import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleStatus } from '../web/sample-house.ts';
import { statusText } from './status.ts';

test('open incidents and measures are named at a glance, with the way to look', () => {
  const text = statusText({ ...sampleStatus, incidents: { open: 8, alert: 2, severe: 1 }, measures: { person: 1, auto: 3 } });
  assert.match(text, /^ {2}open incidents: 8 \(1 severe, 2 alert\), see floodgate incident list$/m);
  assert.match(text, /^ {2}measures in force: 1 by hand, 3 automatic, see floodgate measure list$/m);
  assert.doesNotMatch(statusText(sampleStatus), /incidents|measures/, 'a quiet night is a quiet page');
});

test('in observe mode it says until when, and that automatic measures are only recorded', () => {
  const observing = { until: '2026-11-28T18:13:00.000Z' };
  const text = statusText({ ...sampleStatus, mode: 'observe', observing, measures: { person: 1, auto: 3 } });
  assert.match(text, /taking mail, mode observe until 2026-11-28T18:13:00\.000Z \(what is found is only recorded\), since/);
  assert.match(text, /1 by hand, 3 automatic \(only recorded\)/);
  assert.match(statusText({ ...sampleStatus, mode: 'observe', observing: null }), /mode enforce \(observing has ended\)/);
});

test('domains of which bounces cannot be told are named', () => {
  const untold = [{ domain: 'example.org', untold: 'not-seen-leaving', toldFrom: null }] as const;
  const text = statusText({ ...sampleStatus, bounces: { othersSendForUs: false, told: 0, untold, untoldInAll: 1 } });
  assert.match(text, /^ {2}bounces forged ones of example\.org cannot be told and pass: next to no mail of it leaves through this gateway/m);
});
