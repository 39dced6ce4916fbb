import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth, departure, hear, many, message, offence, recipient } from '../../../test/harness/sightings.ts';
import { rudeClient } from './rude-client.ts';

test('a browser at the mail port is enough by itself, and so is what another program has stopped', () => {
  assert.deepEqual(hear(rudeClient, [offence(0, { what: 'alien' })]).levels, ['alert']);
  assert.deepEqual(hear(rudeClient, [offence(0, { what: 'limited' })]).levels, ['alert']);
});

test('three refusals within minutes, or two messages of spam', () => {
  assert.ok(
    hear(
      rudeClient,
      many(3, (number) => offence(number * 60)),
    ).levels.includes('alert'),
  );
  assert.deepEqual(
    hear(
      rudeClient,
      many(2, (number) => offence(number * 60)),
    ).levels,
    [],
  );
  assert.ok(
    hear(
      rudeClient,
      many(2, (number) => offence(number * 8, { what: 'spam' })),
    ).levels.includes('alert'),
  );
});

test('a refusal every hour is a server with a wrong list', () => {
  assert.deepEqual(
    hear(
      rudeClient,
      many(200, (number) => offence(number * 3600)),
    ).levels,
    [],
  );
});

test('what is taken speaks for a client', () => {
  const sightings = Array.from({ length: 50 }, (_, number) => [offence(number * 10), message(number * 10 + 5)]).flat();
  assert.deepEqual(hear(rudeClient, sightings).levels, []);
});

test('kinds of offences add up: wrong passwords, a refused recipient, junk at the end', () => {
  const sightings = [...many(2, (number) => auth(number, { user: '' })), recipient(3, { answer: 'refused' }), departure(4, { how: 'rude' })];
  assert.ok(hear(rudeClient, sightings).levels.includes('alert'));
});

test('a user behind an address is not the address', () => {
  assert.deepEqual(
    hear(
      rudeClient,
      many(20, (number) => offence(number, { user: 'anna' })),
    ).levels,
    [],
  );
});

test('a phone with an old password all day is nobody', () => {
  assert.deepEqual(
    hear(
      rudeClient,
      many(500, (number) => auth(number * 60, { secret: 'old' })),
    ).levels,
    [],
  );
});
