import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../model/events.ts';
import { JournalLines } from './journal-lines.ts';
import { createRecorder, type EventBatch, type RecorderOptions } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

function door(options: Partial<RecorderOptions> = {}) {
  const batches: EventBatch[] = [];
  let time = Date.UTC(2026, 10, 21, 9, 6, 32, 7);
  const recorder = createRecorder({ door: 'smtp-1', now: () => time, logFormat: 'text', logLevel: 'info', ship: (batch) => batches.push(batch), ...options });
  const journalled = (): Event[] =>
    batches.flatMap((batch) =>
      new JournalLines(batch.journal).text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Event),
    );
  return { ...recorder, batches, journalled, pass: (ms: number) => (time += ms) };
}
const opened = sampleEvents['session-opened'];
const refused = sampleEvents['stage-judged'];

test('events keep their order, and are stamped with time, door and a number without gaps', () => {
  const { record, flush, journalled, pass } = door();
  record(opened);
  pass(5);
  record(refused);
  flush();
  const [first, second] = journalled();
  assert.deepEqual(first, { at: Date.UTC(2026, 10, 21, 9, 6, 32, 7), door: 'smtp-1', seq: 1, ...opened });
  assert.deepEqual(second, { at: Date.UTC(2026, 10, 21, 9, 6, 32, 12), door: 'smtp-1', seq: 2, ...refused });
});

test('a batch survives the way between threads', () => {
  const { record, flush, batches } = door();
  record(refused);
  flush();
  assert.deepEqual(structuredClone(batches), batches);
});

test('a full batch is shipped without waiting for the flush', () => {
  const { record, batches } = door();
  for (let i = 0; i < 400; i++) record(refused);
  assert.ok(batches.length >= 1);
});

test('when the keeper takes nothing, chatty events go first and decisions last, and the loss is told by type', () => {
  const { record, flush, taken, journalled, batches } = door({ maxQueued: 20_000, logLevel: 'error' });
  for (let i = 0; i < 30; i++) {
    record(opened);
    record(sampleEvents['auth-tried']);
    record(refused);
    flush();
  }
  const before = journalled();
  const count = (type: string, list = before) => list.filter((event) => event.type === type).length;
  assert.ok(
    count('session-opened') < count('auth-tried') && count('auth-tried') < count('stage-judged'),
    `${count('session-opened')} < ${count('auth-tried')} < ${count('stage-judged')}`,
  );
  assert.equal(count('journal-dropped'), 0);

  taken(batches.reduce((sum, batch) => sum + batch.cost, 0));
  flush();
  const told = journalled().find((event) => event.type === 'journal-dropped');
  assert.deepEqual(told?.dropped, {
    'session-opened': 30 - count('session-opened'),
    'auth-tried': 30 - count('auth-tried'),
    'stage-judged': 30 - count('stage-judged'),
  });
  assert.equal(told.seq, 91, 'dropped events use up their numbers, so the gap shows in the journal itself');
});

test('what waits for a keeper that never answers is bounded', () => {
  const { record, flush, batches } = door({ maxQueued: 50_000, logLinesPerSecond: 1e9 });
  for (let i = 0; i < 5000; i++) record(refused);
  flush();
  assert.ok(batches.reduce((sum, batch) => sum + batch.cost, 0) < 52_000);
});

test('counts do not depend on room in the journal', () => {
  const { record, flush, batches } = door({ maxQueued: 1 });
  record(refused);
  flush();
  assert.deepEqual(
    batches[0]?.counts.find(([name]) => name === 'floodgate_verdicts_total'),
    ['floodgate_verdicts_total', ['rcpt', 'reject', 'unknown-recipient'], 1],
  );
  assert.ok(batches[0]?.counts.some(([name, labels]) => name === 'floodgate_smtp_replies_total' && labels[0] === '550'));
});

test('a flood does not fill the log: so many lines a second, and one that says how many are missing', () => {
  const { record, flush, batches, pass } = door({ logLinesPerSecond: 3 });
  for (let i = 0; i < 10; i++) record(refused);
  pass(1000);
  record(refused);
  flush();
  const lines = batches
    .map((batch) => batch.log)
    .join('')
    .trimEnd()
    .split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines.at(-1) ?? '', /log lines left out: 7/);
});

test('what an incident concerns does not keep other lines out of the log, however much of it comes', () => {
  const { record, flush, batches, setDetail } = door({ logLinesPerSecond: 10 });
  setDetail({ keys: [{ ip: '203.0.113.9' }], mayDebug: true });
  for (let i = 0; i < 50; i++) record({ ...opened, session: `S${i}`, ip: '203.0.113.9' } as typeof opened);
  for (let i = 0; i < 8; i++) record(refused);
  flush();
  const lines = (batches[0]?.log ?? '').split('\n');
  assert.equal(lines.filter((line) => line.includes(' session-opened ')).length, 2, 'a fifth');
  assert.equal(lines.filter((line) => line.includes(' stage-judged ')).length, 8, 'the rest is for what is logged anyway');
});

test('clean stages are no log lines: one line a decision', () => {
  const { record, flush, batches } = door();
  record({ type: 'stage-judged', session: 'S', ip: '192.0.2.7', stage: 'helo', input: {}, facts: {}, action: 'pass', findings: [] });
  flush();
  assert.equal(batches[0]?.log, '');
});

test('the log level can be changed while the door runs', () => {
  const { record, flush, setLog, batches } = door();
  setLog('json', 'debug');
  record(opened);
  flush();
  assert.equal((JSON.parse(batches[0]?.log ?? '') as { event: string }).event, 'session-opened');
});

test('an event that is not JSON is counted as lost and hurts nobody', () => {
  const { record, flush, journalled } = door();
  record({ type: 'stage-judged', session: 'S', ip: '192.0.2.7', stage: 'helo', input: {}, facts: { lists: { value: 1n } }, action: 'pass', findings: [] });
  flush();
  assert.match(Object.keys(journalled().find((event) => event.type === 'journal-dropped')?.dropped ?? {})[0] ?? '', /stage-judged/);
});

test('a subject of 100 KiB does not become 100 KiB of journal', () => {
  const { record, flush, batches } = door();
  record({ ...sampleEvents['message-finished'], subject: 'x'.repeat(100_000) } as typeof refused);
  flush();
  assert.ok((batches[0]?.journal.bytes.length ?? 0) < 3000);
});

test('the latency of the hub is an observation by route', () => {
  const { record, flush, batches } = door();
  record(sampleEvents['message-finished']);
  flush();
  assert.deepEqual(batches[0]?.observations, [['floodgate_hub_latency_seconds', ['hub'], 0.012]]);
});

test('what an open incident concerns is logged in full, below the configured level, and nothing else; lowered after it', () => {
  const { record, flush, batches, setDetail } = door({ logLevel: 'error' });
  const logged = (): number => {
    flush();
    return batches
      .splice(0)
      .map(({ log }) => log.split('\n').filter(Boolean).length)
      .reduce((sum, lines) => sum + lines, 0);
  };
  const of = (ip: string, session: string) => ({ ...opened, ip, session }) as typeof opened;
  record(of('203.0.113.9', 'A'));
  assert.equal(logged(), 0);
  setDetail({ keys: [{ ip: '203.0.113.9' }], mayDebug: true });
  record(of('203.0.113.9', 'B'));
  record(of('198.51.100.1', 'C'));
  assert.equal(logged(), 1);
  setDetail({ keys: [], mayDebug: true });
  record(of('203.0.113.9', 'D'));
  assert.equal(logged(), 0);
});

test('while the disk is short no debug line is logged, whoever it concerns', () => {
  const { record, flush, batches, setDetail } = door({ logLevel: 'debug' });
  const debugLine = sampleEvents['connection-left'];
  const logged = (): string => {
    flush();
    return batches
      .splice(0)
      .map(({ log }) => log)
      .join('');
  };
  record(debugLine);
  assert.match(logged(), / debug /);
  setDetail({ keys: [], mayDebug: false });
  record(debugLine);
  record(refused);
  assert.doesNotMatch(logged(), / debug /);
});
