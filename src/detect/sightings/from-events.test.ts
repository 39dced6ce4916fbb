import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../model/events.ts';
import type { Sighting } from '../../model/sighting.ts';
import type { Finding } from '../../model/verdict.ts';
import { SightingsFromEvents } from './from-events.ts';

const site = {
  isOurDomain: (domain: string) => domain === 'hub.example',
  isInside: (ip: string) => ip.startsWith('10.'),
  orgDomain: (domain: string) => domain.split('.').slice(-2).join('.'),
};
const who = { session: 's1', ip: '203.0.113.7' };
const door = { listener: 'mx', role: 'mx', localIp: '198.51.100.1', localPort: 25, port: 40_000 } as const;

/** Sees events one second apart. */
function see(...bodies: readonly EventBody[]): Sighting[] {
  const sightings = new SightingsFromEvents(site);
  return bodies.flatMap((body, index) => [...sightings.note({ at: index * 1000, door: 'smtp-1', seq: index + 1, ...body })]);
}

const opened: EventBody = { type: 'session-opened', ...who, ...door, inside: false };
const found = (check: string, action: Finding['action'], because = ''): Finding => ({
  check,
  kind: 'permission',
  action,
  outcome: { kind: 'finding', because, evidence: {} },
});
const rcpt = (action: Finding['action'], findings: readonly Finding[] = [], to = 'Ann@hub.example'): EventBody => ({
  type: 'stage-judged',
  ...who,
  stage: 'rcpt',
  input: { helo: 'x', from: 'X@sender.example', to },
  facts: { reverseName: { value: { kind: 'confirmed', name: 'MX.sender.example' } } },
  action,
  findings,
});
const finished = (given: Partial<Extract<EventBody, { type: 'message-finished' }>> = {}): EventBody => ({
  type: 'message-finished',
  ...who,
  ref: 's1-1',
  outcome: 'delivered',
  reply: '250 2.0.0 Ok',
  reason: 'delivered',
  from: 'x@sender.example',
  recipients: ['ann@hub.example', 'bob@hub.example'],
  route: 'hub',
  bytes: 100,
  messageId: '<m@sender.example>',
  subject: 'Hello',
  sha256: '',
  hubReply: '250 Ok',
  hubQueueId: null,
  hubMs: 12,
  tags: [],
  ...given,
});

test('a session: a connection, a recipient, a message a recipient, the hub, a departure', () => {
  const seen = see(opened, rcpt('pass'), finished(), { type: 'session-closed', ...who, why: 'quit', ms: 1, bytesIn: 1, bytesOut: 1, messages: 1, errors: 0 });
  assert.deepEqual(
    seen.map(({ kind, source }) => `${kind} ${source}`),
    ['connection smtp-1#1', 'recipient smtp-1#2', 'hub smtp-1#3', 'message smtp-1#3', 'message smtp-1#3', 'departure smtp-1#4'],
  );
  const [, recipient, hub, message] = seen;
  assert.ok(recipient?.kind === 'recipient' && hub?.kind === 'hub' && message?.kind === 'message');
  assert.deepEqual(
    [recipient.to, recipient.from, recipient.answer, recipient.caller.name],
    ['ann@hub.example', 'x@sender.example', 'accepted', 'mx.sender.example'],
  );
  assert.deepEqual([hub.route, hub.outcome, hub.ms], ['hub', 'ok', 12]);
  assert.deepEqual([message.direction, message.index, message.recipients, message.outcome, message.origin.name], ['in', 0, 2, 'delivered', 'sender.example']);
});

const answers: readonly [Finding['action'], readonly Finding[], string, string][] = [
  ['reject', [found('unknown-recipient', 'reject')], 'unknown', 'the hub does not know the recipient'],
  ['defer', [found('unknown-recipient', 'defer')], 'deferred', 'the hub puts it off: nobody has guessed'],
  ['reject', [found('relay-not-allowed', 'reject')], 'relay', 'it is not ours'],
  ['observe', [found('relay-trick', 'observe')], 'relay', 'a trick is a trick also where it is only observed'],
  ['reject', [found('listed', 'reject')], 'refused', 'anything else is refused'],
  ['tag', [found('listed', 'tag')], 'accepted', 'tagged mail is taken'],
];
for (const [action, findings, expected, why] of answers) {
  test(`recipient ${expected}: ${why}`, () => {
    const [seen] = see(rcpt(action, findings));
    assert.ok(seen?.kind === 'recipient');
    assert.equal(seen.answer, expected);
  });
}

test('what our own measures refuse is no evidence for them', () => {
  const refused = (check: string): EventBody => ({
    type: 'stage-judged',
    ...who,
    stage: 'mail',
    input: {},
    facts: {},
    action: 'reject',
    findings: [found(check, 'reject')],
  });
  assert.deepEqual(
    see(refused('standing-measure'), refused('listed')).map(({ kind, source }) => `${kind} ${source}`),
    ['offence smtp-1#2'],
  );
});

test('a retry of what was put off is not seen again, its end is', () => {
  const deferred = finished({ outcome: 'deferred', reason: 'unavailable', recipients: ['ann@hub.example'] });
  const messages = see(deferred, deferred, deferred, finished({ recipients: ['ann@hub.example'] })).filter((each) => each.kind === 'message');
  assert.deepEqual(
    messages.map(({ outcome, retry }) => [outcome, retry]),
    [
      ['deferred', undefined],
      ['delivered', true],
    ],
  );
});

test('an answer that was lost and is given again is no second message', () => {
  assert.deepEqual(see(finished({ reason: 'answered-before' })), []);
});

test('recipients with answers of their own have outcomes of their own', () => {
  const messages = see(finished({ answers: ['250 Ok', '452 later'] })).filter((each) => each.kind === 'message');
  assert.deepEqual(
    messages.map(({ outcome }) => outcome),
    ['delivered', 'deferred'],
  );
});

test('what the message stage says goes with the message: traits, and that it was diverted', () => {
  const judged: EventBody = {
    type: 'stage-judged',
    ...who,
    stage: 'message',
    input: { traits: { fromDomain: 'sender.example', provenAuthor: 'x@sender.example', dmarc: 'pass' } },
    facts: {},
    action: 'divert',
    findings: [],
  };
  const [first, second] = see(judged, finished({ recipients: ['a@hub.example'] }), finished({ recipients: ['b@hub.example'] })).filter(
    (each) => each.kind === 'message',
  );
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual(
    [first.outcome, first.origin, second.outcome, second.traits],
    ['diverted', { kind: 'domain', name: 'sender.example', spoofable: false }, 'delivered', null],
  );
});

test('a user’s mail goes out or stays within, and he answers for it', () => {
  const auth: EventBody = { type: 'auth-tried', ...who, mechanism: 'PLAIN', user: 'ann', ok: true, why: '', secret: 'h' };
  const messages = see(opened, auth, finished({ recipients: ['x@world.example', 'bob@hub.example'] })).filter((each) => each.kind === 'message');
  assert.deepEqual(
    messages.map(({ direction, origin }) => `${direction} ${origin.name}`),
    ['out ann', 'within ann'],
  );
});

test('only a wrong password is a guess', () => {
  const tried = (why: string): EventBody => ({ type: 'auth-tried', ...who, mechanism: 'PLAIN', user: 'Ann', ok: false, why, secret: 'h' });
  const seen = see(tried('unavailable'), tried('malformed'), tried('wrong'));
  assert.deepEqual(
    seen.map((each) => each.kind === 'auth' && [each.user, each.ok, each.secret]),
    [['ann', false, 'h']],
  );
});

test('an idle connection that has delivered is not slow', () => {
  const closed = (messages: number, why = 'command-timeout'): EventBody => ({
    type: 'session-closed',
    ...who,
    why,
    ms: 1,
    bytesIn: 1,
    bytesOut: 1,
    messages,
    errors: 0,
  });
  assert.deepEqual(
    see(closed(0), closed(3), closed(0, 'content-too-slow'), closed(0, 'too-many-errors'), closed(0, 'client closed'), closed(0, 'draining')).map(
      (each) => each.kind === 'departure' && each.how,
    ),
    ['slow', 'other', 'slow', 'rude', 'lost', 'other'],
  );
});

test('a browser at the door speaks another protocol; a wrong sequence is nothing', () => {
  const refused = (command: string, reason: string): EventBody => ({ type: 'command-refused', ...who, command, reason, ref: 'r', reply: '500', evidence: {} });
  assert.deepEqual(
    see(refused('GET', 'unknown-command'), refused('RCPT', 'bad-sequence'), refused('', 'too-many-errors')).map((each) => each.kind === 'offence' && each.what),
    ['alien', 'protocol'],
  );
});

test('a hundred thousand sessions that never close are not remembered for ever', () => {
  const sightings = new SightingsFromEvents(site);
  for (let number = 0; number < 100_000; number++) sightings.note({ at: number, door: 'd', seq: number, ...opened, session: `s${number}` });
  assert.ok(sightings.size <= 20_000, String(sightings.size));
});

test('a name that was looked up for the message alone tells who is responsible, then and for what the session does later', () => {
  const unnamed: EventBody = { ...rcpt('reject', [found('unknown-recipient', 'reject')]), facts: {} } as EventBody;
  const callers = see(opened, unnamed, finished({ clientName: 'MX.house.example' }), unnamed).flatMap((seen) => ('caller' in seen ? [seen.caller.name] : []));
  assert.deepEqual(callers, [null, null, 'mx.house.example', 'mx.house.example', 'mx.house.example']);
});
