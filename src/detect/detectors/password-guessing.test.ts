import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth, hear, many } from '../../../test/harness/sightings.ts';
import { passwordGuessing } from './password-guessing.ts';

const textOf = (sightings: Parameters<typeof hear>[1]): string[] =>
  hear(passwordGuessing, sightings).alarms.map(({ level, key, statistic }) => `${level} ${Object.keys(key).join()} ${statistic.name}`);

test('five guesses at one name within a minute are an attack, whoever runs it', () => {
  assert.equal(textOf(many(5, (number) => auth(number, { secret: `s${number}` }))).at(-1), 'alert ip score');
  assert.equal(textOf(many(5, (number) => auth(number))).at(-1), 'alert ip score', 'from a log, without the password');
  assert.equal(textOf(many(4, (number) => auth(number, { user: '' }))).at(-1), 'alert ip score', 'where the log does not name the user');
});

test('the same wrong password a thousand times is a phone', () => {
  assert.deepEqual(textOf(many(1000, (number) => auth(number, { secret: 'old' }))), []);
});

test('and so it is when the phone travels', () => {
  assert.deepEqual(textOf(many(1000, (number) => auth(number, { secret: 'old', ip: `198.${number % 250}.3.7` }))), []);
});

test('who has logged in from a place may mistype there', () => {
  assert.deepEqual(textOf([auth(0, { ok: true }), ...many(9, (number) => auth(10 + number, { secret: `typo${number}` }))]), []);
});

test('a success forgives what its own name did, not what others did', () => {
  const guesses = many(30, (number) => auth(number * 2, { user: `u${number}`, secret: `s${number}` }));
  const ownLogins = many(30, (number) => auth(number * 2 + 1, { user: 'mallory', ok: true }));
  const both = [...guesses, ...ownLogins].toSorted((one, other) => one.at - other.at);
  assert.ok(hear(passwordGuessing, both).levels.includes('alert'), 'an account of his own washes nobody');
});

test('guesses ten minutes apart add up', () => {
  const { alarms } = hear(
    passwordGuessing,
    many(12, (number) => auth(number * 600, { secret: `s${number}` })),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.statistic.name], ['alert', 'walk']);
});

test('guesses three hours apart do not: a person who forgets is no attack', () => {
  assert.deepEqual(textOf(many(30, (number) => auth(number * 3 * 3600, { secret: `s${number}` }))), []);
});

test('one who is guessed at from everywhere is named, and is not to blame', () => {
  const { alarms } = hear(
    passwordGuessing,
    many(10, (number) => auth(number * 120, { secret: `s${number}`, ip: `198.${number}.3.7` })),
  );
  const user = alarms.filter(({ key }) => key.user === 'anna').at(-1);
  assert.deepEqual([user?.level, user?.spoofable], ['alert', true]);
});

test('a host of IPv6 cannot hide among its own addresses', () => {
  assert.equal(textOf(many(5, (number) => auth(number, { ip: `2001:db8::${number + 1}`, secret: `s${number}` }))).at(-1), 'alert network score');
});

test('a flood of names and hosts is not held', () => {
  const { size } = hear(
    passwordGuessing,
    many(30_000, (number) => auth(number / 100, { user: `u${number}`, secret: `s${number}`, ip: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` })),
  );
  assert.ok(size <= 3 * (8192 + 10_000) + 3 * 30_000 + 2, String(size));
});
