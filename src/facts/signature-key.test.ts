import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { verifiesHeader } from './signature-key.ts';

const signed = Buffer.from('from: anna@hub.example\r\n');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
const signature = createSign('sha256').update(signed).sign(privateKey);
const holds = (key: string, changes: object = {}): boolean => verifiesHeader({ key, algorithm: 'rsa-sha256', signed, signature, ...changes });

for (const [key, expected, why] of [
  [`v=DKIM1; k=rsa; p=${spki}`, true, 'the usual record'],
  [`p=${spki.slice(0, 60)} ${spki.slice(60)}`, true, 'version and kind have defaults, blanks are none of the key'],
  [`v=DKIM1; p=${pkcs1}`, true, 'the envelope that the standard names'],
  ['v=DKIM1; p=', false, 'a revoked key'],
  [`v=DKIM2; p=${spki}`, false, 'another version'],
  [`v=DKIM1; k=ed25519; p=${spki}`, false, 'a key of another kind'],
  [`v=DKIM1; s=tlsrpt; p=${spki}`, false, 'a key for something else than mail'],
  [`v=DKIM1; s=email:x; h=sha1:sha256; p=${spki}`, true, 'a key for mail among others'],
  [`v=DKIM1; h=sha1; p=${spki}`, false, 'a key for another hash'],
  ['v=DKIM1; p=AAAA', false, 'no key at all'],
] as const)
  test(`${expected ? 'holds' : 'does not hold'}: ${why}`, () => assert.equal(holds(key), expected));

test('another text, another signature and an algorithm of yesterday prove nothing', () => {
  const key = `v=DKIM1; p=${spki}`;
  assert.equal(holds(key, { signed: Buffer.from('from: bert@hub.example\r\n') }), false);
  assert.equal(holds(key, { signature: Buffer.alloc(256) }), false);
  const sha1 = createSign('sha1').update(signed).sign(privateKey);
  assert.equal(holds(key, { algorithm: 'rsa-sha1', signature: sha1 }), false, 'RFC 8301 3.1');
});

test('a short key proves nothing', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 768 });
  const key = `p=${short.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  assert.equal(holds(key, { signature: createSign('sha256').update(signed).sign(short.privateKey) }), false, 'RFC 8301 3.2');
});

test('Ed25519 signs the hash, and its key has no envelope', () => {
  const pair = generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  const made = sign(null, createHash('sha256').update(signed).digest(), pair.privateKey);
  assert.equal(holds(`v=DKIM1; k=ed25519; p=${raw}`, { algorithm: 'ed25519-sha256', signature: made }), true);
  assert.equal(holds(`v=DKIM1; p=${raw}`, { algorithm: 'ed25519-sha256', signature: made }), false, 'the record must say so');
});
