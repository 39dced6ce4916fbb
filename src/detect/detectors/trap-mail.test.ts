import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, hear, many, recipient } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { trapMail } from './trap-mail.ts';

const hit = (number: number, changes: Parameters<typeof recipient>[1] = {}): ReturnType<typeof recipient> => recipient(number, { answer: 'trap', ...changes });

test('the first trap is watched, the second is spam', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(2, (number) => hit(number)),
    ).levels,
    ['watch', 'alert'],
  ));

test('a bounce to a trap says nothing of the server that sends it: a forger wrote there', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(500, (number) => hit(number, { from: '' })),
    ).levels,
    [],
  ));

test('other refused recipients are no traps', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(50, (number) => hit(number, { answer: 'refused' })),
    ).levels,
    [],
  ));

const hour = 3600;
/** Somebody names a recipient at the honeypot, in a session of its own. */
const honey = (seconds: number, ip: string): Sighting[] => [
  connection(seconds, { ip, session: `s${seconds}` }),
  recipient(seconds, { ip, answer: 'honeypot', session: `s${seconds}` }),
];
/** From the first hit on it is watched who comes; somebody is taken at the real door the while. */
const begun = honey(0, '203.0.113.250');
const open = (seconds: number): Sighting => recipient(seconds, { ip: '203.0.113.99' });
const spammer = '203.0.112.7';

test('who comes straight to the honeypot, while others are taken at the real door, writes to two traps', () =>
  assert.deepEqual(hear(trapMail, [...begun, open(7 * hour), ...honey(7 * hour + 60, spammer), ...honey(7 * hour + 120, spammer)]).levels, ['watch', 'alert']));

for (const [why, between] of [
  ['who was put off at the real door first', [recipient(6.5 * hour, { ip: '203.0.112.9', answer: 'deferred' }), open(7 * hour)]],
  ['who was turned away there before a session', [connection(6.5 * hour, { ip: spammer, refused: true }), open(7 * hour)]],
  ['who had a session there and named nobody', [connection(6.5 * hour, { ip: spammer, session: 'elsewhere' }), open(7 * hour)]],
  ['who finds the real door shut, as everybody does', []],
  ['while nobody but himself is taken there', [recipient(7 * hour, { ip: '203.0.112.200' })]],
] as const)
  test(`no letter is a trap’s of one ${why}: RFC 5321 5.1 sends him to the last MX`, () =>
    assert.deepEqual(hear(trapMail, [...begun, ...between, ...honey(7 * hour + 60, spammer), ...honey(7 * hour + 120, spammer)]).levels, []));

test('before it is known who comes to the real door, nobody is said not to have come', () =>
  assert.deepEqual(hear(trapMail, [...begun, open(5 * hour), ...honey(5 * hour + 60, spammer), ...honey(5 * hour + 120, spammer)]).levels, []));

test('whoever comes with ever new networks is forgotten, not collected', () => {
  const comers = many(20_000, (number) => connection(10 + number / 100, { ip: `10.${number % 250}.${Math.floor(number / 250)}.1`, session: `c${number}` }));
  const sessions = many(5000, (number) => connection(300 + number / 100, { ip: spammer, session: `d${number}` }));
  assert.ok(hear(trapMail, [...begun, ...comers, ...sessions]).size <= 8192);
});
