import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runSubcommand, type Ran } from '../../test/harness/run-subcommand.ts';
import type { QueueItem } from '../respond/queues/mail-queue.ts';
import type { Selection } from '../respond/queues/selection.ts';
import { scopeOf } from './queue-measure.ts';
import { wordsOfKey } from './queue-options.ts';
import { itemLine, previewText, shownItem } from './queue-text.ts';

const dir = mkdtempSync(join(tmpdir(), 'floodgate-queue-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const run = (...args: readonly string[]): Ran => runSubcommand('queue.ts', 'm.queueCommand(() => { throw new Error("no look"); })', ['queue', ...args], dir);

const item: QueueItem = {
  id: 'A1',
  store: 'postfix',
  queuedAt: 0,
  from: 'a\n\u001b[2J@x.example',
  to: ['b@y.example', 'c@y.example'],
  size: 12,
  reason: 'refused',
  incident: 'i-1',
  held: false,
};

test('a line for a terminal is one line, and no terminal obeys a stranger', () =>
  assert.equal(itemLine(item), 'postfix    A1  1970-01-01T00:00:00.000Z  <a\\u000a\\u001b[2J@x.example> -> <b@y.example> +1  12 bytes  incident i-1  refused'));

test('the size in a preview is told as a size: "1 message of 206" would be one of two hundred', () => {
  const preview = { count: 1, bytes: 206, stores: { floodgate: 1 }, senders: [], oldest: null, newest: null, samples: [] };
  assert.match(previewText('hold', preview), /^hold would concern 1 message \(206 bytes\): floodgate 1\n/);
  assert.match(previewText('hold', { ...preview, count: 2, bytes: 1_234_567 }), /^hold would concern 2 messages \(1206 KiB\): /);
});

test('JSON has the promised fields in their order, and no more', () =>
  assert.deepEqual(Object.keys(shownItem(item)), ['id', 'store', 'queuedAt', 'from', 'to', 'size', 'reason', 'incident']));

const usage: readonly (readonly [args: readonly string[], says: RegExp, why: string])[] = [
  [
    ['discard', '--yes'],
    /nothing is selected: name ids, say what the messages have in common, or say --all/,
    'an empty selection is more likely a mistake than everything',
  ],
  [['hold', '--sender', 'a@b.example', '--for', 'long', '--yes', '--store', 'exim'], /--for long is not understood/, 'a time'],
  [['list', '--store', 'postfix,quickmail'], /--store quickmail is not known/, 'a store'],
  [['list', '--store', 'postfix,exim', '--program', 'x'], /are of one store/, 'a program of two stores'],
  [['list', '--store', 'exim', '--limit', '0'], /--limit 0/, 'a limit'],
  [['undo', '--room', 'much'], /--room much is not understood/, 'a size'],
];
for (const [args, says, why] of usage)
  test(`${args.join(' ')} is bad usage: ${why}`, () => {
    const { code, stdout, stderr } = run(...args);
    assert.match(stderr, says);
    assert.deepEqual([code, stdout, stderr.trim().split('\n').length], [2, '', 1]);
  });

test('a program that is not there is told in one line', () => {
  const { code, stderr } = run('list', '--store', 'exim', '--program', './none');
  assert.deepEqual([code, stderr], [1, 'floodgate: ./none is not found\n']);
});

test('an action that is not there is told with the directory that was looked in; an empty list says so', () => {
  assert.match(run('undo', 'q-0123456789').stderr, /no action q-0123456789 in .*queue-actions can be undone/);
  assert.match(run('undo').stdout, /nothing in .* can be undone/);
});

test('an undo cannot be led out of the directory', () => assert.match(run('undo', '../../etc').stderr, /no action \.\.\/\.\.\/etc/));

const keys: readonly (readonly [key: Parameters<typeof wordsOfKey>[0], words: ReturnType<typeof wordsOfKey>, why: string])[] = [
  [{ recipient: 'anna@hub.example' }, { recipient: 'anna@hub.example' }, 'a bomb'],
  [{ network: '192.0.2.0/24' }, { origin: '192.0.2.0/24' }, 'a network'],
  [{ user: 'ulla', ip: '192.0.2.9' }, { user: 'ulla', origin: '192.0.2.9' }, 'both'],
  [{ sender: '' }, { sender: '<>' }, 'the null sender'],
  [{ domain: 'spam.example' }, { sender: 'spam.example' }, 'a domain that sends'],
  [{ recipient: 'anna@hub.example', thread: 'x' }, null, 'a part that no queue knows: less would be more than was meant'],
  [{ site: true }, null, 'the whole site is not everything in the queue'],
];
for (const [key, words, why] of keys)
  test(`an incident about ${JSON.stringify(key)} is ${JSON.stringify(words)} in a queue: ${why}`, () => assert.deepEqual(wordsOfKey(key), words));

const everything: Selection = { words: {}, ids: null, before: null, like: null, incident: null };
const scopes: readonly (readonly [selection: Partial<Selection>, scope: ReturnType<typeof scopeOf>, why: string])[] = [
  [{ words: { sender: 'a@x.example', origin: '192.0.2.0/24' } }, { sender: 'a@x.example', client: '192.0.2.0/24' }, 'both can be said'],
  [{ words: { sender: 'a@x.example', subject: 'prize' } }, null, 'a measure knows no subject and would hold all of the sender'],
  [{ words: { sender: '*@x.example' } }, null, 'a measure knows no asterisk'],
  [{ words: { sender: 'a@x.example' }, before: 1 }, null, 'what arrives is not old'],
  [{ words: { sender: 'a@x.example' }, ids: new Set(['A']) }, null, 'named messages are here already'],
  [{ words: { user: 'ulla' }, incident: { id: 'i-1', words: { origin: '192.0.2.9' } } }, { user: 'ulla', client: '192.0.2.9' }, 'an incident and a word'],
  [{ words: { user: 'ulla' }, incident: { id: 'i-1', words: { user: 'otto' } } }, null, 'both say a user'],
  [{ words: { user: 'ulla' }, incident: { id: 'i-1', words: null } }, null, 'an incident that no scope can say'],
  [{}, null, 'everything is held by nobody'],
];
for (const [selection, scope, why] of scopes)
  test(`the measure of a standing order: ${why}`, () => assert.deepEqual(scopeOf({ ...everything, ...selection }), scope));
