import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTransfer } from './transfer-encoding.ts';

const cases: readonly [body: string, encoding: string, expected: string, why: string][] = [
  ['a=\nb=20c=3D', 'quoted-printable', 'ab c=', 'soft line end and octets'],
  ['a=  \nb', 'Quoted-Printable', 'ab', 'blanks behind a soft line end'],
  ['100=% =ZZ', 'quoted-printable', '100=% =ZZ', 'what is no encoding stays'],
  ['aGVs\nbG8=', 'base64', 'hello', 'base64 over lines'],
  ['aGk=aGk=', 'BASE64', 'hihi', 'two encodings one behind the other'],
  ['plain', 'x-uuencode', 'plain', 'unknown: as it stands'],
];
for (const [body, encoding, expected, why] of cases) test(`${encoding}: ${why}`, () => assert.equal(decodeTransfer(body, encoding, 100).toString(), expected));

test('no more octets come out than asked for', () => {
  for (const encoding of ['7bit', 'base64', 'quoted-printable']) assert.ok(decodeTransfer('QUJD'.repeat(1000), encoding, 50).length <= 50);
});
