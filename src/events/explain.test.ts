import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { newSessionIds } from '../lib/reference.ts';
import type { EventBody } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';
import { events } from './catalogue.ts';
import type { Explanation } from './explanation.ts';
import { explain } from './explain.ts';
import { explainedText, sentence } from './explain-text.ts';
import { segmentPath } from './segments.ts';

// A fixture journal of three segments, five hours apart: two compressed, the last one still written.
const start = Date.UTC(2026, 10, 21, 9, 0, 0);
const hour = 3_600_000;
const dir = mkdtempSync(join(tmpdir(), 'journal-'));
after(() => rmSync(dir, { recursive: true }));

let clock = start;
const newId = newSessionIds({ doorNumber: 1, now: () => clock });
let seq = 0;
let lines = '';
const say = (body: EventBody): void => {
  clock += 10;
  lines += `${JSON.stringify({ at: clock, door: 'smtp-1', seq: ++seq, ...body })}\n`;
};
function endSegment(number: number, firstMs: number, compress: boolean): void {
  const path = segmentPath(dir, firstMs, number);
  writeFileSync(compress ? `${path}.zst` : path, compress ? zstdCompressSync(lines) : lines);
  lines = '';
}

const unknownRecipient: Finding = {
  check: 'unknown-recipient',
  kind: 'permission',
  action: 'reject',
  outcome: { kind: 'finding', because: 'the hub does not know the recipient', evidence: { hubReply: '550 5.1.1 no such user' } },
};
const noPtr: Finding = {
  check: 'client-without-ptr',
  kind: 'abuse',
  action: 'observe',
  wouldBe: 'defer',
  outcome: { kind: 'finding', because: 'no reverse name', evidence: {} },
};

/** A session: an observed finding at connect, one RCPT refused, one message delivered. Gives its id. */
function session(ip: string, messageId: string): string {
  const of = { session: newId(), ip };
  const helo = 'mail.sender.example';
  say(events.sessionOpened({ ...of, port: 40_112, listener: 'mx', role: 'mx', inside: false, localIp: '198.51.100.1', localPort: 25 }));
  say(
    events.stageJudged({
      ...of,
      stage: 'connect',
      input: {},
      facts: { reverseName: { value: { kind: 'unconfirmed', name: 'host.sender.example' } } },
      action: 'pass',
      findings: [noPtr],
    }),
  );
  say(events.stageJudged({ ...of, stage: 'helo', input: { helo }, facts: {}, action: 'pass', findings: [] }));
  say(events.stageJudged({ ...of, stage: 'mail', input: { helo, from: 'x@sender.example' }, facts: { lists: { value: [] } }, action: 'pass', findings: [] }));
  const facts = { recipient: { value: { kind: 'refused', hubReply: { code: 550, enhanced: '5.1.1', lines: ['no such user'] } } } };
  say(
    events.stageJudged({
      ...of,
      stage: 'rcpt',
      input: { helo, from: 'x@sender.example', to: 'nobody@hub.example' },
      facts,
      action: 'reject',
      findings: [unknownRecipient],
      ref: `${of.session}-1`,
      reply: `550 5.1.1 no such user (ref ${of.session}-1)`,
    }),
  );
  say(
    events.stageJudged({
      ...of,
      stage: 'rcpt',
      input: { helo, from: 'x@sender.example', to: 'ann@hub.example' },
      facts: { recipient: { value: { kind: 'exists' } } },
      action: 'pass',
      findings: [],
    }),
  );
  say(
    events.messageFinished({
      ...of,
      ref: `${of.session}-2`,
      outcome: 'delivered',
      reply: '250 2.0.0 Ok',
      reason: '',
      from: 'x@sender.example',
      recipients: ['ann@hub.example'],
      route: 'hub',
      bytes: 2048,
      messageId,
      subject: 'Hello',
      sha256: 'e3b0',
      hubReply: `250 2.0.0 Ok: queued as Q${of.session.slice(3, 9)}`,
      hubQueueId: `Q${of.session.slice(3, 9)}`,
      hubMs: 12,
      tags: [],
    }),
  );
  say(events.sessionClosed({ ...of, why: 'quit', ms: 820, bytesIn: 2600, bytesOut: 410, messages: 1, errors: 1 }));
  return of.session;
}

const first = session('192.0.2.7', '<m1@sender.example>');
endSegment(1, start, true);
clock = start + 5 * hour;
const second = session('192.0.2.70', '<m2@sender.example>');
const cap = { session: newId(), ip: '2001:db8::7' };
say(
  events.connectionRefused({
    ...cap,
    port: 9,
    listener: 'mx',
    ref: `${cap.session}-1`,
    reply: `421 4.7.0 Too many sessions (ref ${cap.session}-1)`,
    reason: 'sessionsPerAddress',
    findings: [],
  }),
);
endSegment(2, start + 5 * hour, true);
clock = start + 10 * hour;
const split = { session: newId(), ip: '192.0.2.7' };
say(events.sessionOpened({ ...split, port: 40_113, listener: 'mx', role: 'mx', inside: false, localIp: '198.51.100.1', localPort: 25 }));
endSegment(3, start + 10 * hour, true);
clock = start + 11 * hour;
say(
  events.commandRefused({
    ...split,
    command: 'FOO\u001b[2J',
    reason: 'too many errors',
    ref: `${split.session}-1`,
    reply: `421 4.7.0 Too many errors (ref ${split.session}-1)`,
    evidence: { errors: 20 },
  }),
);
say(events.sessionClosed({ ...split, why: 'errors', ms: 1, bytesIn: 1, bytesOut: 1, messages: 0, errors: 20 }));
endSegment(4, start + 11 * hour, false);

const ids = async (id: string, options = {}) => (await explain(dir, id, options)).explanations.map((each) => each.id);

test('what became of a held message is told days after its session', async () => {
  const own = mkdtempSync(join(tmpdir(), 'journal-'));
  after(() => rmSync(own, { recursive: true }));
  const of = { session: newSessionIds({ doorNumber: 2, now: () => start })(), ip: '192.0.2.7' };
  const ref = `${of.session}-1`;
  const held = { check: 'rule', because: 'a trial', measure: null, incident: null, from: 'x@a.example', recipients: ['b@c.example'], bytes: 10, sha256: '' };
  const finding: Finding = { check: 'rule', kind: 'abuse', action: 'quarantine', outcome: { kind: 'finding', because: 'a trial', evidence: {} } };
  const finished = { route: 'hub', bytes: 10, messageId: null, subject: null, sha256: '', hubReply: null, hubQueueId: null, hubMs: 0, tags: [] } as const;
  const told: readonly (readonly [at: number, event: EventBody])[] = [
    [start, events.stageJudged({ ...of, stage: 'mail', input: { from: 'x@a.example' }, facts: {}, action: 'quarantine', findings: [finding] })],
    [start + 1, events.messageQuarantined({ ...of, ref, ...held, expiresAt: start + 30 * 24 * hour })],
    [
      start + 2,
      events.messageFinished({
        ...of,
        ...finished,
        ref,
        outcome: 'held',
        reply: '250 2.0.0 Accepted',
        reason: 'rule',
        from: held.from,
        recipients: held.recipients,
      }),
    ],
    [start + 3, events.sessionClosed({ ...of, why: 'quit', ms: 1, bytesIn: 1, bytesOut: 1, messages: 1, errors: 0 })],
    [start + 72 * hour, events.quarantineReleased({ ...of, ref, by: 'anna', outcome: 'delivered', why: '250 Ok' })],
  ];
  writeFileSync(segmentPath(own, start, 1), told.map(([at, event], index) => `${JSON.stringify({ at, door: 'smtp-1', seq: index, ...event })}\n`).join(''));
  const { explanations } = await explain(own, ref);
  const [explanation, ...more] = explanations;
  assert.deepEqual(
    [more.length, explanation?.outcome, explanation?.decision],
    [0, 'held', { check: 'rule', action: 'quarantine', because: 'a trial', evidence: {} }],
  );
  assert.equal(explanation?.timeline.at(-1)?.type, 'quarantine-released');
  const text = explainedText({ explanations, more: false, badLines: 0 });
  assert.match(text, /held in the quarantine after the content because: a trial/);
  assert.equal(text.split('\n')[2], `  since then, ${new Date(start + 72 * hour).toISOString()}: delivered, released by anna`, 'the end stands at the top');
});

test('by reference: the one decision, with its check, numbers, facts and what the client heard', async () => {
  const { explanations } = await explain(dir, `${first}-1`);
  assert.equal(explanations.length, 1);
  const [told] = explanations;
  assert.deepEqual(told?.decision, {
    check: 'unknown-recipient',
    action: 'reject',
    because: 'the hub does not know the recipient',
    evidence: { hubReply: '550 5.1.1 no such user' },
  });
  assert.deepEqual([told.outcome, told.stage, told.from, told.to], ['refused', 'rcpt', 'x@sender.example', ['nobody@hub.example']]);
  assert.deepEqual(told.client, { ip: '192.0.2.7', port: 40_112, name: 'host.sender.example', helo: 'mail.sender.example', user: null, listener: 'mx' });
  assert.match(told.reply ?? '', /^550 5\.1\.1 no such user/);
  assert.deepEqual(
    told.findings.map(({ stage, check, wouldBe }) => [stage, check, wouldBe]),
    [
      ['connect', 'client-without-ptr', 'defer'],
      ['rcpt', 'unknown-recipient', null],
    ],
  );
  assert.deepEqual(Object.keys(told.facts), ['connect.reverseName', 'mail.lists', 'rcpt.recipient']);
  assert.equal(told.timeline.length, 8);
});

test('a delivered message is explained too, without the refusal of another recipient', async () => {
  const { explanations } = await explain(dir, `${first}-2`);
  assert.equal(explanations.length, 1);
  assert.equal(explanations[0]?.outcome, 'delivered');
  assert.deepEqual(
    explanations[0].findings.map(({ check }) => check),
    ['client-without-ptr'],
  );
  assert.deepEqual(explanations[0].facts['rcpt.recipient'], { value: { kind: 'exists' } });
});

const cases: readonly [id: string, expected: readonly string[], why: string][] = [
  [first, [`${first}-1`, `${first}-2`], 'a session: all its decisions'],
  [first.toLowerCase(), [`${first}-1`, `${first}-2`], 'a session as typed from the telephone'],
  [`Q${second.slice(3, 9)}`, [`${second}-2`], 'a queue id of the hub'],
  ['<m2@sender.example>', [`${second}-2`], 'a Message-ID'],
  ['m2@SENDER.example', [`${second}-2`], 'a Message-ID without brackets, the domain in another case'],
  ['192.0.2.7', [`${first}-1`, `${first}-2`, `${split.session}-1`], 'an address, and no other that begins like it'],
  ['2001:DB8:0::7', [`${cap.session}-1`], 'an IPv6 address in another form; a refusal before the banner'],
  ['::ffff:192.0.2.70', [`${second}-1`, `${second}-2`], 'an IPv4-mapped address'],
  ['nobody@hub.example', [`${first}-1`, `${second}-1`], 'a mail address: only what concerns it'],
  ['2026-11-21T14:00', [`${second}-1`, `${second}-2`, `${cap.session}-1`], 'a minute'],
  ['2026-11-21 15:00+01:00', [`${second}-1`, `${second}-2`, `${cap.session}-1`], 'a minute in another zone'],
  ['2026-11-21T14:01Z', [], 'a minute in which nothing happened'],
  [`${split.session}-1`, [`${split.session}-1`], 'a session that goes on in the next segment'],
  ['nothing-like-this', [], 'an id nobody knows'],
];
for (const [id, expected, why] of cases) {
  test(why, async () => assert.deepEqual(await ids(id), expected));
}

test('with a limit the newest sessions are told, and that there are more', async () => {
  const found = await explain(dir, '192.0.2.7', { limit: 1 });
  assert.deepEqual(
    found.explanations.map((each) => each.id),
    [`${split.session}-1`],
  );
  assert.equal(found.more, true);
});

test('the sentence says what happened, where and why', async () => {
  const [told] = (await explain(dir, `${first}-1`)).explanations;
  assert.equal(told && sentence(told), 'refused at RCPT because: the hub does not know the recipient [check unknown-recipient, action reject]');
});

test('the text of an explanation cannot drive the terminal', async () => {
  const text = explainedText(await explain(dir, split.session));
  assert.doesNotMatch(text, /\u001b/);
  assert.match(text, /FOO\\u001b\[2J/);
});

test('what would be decided today is asked of whoever can tell, and said to be unknown otherwise', async () => {
  const today = { outcome: 'delivered', because: 'the recipient exists now', findings: [] } as const;
  assert.match(explainedText(await explain(dir, `${first}-1`)), /today +what would be decided now is not known/);
  assert.match(explainedText(await explain(dir, `${first}-1`, { redecide: () => Promise.resolve(today) })), /today +delivered: the recipient exists now/);
});

test('the queue id of a delivered message is told once where the hub’s own words hold it', async () => {
  const text = explainedText(await explain(dir, `${second}-2`));
  const [, nextHop] = /^ +next hop +(.*)$/m.exec(text) ?? [];
  const id = `Q${second.slice(3, 9)}`;
  assert.equal(nextHop, `hub: 250 2.0.0 Ok: queued as ${id}`);
});

test('of one message of a session of many its own part is told, and how to read the rest', () => {
  const at = (n: number): string => new Date(start + n).toISOString();
  const entry = (n: number, type: string, text: readonly (readonly [string, string])[] = []) => ({ at: at(n), type, text });
  const rcpt = (n: number, to: string) =>
    entry(n, 'stage-judged', [
      ['stage', 'rcpt'],
      ['to', to],
    ]);
  const timeline = [
    entry(0, 'session-opened'),
    rcpt(1, 'one@example.org'),
    entry(2, 'message-finished', [['messageId', '<1@x>']]),
    rcpt(3, 'two@example.org'),
    entry(4, 'message-finished', [['messageId', '<2@x>']]),
    rcpt(5, 'three@example.org'),
    entry(6, 'message-finished', [['messageId', '<3@x>']]),
    entry(7, 'session-closed'),
  ];
  const explanation: Explanation = {
    id: 'S-2',
    kind: 'message',
    session: 'S',
    reference: 'S-2',
    at: at(4),
    client: { ip: '192.0.2.7', port: 1, name: null, helo: null, user: null, listener: 'mx' },
    stage: null,
    from: null,
    to: [],
    outcome: 'delivered',
    since: null,
    reply: null,
    decision: { check: null, action: 'pass', because: 'x', evidence: {} },
    today: null,
    message: null,
    findings: [],
    facts: {},
    timeline,
  };
  const told = (explanations: readonly Explanation[]): string => explainedText({ explanations, more: false, badLines: 0 });
  const text = told([explanation]);
  assert.match(text, /session S \(4 lines about its other messages: floodgate explain S\)/);
  assert.deepEqual(
    [...text.matchAll(/(?:to|messageId)=(\S+)/g)].map(([, value]) => value),
    ['two@example.org', '<2@x>'],
  );
  assert.match(text, /session-opened[^]*session-closed/);
  assert.match(told([explanation, { ...explanation, id: 'S-3', at: at(6) }]), /one@example\.org[^]*three@example\.org/, 'of several all is told');
});
