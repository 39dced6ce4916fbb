import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/harness/until.ts';
import { parseNamedLines } from '../lib/named-lines.ts';
import type { EventBody } from '../model/events.ts';
import { isOwnMailbox } from '../model/own-mailbox.ts';
import { OwnerNotices, userOf } from './owner-notices.ts';

interface Sent {
  readonly to: readonly string[];
  readonly raw: string;
}

function deskOf({ contacts = 'bob: bob@elsewhere.example', fails = 0, postmasters = ['postmaster@example.org'] } = {}) {
  const sent: Sent[] = [];
  const events: EventBody[] = [];
  const clock = { at: Date.UTC(2026, 10, 21) };
  let left = fails;
  let ids = 0;
  const notices = new OwnerNotices({
    site: () => ({ hostname: 'mx.example.org', domains: ['example.org'], postmasters, contacts: parseNamedLines(contacts) }),
    treatment: (kind) => (kind === 'user' ? 'held' : 'deferred'),
    send: (to, raw) => {
      if (left-- > 0) return Promise.reject(new Error('the hub is away'));
      sent.push({ to, raw });
      return Promise.resolve();
    },
    newId: () => `REF${++ids}`,
    record: (event) => void events.push(event),
    now: () => clock.at,
  });
  return { notices, sent, events, clock };
}

const quota = (name: string, state: 'nearly' | 'used-up' = 'nearly', kind: 'user' | 'host' = 'user'): EventBody => ({
  type: 'quota-reached',
  kind,
  name,
  clock: 'externalRecipientsPerHour',
  used: state === 'nearly' ? 400 : 500,
  limit: 500,
  state,
});
const hold = (changes: { readonly dryRun?: boolean; readonly action?: 'tag'; readonly scope?: string } = {}): EventBody => ({
  type: 'measure-added',
  id: 'm-3fa94c01d2',
  by: 'auto stolen-account',
  action: 'quarantine',
  scope: 'user bob, direction out',
  reason: 'bob: many more recipients than ever',
  expiresAt: Date.UTC(2026, 10, 22),
  maxHits: null,
  probeShare: 0,
  incident: 'i-1',
  dryRun: false,
  ...changes,
});

test('a hold on a user’s mail is told to his second contact, and to the postmaster with the commands that undo it', async () => {
  const { notices, sent, events } = deskOf();
  notices.hear(hold());
  assert.deepEqual(
    sent.map(({ to }) => to),
    [['bob@elsewhere.example'], ['postmaster@example.org']],
  );
  const [owner, postmaster] = sent.map(({ raw }) => raw);
  assert.match(owner ?? '', /^Subject: \[REF1\] user bob: outgoing mail is held, the account may be stolen\r$/m);
  assert.match(owner ?? '', /Change the password/);
  assert.doesNotMatch(owner ?? '', /floodgate measure/, 'commands are the postmaster’s');
  assert.match(postmaster ?? '', /floodgate measure undo m-3fa94c01d2/);
  assert.match(postmaster ?? '', /floodgate quarantine release --user bob/);
  assert.match(postmaster ?? '', /The owner is told at his second contact/);
  await until('both to be recorded', () => events.length === 2);
  assert.deepEqual(
    events.map((event) => event.type === 'owner-told' && [event.user, event.to, event.about]),
    [
      ['bob', 'owner', 'outgoing-held'],
      ['bob', 'postmaster', 'outgoing-held'],
    ],
  );
});

for (const [what, changes] of [
  ['a dry run', { dryRun: true }],
  ['a measure of another kind', { action: 'tag' }],
  ['a measure about mail to him', { scope: 'user bob, direction in' }],
  ['a measure about nobody’s account', { scope: 'client 192.0.2.0/24' }],
] as const)
  test(`${what} is told to nobody`, () => {
    const { notices, sent } = deskOf();
    notices.hear(hold(changes));
    assert.deepEqual(sent, []);
  });

test('the same news goes out once a day, other news at once, and the next day again', () => {
  const { notices, sent, clock } = deskOf();
  for (let n = 0; n < 5; n++) notices.hear(quota('bob'));
  assert.equal(sent.length, 2);
  notices.hear(quota('bob', 'used-up'));
  assert.equal(sent.length, 4);
  clock.at += 24 * 3_600_000;
  notices.hear(quota('bob'));
  assert.equal(sent.length, 6);
});

test('the account itself is never written to: the thief would read it', () => {
  const { notices, sent } = deskOf({ contacts: 'bob: bob@example.org, BOB+x@Example.org' });
  notices.hear(hold());
  assert.deepEqual(
    sent.map(({ to }) => to),
    [['postmaster@example.org']],
  );
  assert.match(sent[0]?.raw ?? '', /auth\.contacts has no second contact/);
  assert.deepEqual(
    [
      isOwnMailbox('bob@example.org', 'bob@example.org', []),
      isOwnMailbox('bob', 'bob@other.example', ['example.org']),
      isOwnMailbox('bob@example.org', 'boss@example.org', ['example.org']),
    ],
    [true, false, false],
  );
});

test('a host has no owner to be told; the postmaster hears that it waits', () => {
  const { notices, sent } = deskOf();
  notices.hear(quota('10.20.0.7', 'used-up', 'host'));
  assert.equal(sent.length, 1);
  assert.match(sent[0]?.raw ?? '', /host 10\.20\.0\.7: 500 of 500 recipients elsewhere an hour[^]*put off with 450/);
});

test('a thousand accounts at once are not a thousand letters to the postmaster; how many were left out stands in the next', () => {
  const { notices, sent, clock } = deskOf();
  for (let n = 0; n < 1000; n++) notices.hear(quota(`user${n}`));
  assert.equal(sent.length, 20);
  clock.at += 5 * 60_000;
  notices.hear(quota('late'));
  assert.match(sent.at(-1)?.raw ?? '', /980 letters about other accounts were left out/);
});

test('a letter that cannot go out is an event and is tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { notices, sent, events } = deskOf({ fails: 1, contacts: '' });
  notices.hear(hold());
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await Promise.resolve();
  };
  await settle();
  assert.deepEqual([sent.length, events[0]?.type, notices.waiting], [0, 'alert-failed', 1]);
  t.mock.timers.tick(60_000);
  await settle();
  assert.deepEqual([sent.length, notices.waiting], [1, 0]);
  notices.stop();
});

test('names of strangers break out of neither header nor shell', () => {
  const { notices, sent } = deskOf({ contacts: '' });
  notices.hear(quota("x\r\nBcc: evil@example.net'; rm -rf ~ #"));
  const raw = sent[0]?.raw ?? '';
  assert.doesNotMatch(raw, /^Bcc:/m);
  assert.match(raw, /quota show 'x\?Bcc: evil@example\.net'\\''; rm -rf ~ #'/);
});

test('lines of the journal are looked at, and only those that matter', () => {
  const { notices, sent } = deskOf();
  notices.take(`{"type":"session-opened","session":"s"}\n${JSON.stringify(hold())}\n`);
  assert.equal(sent.length, 2);
});

test('the user of a scope is found among its other parts', () => {
  assert.deepEqual(['user bob', 'client 10.0.0.0/8, user a, b, listener out, direction out', 'sender user x', 'everybody'].map(userOf), [
    'bob',
    'a, b',
    null,
    null,
  ]);
});
