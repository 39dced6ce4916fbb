import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue, entryOf } from './catalogue.ts';
import { logLine, type LogFormat } from './log-line.ts';
import { sampleEvents } from './sample-events.ts';

const stamp = { time: '2026-11-21T09:06:32.123Z', door: 'smtp-1' };
const formats: readonly LogFormat[] = ['text', 'json', 'logfmt'];

for (const [type, body] of Object.entries(sampleEvents)) {
  test(`${type}: its constructor, its row and its log line exist`, () => {
    assert.equal(body.type, type);
    const entry = entryOf(body);
    assert.ok(entry.doc.endsWith('.'));
    for (const format of formats) assert.match(logLine(format, stamp, entry.level(body), body), new RegExp(`\\b${type}\\b`));
  });
}

test('every row of the catalogue has a sample, so that nothing is shown nowhere', () => {
  assert.deepEqual(Object.keys(catalogue).toSorted(), Object.keys(sampleEvents).toSorted());
});
