import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvents } from '../events/sample-events.ts';
import type { Event, EventType } from '../model/events.ts';
import { sampleStatus } from '../web/sample-house.ts';
import { statusText } from './status.ts';
import { MinuteWatch, topLines, type TopScreen } from './top-view.ts';

const at = Date.UTC(2026, 10, 21);
const stamped = (type: EventType, over: object = {}): Event => ({ at, door: 'smtp-1', seq: 1, ...sampleEvents[type], ...over });

const screen = (over: Partial<TopScreen> = {}): TopScreen => ({
  status: sampleStatus,
  minute: { networks: [{ key: '192.0.2.0/24', count: 412 }], checks: [{ key: 'unknown-recipient', count: 300 }] },
  missed: 0,
  paused: false,
  columns: 100,
  rows: 30,
  keys: true,
  ...over,
});

test('the screen tells sessions, rates, next hops and the top lists', () => {
  assert.deepEqual(topLines(screen()), [
    'mx.hub.example  Floodgate 0.1.0  taking mail  mode enforce',
    'sessions 3 of 2000 (1 inside)   load level 0   journal complete',
    'last minute: sessions 0.2/s   turned away 0.0/s   refused by checks 0.0/s',
    'messages: delivered 0.1/s   refused 0.0/s   deferred 0.0/s',
    '',
    'next hop hub        127.0.0.1:2626  well  1 busy 2 idle',
    '',
    'client networks, last minute                      checks, last minute',
    '    412  192.0.2.0/24                                 300  unknown-recipient',
    'q quit  p pause',
  ]);
});

test('a next hop whose circuit is open is away: "open" reads as if all were well', () => {
  const hubs = (['open', 'half-open', 'unknown'] as const).map((state) => ({ route: 'hub', address: '127.0.0.1:26', state, busy: 0, idle: 0 }));
  const [away, again, unknown] = topLines(screen({ status: { ...sampleStatus, hubs } })).filter((line) => line.startsWith('next hop'));
  assert.match(away ?? '', / {2}away {2}/);
  assert.match(again ?? '', /away, tried again now/);
  assert.match(unknown ?? '', /not asked yet/);
  const status = statusText({ ...sampleStatus, hubs });
  assert.match(status, /next hop hub 127\.0\.0\.1:26: away, 0 connections busy/);
  assert.ok(!status.includes(': open'), status);
});

test('trouble stands at the top, and lost counts are told', () => {
  const lines = topLines(screen({ status: { ...sampleStatus, trouble: ['door smtp-1 is down'] }, missed: 7, paused: true }));
  assert.equal(lines[1], '! door smtp-1 is down');
  assert.deepEqual(lines.slice(-2), ['7 events were too many to count here', 'q quit  p go on (paused)']);
});

test('it never is larger than the terminal: a longer screen would scroll', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({ key: `2001:db8:${index}::/64`, count: index }));
  for (const [columns, rows] of [
    [100, 30],
    [40, 10],
    [20, 3],
    [1, 1],
  ] as const) {
    const lines = topLines(screen({ minute: { networks: many, checks: many }, columns, rows }));
    assert.ok(lines.length <= rows && lines.every((line) => Array.from(line).length <= columns), `${columns}x${rows}`);
  }
});

test('what a stranger wrote cannot move the cursor', () => {
  const text = topLines(screen({ minute: { networks: [], checks: [{ key: 'x\u001b[2J\u009b2J', count: 1 }] } })).join('\n');
  assert.doesNotMatch(text, /[\u001b\u009b]/);
});

test('decisions count for the network of the client and for each check that found something', () => {
  const watch = new MinuteWatch();
  watch.take(stamped('stage-judged', { ip: '192.0.2.1' }));
  watch.take(stamped('message-finished', { ip: '192.0.2.99' }));
  watch.take(stamped('connection-refused', { ip: '2001:db8::1' }));
  watch.take(stamped('list-changed'));
  assert.deepEqual(watch.read(5, at), {
    networks: [
      { key: '192.0.2.0/24', count: 2 },
      { key: '2001:db8::/64', count: 1 },
    ],
    checks: [
      { key: 'sessionsPerAddress', count: 1 },
      { key: 'unknown-recipient', count: 1 },
    ],
  });
});
