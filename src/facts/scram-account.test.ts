import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOfSalted } from '../wire/sasl/scram.ts';
import { scramKeysOf } from './password.ts';
import { mayOfferScram, scramAccount } from './scram-account.ts';
import { parseUsersFile, type UsersFile } from './users-file.ts';

const kept = '{SCRAM-SHA-256}8192,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';
const hashed = '{ARGON2ID}$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$kgPwZ9DAehBT966hqnz1RvMedn9cKCTI012WUoxq9i8';
const users = (text: string): UsersFile['users'] => parseUsersFile(text).users;
const secret = Buffer.alloc(32, 7);

test('a kept secret is used as it is; a readable password becomes keys, under a salt that stays', async () => {
  const file = users(`Anna:${kept}\nbob:{PLAIN}pencil\n`);
  const anna = scramAccount(file, 'anna', secret);
  assert.deepEqual([anna.user, anna.iterations, anna.salt.toString('base64')], ['Anna', 8192, 'W22ZaJ0SNY7soEsUEjb6gQ==']);
  assert.equal((await anna.keys()).storedKey.toString('base64'), 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=');
  const bob = scramAccount(file, 'BOB', secret);
  assert.deepEqual(bob.salt, scramAccount(file, 'bob', secret).salt);
  assert.deepEqual(await bob.keys(), await scramKeysOf('pencil', bob.salt, bob.iterations));
});

test('a name that does not exist looks like one that does: always the same salt, as long and as often hashed', async () => {
  const file = users(`anna:${kept}\n`);
  const [one, again, other] = [scramAccount(file, 'nobody', secret), scramAccount(file, 'Nobody', secret), scramAccount(file, 'noone', secret)];
  assert.equal(one.user, null);
  assert.deepEqual([one.salt, one.iterations], [again.salt, again.iterations]);
  assert.notDeepEqual(one.salt, other.salt);
  assert.deepEqual([one.salt.length, one.iterations], [16, 8192]);
  assert.notDeepEqual((await one.keys()).storedKey, keysOfSalted(Buffer.alloc(0)).storedKey);
  assert.notDeepEqual(one.salt, scramAccount(file, 'nobody', Buffer.alloc(32, 8)).salt, 'it cannot be computed from outside');
});

test('a user whose hash is of another kind looks like a name that does not exist', () => {
  assert.equal(scramAccount(users(`anna:${kept}\nbob:${hashed}\n`), 'bob', secret).user, null);
});

const files: readonly [text: string, offered: boolean][] = [
  [`anna:${kept}\n`, true],
  [`anna:${kept}\nbob:{PLAIN}pencil\n`, true],
  [`anna:${kept}\nbob:${hashed}\n`, false],
  ['', false],
];
for (const [text, offered] of files)
  test(`offered for ${JSON.stringify(text.replaceAll(/\}[^\n]+/g, '}'))}: ${offered}`, () => assert.equal(mayOfferScram(users(text)), offered));
