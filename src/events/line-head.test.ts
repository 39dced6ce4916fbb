import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventBody } from '../model/events.ts';
import { JournalLines } from './journal-lines.ts';
import { readClosed, readHead, readOpened } from './line-head.ts';
import { createRecorder } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

/** What the recorder of a door writes of one event. */
function written(body: EventBody, door = 'smtp-1', at = Date.UTC(2026, 10, 21)): JournalLines {
  let lines = JournalLines.of([]);
  const recorder = createRecorder({ door, now: () => at, logFormat: 'text', logLevel: 'error', ship: ({ journal }) => (lines = new JournalLines(journal)) });
  recorder.record(body);
  recorder.flush();
  return lines;
}
const readers = {
  'connection-refused': (lines: JournalLines) => readHead(lines.beginning(0), () => lines.line(0)),
  'session-opened': (lines: JournalLines) => readOpened(lines.line(0)),
  'session-closed': (lines: JournalLines) => readClosed(lines.line(0)),
};
const types = ['connection-refused', 'session-opened', 'session-closed'] as const;
const tricky = fc.constantFrom('', '"', '\\', '","ip":"192.0.2.1"', ',"inside":true,', 'x'.repeat(400));
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), tricky);
const changes = fc.record(
  {
    session: text,
    ip: text,
    listener: text,
    reply: text,
    why: text,
    inside: fc.boolean(),
    ms: fc.oneof(fc.nat(), fc.double({ noNaN: true })),
    messages: fc.nat(),
  },
  { requiredKeys: [] },
);

for (const type of types) {
  test(`of ${type} is read what the whole line says, whatever stands in it`, () => {
    fc.assert(
      fc.property(text, fc.nat(), changes, (door, at, changed) => {
        const lines = written({ ...sampleEvents[type], ...changed } as EventBody, door, at); // still one of its type
        const read = readers[type](lines);
        const whole = JSON.parse(lines.line(0)) as Record<string, unknown>;
        for (const [name, value] of Object.entries(read)) assert.deepEqual(value, whole[name], name);
        for (const name of ['at', 'door', 'seq', 'session', 'ip']) assert.ok(name in read, name);
      }),
    );
  });

  test(`the usual line of ${type} is not made into objects`, (context) => {
    const lines = written({ ...sampleEvents[type], ip: '2001:db8:1234:5678:9abc:def0:1234:5678' } as EventBody);
    const parse = context.mock.method(JSON, 'parse');
    assert.equal(readers[type](lines).ip, '2001:db8:1234:5678:9abc:def0:1234:5678');
    assert.equal(parse.mock.callCount(), 0);
  });
}
