import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUsersFile, withUser, withoutUser } from './users-file.ts';

const scram = '{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

test('comments and empty lines are passed over, line ends of either kind, names found whatever their case', () => {
  const { users, errors } = parseUsersFile(`# the office\r\n\r\nAnna@Example.org:${scram}\r\n\n#bob:${scram}\ncarl:{PLAIN}x`);
  assert.deepEqual(errors, []);
  assert.deepEqual([...users.keys()], ['anna@example.org', 'carl']);
  assert.equal(users.get('anna@example.org')?.name, 'Anna@Example.org');
});

test('all errors are told at once, each with its line', () => {
  const { errors } = parseUsersFile(`no colon here\nanna:${scram}\nanna b:${scram}\n:${scram}\nANNA:${scram}\nbob:secret`);
  assert.deepEqual(
    errors.map(({ line, message }) => `${line} ${message.split(':')[0]}`),
    ['1 no colon', '3 a name has no space, colon or #', '4 a name has 1 to 255 characters', '5 ANNA is in the file twice', '6 no scheme'],
  );
});

test('a readable password is taken, with a warning that does not repeat it', () => {
  const { users, warnings } = parseUsersFile('anna:{PLAIN}hunter2');
  assert.equal(users.size, 1);
  assert.equal(warnings[0]?.line, 1);
  assert.doesNotMatch(warnings[0]?.message ?? '', /hunter2/);
});

test('an error does not repeat a value: a log is no place for passwords', () => {
  assert.doesNotMatch(JSON.stringify(parseUsersFile('anna:hunter2').errors), /hunter2/);
});

test('a user is replaced in its place, others and comments stay', () => {
  assert.equal(withUser('# a\nanna:old\nbob:b\n', 'ANNA', '{X}new'), '# a\nANNA:{X}new\nbob:b\n');
  assert.equal(withUser('bob:b', 'anna', '{X}new'), 'bob:b\nanna:{X}new\n');
  assert.equal(withUser('', 'anna', '{X}new'), 'anna:{X}new\n');
  assert.equal(withUser('#anna:old\n', 'anna', '{X}new'), '#anna:old\nanna:{X}new\n');
});

test('only the named user is removed', () => {
  assert.equal(withoutUser('anna:a\nanna2:b\n', 'anna'), 'anna2:b\n');
  assert.equal(withoutUser('anna2:b\n', 'anna'), null);
});
