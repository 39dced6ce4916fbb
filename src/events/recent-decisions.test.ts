import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JournalLines } from './journal-lines.ts';
import { createRecentDecisions } from './recent-decisions.ts';
import { createRecorder } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

function journalOf(...types: (keyof typeof sampleEvents)[]): JournalLines {
  let lines = JournalLines.of([]);
  const recorder = createRecorder({
    door: 'smtp-1',
    now: () => 0,
    logFormat: 'text',
    logLevel: 'error',
    ship: (batch) => (lines = new JournalLines(batch.journal)),
  });
  for (const type of types) recorder.record(sampleEvents[type]);
  recorder.flush();
  return lines;
}

test('decisions are kept in their order, what tells that nothing happened is not', () => {
  const recent = createRecentDecisions();
  recent.take(journalOf('session-opened', 'stage-judged', 'tls-started', 'message-finished', 'session-closed'));
  recent.take(journalOf('command-refused'));
  assert.deepEqual(
    recent.read(10).map((event) => event.type),
    ['stage-judged', 'message-finished', 'command-refused'],
  );
  assert.deepEqual(
    recent.read(1).map((event) => event.type),
    ['command-refused'],
  );
});

test('only so many are kept, whatever comes', () => {
  const recent = createRecentDecisions(3);
  for (let i = 0; i < 50; i++) recent.take(journalOf('stage-judged', 'stage-judged'));
  assert.equal(recent.read(100).length, 3);
});

test('an empty batch is nothing', () => {
  const recent = createRecentDecisions();
  recent.take(JournalLines.of([]));
  assert.deepEqual(recent.read(10), []);
});
