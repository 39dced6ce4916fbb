import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from './crc32c.ts';

const cases: readonly [octets: Buffer, expected: number, why: string][] = [
  [Buffer.alloc(32), 0x8a9136aa, 'RFC 3720 B.4: 32 octets of zeros'],
  [Buffer.alloc(32, 0xff), 0x62a8ab43, 'RFC 3720 B.4: 32 octets of ones'],
  [Buffer.from('123456789'), 0xe3069283, 'the check value of the catalogue of CRCs'],
];

for (const [octets, expected, why] of cases) test(why, () => assert.equal(crc32c(octets), expected));

test('in two pieces it is the same as in one', () => {
  const octets = Buffer.from('a message in two pieces');
  assert.equal(crc32c(octets.subarray(9), crc32c(octets.subarray(0, 9))), crc32c(octets));
});
