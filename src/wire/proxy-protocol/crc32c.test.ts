import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32cOf } from './crc32c.ts';

const vectors: readonly [octets: Buffer, checksum: number, why: string][] = [
  [Buffer.from('123456789'), 0xe3069283, 'the check value of the polynomial'],
  [Buffer.alloc(32), 0x8a9136aa, 'RFC 3720 B.4: zeros'],
  [Buffer.alloc(32, 0xff), 0x62a8ab43, 'RFC 3720 B.4: ones'],
  [Buffer.alloc(0), 0, 'nothing'],
];

for (const [octets, checksum, why] of vectors) test(why, () => assert.equal(crc32cOf(octets), checksum));
