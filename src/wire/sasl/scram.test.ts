import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import {
  authMessageOf,
  expectedBinding,
  isProof,
  keysOfSalted,
  parseClientFinal,
  parseClientFirst,
  serverFinal,
  serverFirst,
  type ClientFinal,
  type ClientFirst,
} from './scram.ts';
import { processorMs } from '../../../test/harness/processor-time.ts';

// RFC 7677 3: user "user", password "pencil".
const rfc = {
  first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  said: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  end: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

const first = (text: string): ClientFirst => parseClientFirst(text) ?? assert.fail(`${text} was not understood`);
const final = (text: string): ClientFinal => parseClientFinal(text) ?? assert.fail(`${text} was not understood`);
const keys = keysOfSalted(pbkdf2Sync('pencil', rfc.salt, 4096, 32, 'sha256'));

test('the exchange of RFC 7677 3, from the first message to the signature', () => {
  const begun = first(rfc.first);
  assert.equal(begun.user, 'user');
  assert.equal(serverFirst(begun.nonce + rfc.serverNonce, rfc.salt, 4096), rfc.said);
  const ended = final(rfc.final);
  assert.deepEqual(ended.binding, expectedBinding(begun, null));
  const message = authMessageOf(begun, rfc.said, ended);
  assert.equal(isProof(keys, message, ended.proof), true);
  assert.equal(serverFinal(keys, message), rfc.end);
});

test('a proof for other keys, a changed proof, a short one and another message do not fit', () => {
  const [begun, ended] = [first(rfc.first), final(rfc.final)];
  const message = authMessageOf(begun, rfc.said, ended);
  const other = keysOfSalted(pbkdf2Sync('pencils', rfc.salt, 4096, 32, 'sha256'));
  assert.equal(isProof(other, message, ended.proof), false);
  assert.equal(isProof(keys, message, Buffer.from(ended.proof).fill(0, 31)), false);
  assert.equal(isProof(keys, message, ended.proof.subarray(1)), false);
  assert.equal(isProof(keys, message, Buffer.alloc(0)), false);
  assert.equal(isProof(keys, `${message},x=1`, ended.proof), false);
});

test('the channel binding stands behind the GS2 header, and only where the client uses it', () => {
  const binding = Buffer.from('0123456789abcdef');
  assert.deepEqual(expectedBinding(first('p=tls-exporter,,n=user,r=abc'), binding), Buffer.from('p=tls-exporter,,0123456789abcdef'));
  assert.deepEqual(expectedBinding(first('y,,n=user,r=abc'), binding), Buffer.from('y,,'));
});

const firsts: readonly [text: string, expected: Partial<ClientFirst> | null, why: string][] = [
  ['n,,n=user,r=abc', { binding: { kind: 'none' }, authorize: null, user: 'user', nonce: 'abc', bare: 'n=user,r=abc' }, 'the usual one'],
  ['y,,n=user,r=abc', { binding: { kind: 'unused' } }, 'a client that knows channel bindings and thinks that we do not'],
  ['p=tls-exporter,,n=user,r=abc', { binding: { kind: 'used', type: 'tls-exporter' }, gs2Header: 'p=tls-exporter,,' }, 'channel binding'],
  ['n,a=boss,n=user,r=abc', { authorize: 'boss' }, 'to act as another'],
  ['n,,n=a=2Cb=3Dc,r=abc', { user: 'a,b=c' }, 'comma and equals sign in a name'],
  ['n,,n=a=2cb,r=abc', null, 'RFC 5802 5.1: the escapes have capital letters'],
  ['n,,n=a=b,r=abc', null, 'a bare equals sign'],
  ['n,,n=user,r=abc,x=more', { nonce: 'abc', bare: 'n=user,r=abc,x=more' }, 'an optional extension is passed over, and is part of what is signed'],
  ['n,,m=must,n=user,r=abc', null, 'RFC 5802 5.1: an extension that must be understood'],
  ['n,,n=,r=abc', null, 'no name'],
  ['n,,n=user,r=', null, 'no nonce'],
  ['n,,n=user,r=a b', null, 'a space in the nonce'],
  ['n=user,r=abc', null, 'no GS2 header'],
  ['n,n=user,r=abc', null, 'half a GS2 header'],
  ['p=,,n=user,r=abc', null, 'channel binding of no type'],
  ['', null, 'nothing'],
];
for (const [text, expected, why] of firsts) {
  test(`first message "${text}": ${why}`, () => {
    const parsed = parseClientFirst(text);
    if (expected === null || parsed === null) return assert.equal(parsed, expected);
    assert.deepEqual({ ...parsed, ...expected }, parsed);
  });
}

const finals: readonly [text: string, understood: boolean, why: string][] = [
  ['c=biws,r=abc,p=AAAA', true, 'the usual one'],
  ['c=biws,r=abc,x=more,p=AAAA', true, 'with an extension'],
  ['c=biws,r=abc', false, 'no proof'],
  ['c=biws,r=abc,p=AAAA,x=more', false, 'RFC 5802 7: the proof is last'],
  ['r=abc,c=biws,p=AAAA', false, 'the order is fixed'],
  ['c=b,r=abc,p=AAAA', false, 'broken base64'],
];
for (const [text, understood, why] of finals)
  test(`last message "${text}" is ${understood ? 'read' : 'refused'}: ${why}`, () => assert.equal(parseClientFinal(text) !== null, understood));

test('a long hostile message is refused in no time', () => {
  const started = processorMs();
  assert.equal(parseClientFirst(`n,,n=user,r=abc${',x=y'.repeat(3000)},`), null);
  assert.equal(parseClientFinal(`c=${'AAAA'.repeat(3000)}!,r=abc,p=AAAA`), null);
  assert.ok(processorMs() - started < 500);
});
