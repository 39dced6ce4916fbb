import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JournalLines } from './journal-lines.ts';

const opened = '{"at":1,"door":"smtp-1","seq":1,"type":"session-opened","session":"1"}';
const judged = '{"at":2,"door":"smtp-1","seq":2,"type":"stage-judged","input":{"helo":"x\\",\\"type\\":\\"stopped"}}';

test('each line is there with its type, the one the recorder gave it', () => {
  const lines = new JournalLines(`${opened}\n${judged}\n`);
  assert.deepEqual(lines.types, ['session-opened', 'stage-judged']);
  assert.deepEqual([lines.line(0), lines.line(1)], [opened, judged]);
});

test('types are asked for all at once: a batch without them need not be looked at', () => {
  const lines = new JournalLines(`${opened}\n${judged}\n`);
  assert.equal(lines.hasAny(new Set(['stage-judged', 'stopped'])), true);
  assert.equal(lines.hasAny(new Set(['stopped'])), false);
});

test('nothing, a line without a type and one that has no end are taken as they are', () => {
  assert.deepEqual(new JournalLines('').types, []);
  const lines = new JournalLines(`nonsense\n${opened}`);
  assert.deepEqual(lines.types, ['', 'session-opened']);
  assert.deepEqual([lines.line(0), lines.line(1)], ['nonsense', opened]);
});
