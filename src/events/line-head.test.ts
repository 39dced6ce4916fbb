import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JournalLines } from './journal-lines.ts';
import { readHead } from './line-head.ts';
import { createRecorder } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

const refused = sampleEvents['connection-refused'];

/** What the recorder of a door writes of one refusal. */
function written(door: string, at: number, changes: object): JournalLines {
  let lines = JournalLines.of([]);
  const recorder = createRecorder({ door, now: () => at, logFormat: 'text', logLevel: 'error', ship: ({ journal }) => (lines = new JournalLines(journal)) });
  recorder.record({ ...refused, ...changes });
  recorder.flush();
  return lines;
}
const wholeOf = (lines: JournalLines): Record<string, unknown> => JSON.parse(lines.line(0)) as Record<string, unknown>;

test('the head is what the whole line says, whatever stands in it', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), fc.constantFrom('', '"', '\\', '","ip":"192.0.2.1"', 'x'.repeat(400)));
  const event = fc.record({ session: text, ip: text, reply: text });
  fc.assert(
    fc.property(text, fc.nat(), event, (door, at, changes) => {
      const lines = written(door, at, changes);
      const { door: saidDoor, at: saidAt, seq, session, ip } = wholeOf(lines);
      const head = readHead(lines.head(0), () => lines.line(0));
      assert.deepEqual([head.door, head.at, head.seq, head.session, head.ip], [saidDoor, saidAt, seq, session, ip]);
    }),
  );
});

test('the usual line is not read whole', () => {
  const lines = written('smtp-1', Date.UTC(2026, 10, 21), { ip: '2001:db8:1234:5678:9abc:def0:1234:5678' });
  assert.equal(readHead(lines.head(0), () => assert.fail('read whole')).ip, '2001:db8:1234:5678:9abc:def0:1234:5678');
});
