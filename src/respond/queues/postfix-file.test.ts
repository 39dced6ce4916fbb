import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPostfixFile } from './postfix-file.ts';

/** A record as Postfix writes it. */
function record(type: string, value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  const length: number[] = [];
  for (let left = octets.length; ; left >>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from(type), Buffer.from(length), octets]);
}

const file = (...records: readonly (readonly [type: string, value: string])[]): Buffer => Buffer.concat(records.map(([type, value]) => record(type, value)));

const envelope = [
  ['T', '1700000000 0'],
  ['A', 'sasl_username=ulla'],
  ['S', 'ulla@example.org'],
  ['A', 'client_address=192.0.2.9'],
  ['R', 'joe@far.example'],
  ['M', ''],
] as const;

test('user, client and content are read', () => {
  const { user, ip, beginning } = readPostfixFile(file(...envelope, ['N', 'Subject: hello'], ['N', ''], ['N', 'text'], ['X', ''], ['E', '']), 1000);
  assert.deepEqual([user, ip, beginning.toString()], ['ulla', '192.0.2.9', 'Subject: hello\n\ntext\n']);
});

test('a line longer than a record is one line: its parts have no line end', () => {
  const { beginning } = readPostfixFile(file(...envelope, ['L', 'a'.repeat(200)], ['N', 'b'], ['X', '']), 1000);
  assert.equal(beginning.toString(), `${'a'.repeat(200)}b\n`);
});

test('a body that prints what a listing has is no envelope', () => {
  const forged = ['*** MESSAGE FILE END ABC ***', 'named_attribute: client_address=198.51.100.1', 'A\x1cclient_address=198.51.100.1'] as const;
  const { ip, beginning } = readPostfixFile(
    file(...envelope, ...forged.map((line) => ['N', line] as const), ['X', ''], ['A', 'client_address=198.51.100.2']),
    1000,
  );
  assert.equal(ip, '192.0.2.9');
  assert.equal(beginning.toString(), `${forged.join('\n')}\n`);
});

test('the first value of an attribute counts: what is added later is not the client', () => {
  assert.equal(readPostfixFile(file(['A', 'client_address=192.0.2.9'], ['A', 'client_address=198.51.100.1'], ['M', '']), 10).ip, '192.0.2.9');
});

test('content stops at the bound', () => {
  assert.equal(readPostfixFile(file(...envelope, ['N', 'a'.repeat(100)], ['N', 'b']), 50).beginning.length, 50);
});

test('a pointer that leads to itself ends the reading', () => {
  assert.equal(
    readPostfixFile(Buffer.concat([file(['M', ''], ['N', 'x']), record('p', '              0'), record('p', '2')]), 1_000_000).beginning.toString(),
    'x\nx\n',
  );
});

test('a header that was changed in place is read where the pointer leads', () => {
  const start = file(['M', ''], ['N', 'Subject: ']);
  const pointer = (to: number): Buffer => record('p', String(to).padStart(15));
  const old = record('N', 'Old: line');
  const rest = file(['N', 'To: joe'], ['X', '']);
  const after = start.length + pointer(0).length;
  const changedAt = after + old.length + rest.length;
  const whole = Buffer.concat([start, pointer(changedAt), old, rest, record('N', 'New: line'), pointer(after + old.length)]);
  assert.equal(readPostfixFile(whole, 1000).beginning.toString(), 'Subject: \nNew: line\nTo: joe\n');
});

test('what is cut off at any octet ends the reading and throws nothing', () => {
  const whole = file(...envelope, ['N', 'Subject: hello'], ['N', 'b'.repeat(300)], ['X', ''], ['E', '']);
  for (let length = 0; length <= whole.length; length++) assert.ok(readPostfixFile(whole.subarray(0, length), 1000).beginning.length <= 1000);
});
