import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { withoutTokens } from '../../model/release.ts';
import { isSigned, letterName, parseToken, recipientPrint, tokenLength, tokenOf, type Signed } from './token.ts';

const key = Buffer.alloc(32, 7);
const signed: Signed = { letter: letterName(Buffer.from('0123456789abcdef')), line: 3, id: '1M7YNPXHV1000-4', recipient: 'print', expiresAt: 1000 };
const token = tokenOf(key, signed);

test('a token fits into a local part behind release+, and comes back as it was', () => {
  assert.ok('release+'.length + token.length <= 64);
  assert.equal(token.length, tokenLength);
  const parts = parseToken(token);
  assert.deepEqual([parts?.letter, parts?.line], [signed.letter, 3]);
  assert.ok(parts !== null && isSigned(key, parts.signature, signed));
});

test('a mail program that writes it in capitals does no harm', () => assert.deepEqual(parseToken(token.toUpperCase()), parseToken(token)));

const others: readonly [change: Partial<Signed>, why: string][] = [
  [{ line: 4 }, 'another line of the letter'],
  [{ id: '1M7YNPXHV1000-5' }, 'another message'],
  [{ recipient: 'other' }, 'another recipient'],
  [{ expiresAt: 1001 }, 'a longer life'],
  [{ letter: letterName(Buffer.from('9876543210')) }, 'another letter'],
];
for (const [change, why] of others) {
  test(`the signature does not hold for ${why}`, () => {
    const { signature } = parseToken(token) ?? { signature: Buffer.alloc(0) };
    assert.equal(isSigned(key, signature, { ...signed, ...change }), false);
  });
}

test('no character can be changed, and another key signs otherwise', () => {
  for (let at = 0; at < token.length; at++) {
    const changed = parseToken(`${token.slice(0, at)}${token[at] === 'a' ? 'b' : 'a'}${token.slice(at + 1)}`);
    const same = changed !== null && changed.letter === signed.letter && changed.line === signed.line;
    assert.ok(!same || !isSigned(key, changed.signature, signed), `character ${at}`);
  }
  assert.equal(isSigned(Buffer.alloc(32, 8), parseToken(token)?.signature ?? Buffer.alloc(0), signed), false);
});

test('one token has one spelling: what is left of its last character says nothing else', () => {
  const spellings = Array.from('abcdefghijklmnopqrstuvwxyz234567', (last) => `${token.slice(0, -1)}${last}`);
  const sameOctets = spellings.filter((each) => parseToken(each)?.signature.equals(parseToken(token)?.signature ?? Buffer.alloc(0)));
  assert.deepEqual(sameOctets, [token]);
});

for (const wrong of [
  '',
  token.slice(1),
  `${token}a`,
  `${token.slice(0, -1)}1`,
  `${token.slice(0, -1)}.`,
  '../../../../../../etc/passwd'.padEnd(tokenLength, 'a'),
])
  test(`${JSON.stringify(wrong)} cannot be a token`, () => assert.equal(parseToken(wrong), null));

test('what is written into the name of a file cannot lead anywhere', () => {
  for (let n = 0; n < 200; n++) {
    const random = createHash('sha256').update(String(n)).digest();
    assert.match(letterName(random), /^[a-z2-7]{16}$/);
  }
});

test('a recipient is named by a print that needs the key and knows no case', () => {
  assert.equal(recipientPrint(key, 'Ann@hub.example'), recipientPrint(key, 'ann@HUB.example'));
  assert.notEqual(recipientPrint(key, 'ann@hub.example'), recipientPrint(Buffer.alloc(32, 8), 'ann@hub.example'));
  assert.notEqual(recipientPrint(key, 'ann@hub.example'), recipientPrint(key, 'otto@hub.example'));
});

test('what keeps tokens out of the record knows what they look like', () => {
  assert.equal(withoutTokens(`release+${token}@mx.example.org`), 'release@mx.example.org');
  assert.equal(withoutTokens(`release+${token.toUpperCase()}@mx.example.org`), 'release@mx.example.org');
  assert.equal(withoutTokens(`anna+${token.slice(1)}@example.org`), `anna+${token.slice(1)}@example.org`, "anything shorter is somebody's own subaddress");
});
