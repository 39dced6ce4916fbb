import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassword, newCredential, nobodysCredential, parseCredential, scramKeysOf, type Credential } from './password.ts';

function credential(raw: string): Credential {
  const parsed = parseCredential(raw);
  assert.ok(typeof parsed === 'object', `${raw} was refused`);
  return parsed;
}

// Not made by us: the test vectors of the Argon2 reference implementation, of RFC 7914 12 and of RFC 7677 3.
const known: readonly [raw: string, password: string, from: string][] = [
  ['{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', 'password', 'argon2id, the reference implementation'],
  [
    '{argon2id}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
    'password',
    'argon2id with two lanes; the scheme in lower case',
  ],
  [
    '{SCRYPT}$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    'pleaseletmein',
    'scrypt, RFC 7914 12',
  ],
  [
    '{SCRYPT}ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    'pleaseletmein',
    'scrypt without its name in front',
  ],
  [
    '{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    'pencil',
    'SCRAM-SHA-256, the exchange of RFC 7677 3',
  ],
  ['{PLAIN}p{}:ss', 'p{}:ss', 'plain, whatever characters'],
];

for (const [raw, password, from] of known) {
  test(`the right password fits, another does not: ${from}`, async () => {
    assert.equal(await isPassword(credential(raw), password), true);
    assert.equal(await isPassword(credential(raw), `${password}x`), false);
    assert.equal(await isPassword(credential(raw), ''), false);
  });
}

test('a new credential fits its password only, and has a salt of its own', async () => {
  const [one, other] = [await newCredential('correct horse'), await newCredential('correct horse')];
  assert.notEqual(one, other);
  assert.match(one, /^\{ARGON2ID\}\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await isPassword(credential(one), 'correct horse'), true);
  assert.equal(await isPassword(credential(one), 'Correct horse'), false);
});

test('composed and decomposed letters are one password: telephones and terminals type them differently', async () => {
  assert.equal(await isPassword(credential('{PLAIN}caf\u00e9 au\u00a0lait'), 'cafe\u0301 au lait'), true);
});

test('RFC 4013 3: a soft hyphen counts for nothing in the password behind a SCRAM secret, and compatible letters are the same', async () => {
  const secret = credential(`{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,${'A'.repeat(43)}=,${'A'.repeat(43)}=`);
  assert.ok(secret.scheme === 'SCRAM-SHA-256');
  const { storedKey } = await scramKeysOf('IX', secret.salt, secret.iterations);
  assert.equal(await isPassword({ ...secret, storedKey }, 'I\u00adX'), true);
  assert.equal(await isPassword({ ...secret, storedKey }, '\u2168'), true);
});

test("nobody's credential fits no password", async () => {
  assert.equal(await isPassword(nobodysCredential(), ''), false);
});

const broken: readonly [raw: string, says: RegExp, why: string][] = [
  ['secret', /no scheme/, 'a password without scheme is not taken for PLAIN'],
  ['{MD5}abc', /\{MD5\} is not known/, 'a scheme we do not have'],
  ['{PLAIN}', /empty/, 'an empty password would let everybody in'],
  ['{ARGON2ID}$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /not an Argon2id/, 'the weaker variant'],
  ['{ARGON2ID}$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /memoryKib is 99999999/, 'would need 100 GB'],
  ['{ARGON2ID}$argon2id$v=19$m=256,t=9999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /passes is 9999/, 'would take minutes'],
  ['{ARGON2ID}$argon2id$v=19$m=256,t=2,p=64$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /8 times p/, 'the library would throw at each login'],
  ['{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c2Fs$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /salt has 3 bytes/, 'a salt too short'],
  ['{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65', /hash has 3 bytes/, 'a hash cut off: 3 bytes are guessed in a day'],
  ['{SCRYPT}ln=30,r=8,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', /logCost is 30/, 'would need a terabyte'],
  ['{SCRYPT}16384$8$1$abc', /not a scrypt/, "another program's form"],
  [
    '{SCRAM-SHA-256}1,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    /iterations is 1/,
    'RFC 7677 asks for 4096',
  ],
  ['{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d,wfPL', /StoredKey has 3 bytes/, 'a key cut off'],
  ['{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPL', /ServerKey has 3 bytes/, 'the other key cut off'],
];
for (const [raw, says, why] of broken) {
  test(`refused: ${why}`, () => {
    const parsed = parseCredential(raw);
    assert.ok(typeof parsed === 'string');
    assert.match(parsed, says);
  });
}
