import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventBody } from '../model/events.ts';
import { JournalBox, type JournalBytes } from './journal-bytes.ts';
import { JournalLines } from './journal-lines.ts';
import { eventTypes, importanceOf, tellsNothing } from './importance.ts';
import { createRecorder } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

const opened = '{"at":1,"door":"smtp-1","seq":1,"type":"session-opened","session":"1"}';
const judged = '{"at":2,"door":"smtp-1","seq":2,"type":"stage-judged","input":{"helo":"x\\",\\"type\\":\\"stopped"}}';
const typesOf = (lines: JournalLines) => Array.from({ length: lines.length }, (_, index) => lines.type(index));

test('each line is there with its type, the one the recorder gave it', () => {
  const lines = JournalLines.of([opened, judged]);
  assert.deepEqual(typesOf(lines), ['session-opened', 'stage-judged']);
  assert.deepEqual([lines.line(0), lines.line(1)], [opened, judged]);
  assert.equal(lines.text, `${opened}\n${judged}\n`);
});

test('types are asked for all at once: a batch without them need not be looked at', () => {
  const lines = JournalLines.of([opened, judged]);
  assert.equal(lines.hasAny(new Set(['stage-judged', 'stopped'])), true);
  assert.equal(lines.hasAny(new Set(['stopped'])), false);
});

test('nothing, and a line of a type nobody knows, are taken as they are', () => {
  assert.deepEqual(typesOf(JournalLines.of([])), []);
  const lines = JournalLines.of(['nonsense', opened]);
  assert.deepEqual(typesOf(lines), [undefined, 'session-opened']);
  assert.deepEqual([lines.line(0), lines.line(1)], ['nonsense', opened]);
  assert.equal(lines.hasAny(new Set(['stopped'])), false);
});

test('a mark has room for every type, and for whether the line is quiet', () => {
  assert.ok(eventTypes.length < 0x7f);
  const box = new JournalBox();
  for (const type of eventTypes) for (const isQuiet of [true, false]) box.add('x\n', { type, isQuiet, importance: 1 });
  const lines = new JournalLines(box.take());
  assert.deepEqual(
    Array.from({ length: lines.length }, (_, index) => [lines.type(index), lines.isQuiet(index)]),
    eventTypes.flatMap((type) => [
      [type, true],
      [type, false],
    ]),
  );
});

/** As from a door: the memory changes hands. */
const sent = (batch: JournalBytes): JournalBytes => structuredClone(batch, { transfer: [batch.bytes.buffer] });

test('whatever the letters and however much of it, batch after batch gives back what was put in', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ maxLength: 20_000 }), fc.constant('\u{1f4e7}'.repeat(3000)));
  fc.assert(
    fc.property(fc.array(fc.array(text, { maxLength: 5 }), { maxLength: 4 }), (batches) => {
      const box = new JournalBox();
      for (const texts of batches) {
        const lines = texts.map((each) => JSON.stringify(each)); // well formed: a half of a pair is escaped
        for (const line of lines) box.add(`${line}\n`, { type: 'stopped', isQuiet: false, importance: 2 });
        assert.equal(box.lines, lines.length);
        const read = new JournalLines(sent(box.take()));
        assert.deepEqual(
          lines.map((_, index) => read.line(index)),
          lines,
        );
        assert.equal(box.length, 0);
      }
    }),
  );
});

const passing = (stage: 'helo' | 'mail' | 'rcpt', more: object = {}): EventBody =>
  ({ ...sampleEvents['stage-judged'], stage, input: { helo: 'x' }, facts: {}, action: 'pass', findings: [], ...more }) as EventBody; // as a door records it

test('what a line is worth when there is no room is what its event is worth, and its octets are the line', () => {
  const bodies: EventBody[] = [...Object.values(sampleEvents), passing('helo'), passing('rcpt'), passing('mail', { input: { helo: 'x', user: 'ann' } })];
  let lines = JournalLines.of([]);
  const recorder = createRecorder({
    door: 'd',
    now: () => 0,
    logFormat: 'text',
    logLevel: 'error',
    ship: ({ journal }) => (lines = new JournalLines(journal)),
  });
  for (const body of bodies) recorder.record(body);
  recorder.flush();
  for (const [index, body] of bodies.entries()) {
    assert.equal(lines.importance(index), importanceOf(body), body.type);
    assert.equal(lines.octets(index).toString(), `${lines.line(index)}\n`);
  }
});

test('only an early stage that refuses nobody and names nobody is quiet', () => {
  const name = { reverseName: { value: { kind: 'confirmed', name: 'mx.sender.example' } } };
  const found = { findings: [{ check: 'helo-claims-our-name', kind: 'abuse', action: 'observe', outcome: { kind: 'finding', because: 'it', evidence: {} } }] };
  const cases: readonly [body: EventBody, isQuiet: boolean][] = [
    [passing('helo'), true],
    [passing('mail'), true],
    [passing('helo', { ...found, action: 'observe' }), true],
    [passing('helo', { ...found, action: 'reject' }), false],
    [passing('rcpt'), false],
    [passing('helo', { input: { user: 'ann' } }), false],
    [passing('mail', { facts: name }), false],
    [sampleEvents['stage-judged'], false],
  ];
  for (const [body, isQuiet] of cases) assert.equal(tellsNothing(body), isQuiet, JSON.stringify(body));
});
