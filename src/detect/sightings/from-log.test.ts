import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../model/log-event.ts';
import type { Sighting } from '../../model/sighting.ts';
import { SightingsFromLog, type LogSiteView } from './from-log.ts';

const site: LogSiteView = {
  knowsDomains: true,
  isOurDomain: (domain) => domain === 'hub.example',
  isInside: (ip) => ip.startsWith('10.'),
  orgDomain: (domain) => domain.split('.').slice(-2).join('.'),
};
const blank: LogEvent = {
  file: '/var/log/mail.log',
  line: 1,
  at: 0,
  program: 'postfix/smtpd',
  type: 'other',
  hostile: false,
  client: null,
  user: null,
  from: null,
  to: null,
  queueId: null,
  messageId: null,
  outcome: null,
  replyCode: null,
  status: null,
  reason: null,
};
const client = { ip: '203.0.113.7', port: null, name: null };
const filter = { ip: '127.0.0.1', port: null, name: 'localhost' };

/** Sees events one second apart. */
function see(events: readonly Partial<LogEvent>[], view: LogSiteView = site): Sighting[] {
  const sightings = new SightingsFromLog(view);
  return events.flatMap((event, index) => [...sightings.note({ ...blank, at: index * 1000, line: index + 1, ...event })]);
}
const brief = (each: Sighting): string => {
  if (each.kind === 'message') return `message ${each.direction} ${each.to} ${each.outcome} ${each.caller.ip}`;
  return each.kind === 'recipient' ? `recipient ${each.answer}` : each.kind === 'offence' ? `offence ${each.what}` : each.kind;
};
const messagesOf = (events: readonly Partial<LogEvent>[], view = site): string[] =>
  see(events, view)
    .filter((each) => each.kind === 'message')
    .map(brief);

const delivery: Partial<LogEvent> = {
  type: 'delivery',
  program: 'postfix/lmtp',
  outcome: 'delivered',
  client,
  from: 'x@sender.example',
  to: 'ann@hub.example',
  queueId: '4A',
  messageId: '<m@sender.example>',
};

test('a message that is accepted and delivered is one', () => {
  assert.deepEqual(messagesOf([{ ...delivery, type: 'accept', outcome: 'accepted', to: null }, delivery]), [
    'message in ann@hub.example delivered 203.0.113.7',
  ]);
});

test('through a content filter on the host it is one as well, and the stranger brought it: the filter’s log line first', () => {
  const events: Partial<LogEvent>[] = [
    { ...delivery, type: 'accept', outcome: 'accepted', to: null },
    { ...delivery, type: 'accept', outcome: 'accepted', to: null, queueId: '4B', client: filter },
    { ...delivery, program: 'postfix/smtp', reason: '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4BBBB' },
    { ...delivery, queueId: '4BBBB', client: filter },
  ];
  events[1] = { ...events[1], queueId: '4BBBB' };
  assert.deepEqual(messagesOf(events), ['message in ann@hub.example delivered 203.0.113.7']);
});

test('and where the second program’s log does not say so, by its Message-ID', () => {
  assert.deepEqual(messagesOf([delivery, { ...delivery, queueId: '4B', client: filter }]), ['message in ann@hub.example delivered 203.0.113.7']);
});

test('a message that comes back from the world with the same Message-ID is a loop and is seen again', () => {
  assert.equal(messagesOf([delivery, { ...delivery, queueId: '4B' }]).length, 2);
});

test('deferred again and again it is seen once, and in the end', () => {
  const later: Partial<LogEvent> = { ...delivery, outcome: 'deferred', reason: 'mailbox over quota' };
  assert.deepEqual(messagesOf([later, later, later, delivery]), [
    'message in ann@hub.example deferred 203.0.113.7',
    'message in ann@hub.example delivered 203.0.113.7',
  ]);
});

const answers: readonly [string, Partial<LogEvent>, string][] = [
  [
    'a name nobody has',
    { replyCode: '550', status: '5.1.1', reason: 'Recipient address rejected: User unknown in local recipient table', outcome: 'refused' },
    'unknown',
  ],
  ['Exim’s words for it', { replyCode: '550', reason: 'Unrouteable address', outcome: 'refused' }, 'unknown'],
  ['relaying', { replyCode: '554', status: '5.7.1', reason: 'Relay access denied', outcome: 'refused' }, 'relay'],
  [
    'relaying in Sendmail’s words',
    { replyCode: '550', status: '5.7.1', reason: 'Relaying denied. Proper authentication required.', outcome: 'refused' },
    'relay',
  ],
  ['greylisting is no refusal', { replyCode: '450', reason: 'Greylisted', outcome: 'deferred' }, 'deferred'],
  ['a block list is', { replyCode: '554', reason: 'Service unavailable; blocked using list.example', outcome: 'refused' }, 'refused'],
];
for (const [why, given, expected] of answers) {
  test(`recipient ${expected}: ${why}`, () => {
    assert.deepEqual(see([{ type: 'reject', hostile: true, client, to: 'a@hub.example', from: 'x@y.example', ...given }]).map(brief), [
      `recipient ${expected}`,
    ]);
  });
}

const offences: readonly [string, Partial<LogEvent>, string][] = [
  ['a browser', { type: 'command', reason: 'non-SMTP command: GET / HTTP/1.1' }, 'alien'],
  ['talking before the greeting', { type: 'command', outcome: 'failed', reason: 'PREGREET 11 after 0.1' }, 'protocol'],
  ['a bad HELO', { type: 'reject', outcome: 'refused', reason: 'Helo command rejected: Host not found' }, 'refused'],
  [
    'a rate that is too high for now is no more than a refusal',
    { type: 'reject', outcome: 'deferred', reason: '"Host is ratelimited (1.9/1h max:1.2)"' },
    'refused',
  ],
  ['a password that is not looked at any more', { type: 'auth', outcome: 'failed', reason: 'Authentication attempt has been rate-limited' }, 'limited'],
  ['a program that has had enough of it', { type: 'notice', reason: 'Authentication attempt from 203.0.113.7 has been rate-limited' }, 'limited'],
  ['what brought spam', { type: 'notice', reason: 'message is spam, score=25.5' }, 'spam'],
];
for (const [why, given, expected] of offences) {
  test(`offence ${expected}: ${why}`, () => {
    assert.deepEqual(see([{ hostile: true, client, ...given }]).map(brief), [`offence ${expected}`]);
  });
}

test('a failed password is a guess for each try the line stands for; one that could not be looked up is none', () => {
  const failed: Partial<LogEvent> = {
    type: 'auth',
    outcome: 'failed',
    hostile: true,
    client,
    user: 'Ann',
    reason: 'Disconnected (auth failed, 3 attempts in 4 secs)',
  };
  assert.equal(see([failed]).length, 3);
  assert.equal(see([{ ...failed, hostile: false, reason: 'temporary authentication failure' }]).length, 0);
});

test('a virus is named', () => {
  const [seen] = see([{ type: 'notice', hostile: true, client, to: 'ann@hub.example', reason: 'Blocked INFECTED (Eicar-Test-Signature)' }]);
  assert.ok(seen?.kind === 'message');
  assert.deepEqual([seen.traits?.virus, seen.outcome], ['Eicar-Test-Signature', 'refused']);
});

test('without a configuration our domains are learned from what strangers bring', () => {
  const unknown: LogSiteView = { ...site, knowsDomains: false, isOurDomain: () => false };
  const insider: Partial<LogEvent> = { ...delivery, client: { ip: '10.0.0.5', port: null, name: null }, messageId: '<o@hub.example>', queueId: '4C' };
  assert.deepEqual(messagesOf([delivery, insider, { ...insider, queueId: '4D', to: 'y@world.example' }], unknown), [
    'message in ann@hub.example delivered 203.0.113.7',
    'message within ann@hub.example delivered 10.0.0.5',
    'message out y@world.example delivered 10.0.0.5',
  ]);
});

test('a million ids are not remembered for ever', () => {
  const sightings = new SightingsFromLog(site);
  for (let number = 0; number < 120_000; number++)
    sightings.note({
      ...blank,
      ...delivery,
      at: number,
      queueId: `q${number}`,
      messageId: `<${number}>`,
      to: `u${number}@hub.example`,
      outcome: 'deferred',
    });
  assert.ok(sightings.size <= 510_000, String(sightings.size));
});
