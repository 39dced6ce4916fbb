import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventBody } from '../model/events.ts';
import { rehearse } from './rehearse-rules.ts';

const session = '1M7YNPXHV1000';
const who = { session, ip: '203.0.113.7' };
const bodies: readonly EventBody[] = [
  { type: 'session-opened', ...who, port: 1, listener: 'mx', role: 'mx', inside: false, localIp: '192.0.2.1', localPort: 25 },
  { type: 'stage-judged', ...who, stage: 'helo', input: { helo: 'a.example' }, facts: {}, action: 'pass', findings: [] },
  {
    type: 'stage-judged',
    ...who,
    stage: 'rcpt',
    input: { helo: 'a.example', from: 'x@a.example', to: 'no@b.example' },
    facts: {},
    action: 'reject',
    findings: [],
    ref: `${session}-1`,
    reply: '550 5.1.1 no',
  },
  {
    type: 'message-finished',
    ...who,
    ref: `${session}-2`,
    outcome: 'delivered',
    reply: '250',
    reason: 'delivered',
    from: 'x@a.example',
    recipients: ['u@b.example', 'v@b.example'],
    route: 'hub',
    bytes: 500,
    messageId: null,
    subject: 'hello',
    sha256: '',
    hubReply: null,
    hubQueueId: null,
    hubMs: 1,
    tags: [],
  },
  { type: 'session-closed', ...who, why: 'quit', ms: 1, bytesIn: 1, bytesOut: 1, messages: 1, errors: 1 },
];

async function* journal(): AsyncGenerator<Event> {
  await Promise.resolve();
  yield* bodies.map((body, index): Event => ({ ...body, at: 1000 + index, door: 'smtp-1', seq: index }));
}

test('a rule is held against what was refused and what was delivered, each message once', async () => {
  const [all, one, none] = await rehearse(
    [
      { id: 'all', action: 'tag', matches: ({ inside, helo }) => !inside && helo === 'a.example' },
      { id: 'one', action: 'tag', matches: ({ to }) => to === 'v@b.example' },
      { id: 'none', action: 'tag', matches: ({ subject }) => subject === 'other' },
    ],
    journal(),
  );
  assert.deepEqual([all?.hits, all?.delivered], [2, 1]);
  assert.deepEqual([one?.hits, one?.delivered, one?.samples[0]?.reference, one?.samples[0]?.subject], [1, 1, `${session}-2`, 'hello']);
  assert.equal(none?.hits, 0);
});
