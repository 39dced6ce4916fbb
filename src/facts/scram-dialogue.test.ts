import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import type { AuthTurn } from '../model/auth.ts';
import { keysOfSalted } from '../wire/sasl/scram.ts';
import { createScramDialogue, type ScramOptions } from './scram-dialogue.ts';

// RFC 7677 3: user "user", password "pencil".
const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const keys = keysOfSalted(pbkdf2Sync('pencil', salt, 4096, 32, 'sha256'));
const first = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
const final = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';

const options: ScramOptions = {
  plus: false,
  binding: null,
  nonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  accountOf: (name) => Promise.resolve({ user: name === 'user' ? 'User' : null, iterations: 4096, salt, keys: () => Promise.resolve(keys) }),
  inTurn: (work) => work(),
};

/** All turns of an exchange in short: what the server said, or how it ended. */
async function play(lines: readonly string[], more: Partial<ScramOptions> = {}): Promise<readonly string[]> {
  const dialogue = createScramDialogue({ ...options, ...more });
  const heard: string[] = [];
  for (const line of lines) heard.push(inShort(await dialogue.next(Buffer.from(line))));
  return heard;
}

const inShort = (turn: AuthTurn): string =>
  turn.kind === 'challenge' ? turn.text.toString() : turn.kind === 'accepted' ? `accepted ${turn.user}` : `${turn.why} ${turn.user}`;
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

test('the exchange of RFC 7677 3, with the empty response that ends it', async () => {
  assert.deepEqual(await play([first, final, '']), [serverFirst, 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'accepted User']);
});

const wrong: readonly [why: string, lines: readonly string[], heard: string, more?: Partial<ScramOptions>][] = [
  ['the right proof of a name that does not exist opens nothing', [first.replace('user', 'nobody'), final], 'wrong nobody'],
  ['a proof that does not fit', [first, final.replace('p=dH', 'p=dI')], 'wrong user'],
  ['another nonce than ours: an old exchange played again', [first, final.replace('k0,', 'k1,')], 'malformed user'],
  ['another GS2 header at the end than at the beginning: somebody changed it on the way', [first, final.replace('biws', 'eSws')], 'wrong user'],
  ['to act as another', [first.replace('n,,', 'n,a=boss,')], 'wrong user'],
  ['a channel binding with the mechanism that has none', [first.replace('n,,', 'p=tls-exporter,,')], 'wrong user', { binding: Buffer.alloc(32) }],
  [
    'a client that was told that we have no channel binding, though we offered it (RFC 5802 6)',
    [first.replace('n,,', 'y,,')],
    'wrong user',
    { binding: Buffer.alloc(32) },
  ],
  ['-PLUS without a channel binding', [first], 'wrong user', { plus: true, binding: Buffer.alloc(32) }],
  ['-PLUS with a channel binding of another type', [first.replace('n,,', 'p=tls-unique,,')], 'wrong user', { plus: true, binding: Buffer.alloc(32) }],
  ['not the mechanism at all', ['hello'], 'malformed '],
  ['a last message that is none', [first, 'hello'], 'malformed user'],
  ['something behind the signature', [first, final, 'more'], 'malformed User'],
  ['no room for the work', [first, final], 'unavailable user', { inTurn: () => Promise.resolve(null) }],
  ['a hash that cannot be computed', [first, final], 'unavailable user', { inTurn: () => Promise.reject(new Error('no memory')) }],
];
for (const [why, lines, heard, more] of wrong) test(`refused: ${why}`, async () => assert.equal((await play(lines, more)).at(-1), heard));

test('y is no lie where no channel binding was offered', async () => {
  assert.equal((await play([first.replace('n,,', 'y,,')]))[0], serverFirst);
});

test('an exchange that is over stays over: the proof cannot be tried twice', async () => {
  assert.deepEqual((await play([first, final.replace('p=dH', 'p=dI'), final])).slice(1), ['wrong user', 'malformed ']);
});

/** How an exchange ends whose proof is right for what the client says: only what is said may be wrong. */
async function prove(
  {
    user = 'user',
    gs2 = 'n,,',
    seen = gs2,
    binding = Buffer.alloc(0),
  }: { readonly user?: string; readonly gs2?: string; readonly seen?: string; readonly binding?: Buffer },
  more: Partial<ScramOptions> = {},
): Promise<string> {
  const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const dialogue = createScramDialogue({ ...options, ...more });
  const bare = `n=${user},r=abc`;
  const said = inShort(await dialogue.next(Buffer.from(gs2 + bare)));
  const withoutProof = `c=${Buffer.concat([Buffer.from(seen), binding]).toString('base64')},r=abc${options.nonce}`;
  const clientKey = hmac(pbkdf2Sync('pencil', salt, 4096, 32, 'sha256'), 'Client Key');
  const mask = hmac(createHash('sha256').update(clientKey).digest(), `${bare},${said},${withoutProof}`);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (mask[index] ?? 0))).toString('base64');
  return inShort(await dialogue.next(Buffer.from(`${withoutProof},p=${proof}`)));
}

const [ours, another] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const plus: Partial<ScramOptions> = { plus: true, binding: ours };
const proven: readonly [why: string, claim: Parameters<typeof prove>[0], ends: RegExp, more?: Partial<ScramOptions>][] = [
  ['all is as it should be', {}, /^v=/],
  ['a name that does not exist, whatever keys fit it', { user: 'nobody' }, /^wrong nobody$/],
  ['our channel binding', { gs2: 'p=tls-exporter,,', binding: ours }, /^v=/, plus],
  ["another's channel binding: somebody stands between", { gs2: 'p=tls-exporter,,', binding: another }, /^wrong user$/, plus],
  ['a channel binding left out', { gs2: 'p=tls-exporter,,' }, /^wrong user$/, plus],
  ['the client has said y, and somebody made it n on the way', { gs2: 'n,,', seen: 'y,,' }, /^wrong user$/],
];
for (const [why, claim, ends, more] of proven) test(`a right proof, and ${why}`, async () => assert.match(await prove(claim, more), ends));
