import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AuthPeer, AuthService } from '../model/auth.ts';
import { createCertificateAuth } from './certificate-auth.ts';
import { certificateUser, parseCertificatesFile } from './certificates-file.ts';

const digits = 'ab'.repeat(32);
const text = `# laptops
anna@example.org  sha256  ${digits.toUpperCase().replaceAll(/(..)(?!$)/g, '$1:')}

printer-3 subject O=Example\\, Inc.,CN=printer-3
`;

const found: readonly [fingerprint: string, subject: string, user: string | null, why: string][] = [
  [digits, 'CN=whatever', 'anna@example.org', 'by fingerprint, however it is written'],
  ['cd'.repeat(32), 'O=Example\\, Inc.,CN=printer-3', 'printer-3', 'by name'],
  ['cd'.repeat(32), 'CN=printer-3', null, 'half a name is another name'],
  ['cd'.repeat(32), 'O=Example\\, Inc.,CN=printer-33', null, 'a longer name is another name'],
];
for (const [fingerprint, subject, user, why] of found)
  test(`${user}: ${why}`, () => assert.equal(certificateUser(parseCertificatesFile(text), { fingerprint, subject }), user));

const wrong: readonly [line: string, says: RegExp][] = [
  ['anna', /write USER sha256/],
  ['anna md5 abc', /write USER sha256/],
  ['anna sha256 abc', /64 hexadecimal/],
  ['an:na sha256 x', /no space, colon/],
  ['anna subject printer', /written as in the log/],
  [`bert sha256 ${digits}\nanna sha256 ${digits}`, /twice/],
];
for (const [line, says] of wrong) {
  test(`refused: ${line.slice(0, 30)}`, () => {
    const { errors } = parseCertificatesFile(line);
    assert.equal(errors.length, 1);
    assert.match(errors[0]?.message ?? '', says);
  });
}

const stranger: AuthPeer = { ip: '192.0.2.7', port: 40_000, localIp: '192.0.2.1', localPort: 587, secured: true, binding: null, certificate: null };
const anna: AuthPeer = { ...stranger, certificate: { fingerprint: digits, subject: 'CN=x' } };
const passwords: AuthService = {
  mechanisms: () => ['SCRAM-SHA-256', 'PLAIN'],
  verify: (user) => Promise.resolve({ ok: true, user }),
  begin: () => ({ next: () => ({ kind: 'challenge', text: Buffer.from('from the others') }), cancel: () => {} }),
};

async function setUp(
  context: TestContext,
  beside: AuthService | null,
): Promise<{ readonly auth: AuthService; readonly rewrite: (fresh: string) => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-certificates-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'certificates.txt');
  await writeFile(file, text);
  const clock = { now: 0 };
  const auth = await createCertificateAuth({ file, passwords: beside, now: () => clock.now, onTrouble: () => {} });
  const rewrite = async (fresh: string): Promise<void> => {
    await writeFile(file, fresh);
    clock.now += 1000;
  };
  return { auth, rewrite };
}

test('EXTERNAL is offered to whom it is of use, first; the others go on as before', async (context) => {
  const { auth } = await setUp(context, passwords);
  assert.deepEqual(auth.mechanisms(anna), ['EXTERNAL', 'SCRAM-SHA-256', 'PLAIN']);
  assert.deepEqual(auth.mechanisms(stranger), ['SCRAM-SHA-256', 'PLAIN']);
  assert.deepEqual(await auth.verify('bert', 'secret', stranger), { ok: true, user: 'bert' });
  assert.equal((await auth.begin('SCRAM-SHA-256', anna).next(Buffer.alloc(0))).kind, 'challenge');
});

test('RFC 4422 A: an empty identity is the own one, the own one too, another is refused', async (context) => {
  const { auth } = await setUp(context, null);
  const accepted = { kind: 'accepted', user: 'anna@example.org' };
  assert.deepEqual(await auth.begin('EXTERNAL', anna).next(Buffer.alloc(0)), accepted);
  assert.deepEqual(await auth.begin('EXTERNAL', anna).next(Buffer.from('Anna@Example.org')), accepted);
  assert.deepEqual(await auth.begin('EXTERNAL', anna).next(Buffer.from('bert')), { kind: 'refused', why: 'wrong', user: 'bert' });
  assert.equal((await auth.begin('EXTERNAL', stranger).next(Buffer.alloc(0))).kind, 'refused');
  assert.deepEqual(auth.mechanisms(stranger), []);
  assert.deepEqual(await auth.verify('anna@example.org', 'secret', anna), { ok: false, why: 'wrong' });
});

test('a certificate that was taken out of the file is out, in an exchange that has begun too', async (context) => {
  const { auth, rewrite } = await setUp(context, null);
  const begun = auth.begin('EXTERNAL', anna);
  await rewrite('# nobody\n');
  assert.equal((await begun.next(Buffer.alloc(0))).kind, 'refused');
});

test('a file that goes bad while running changes nothing: who was known stays known, and is out when a good file says so', async (context) => {
  const { auth, rewrite } = await setUp(context, null);
  const answer = async () => (await auth.begin('EXTERNAL', anna).next(Buffer.alloc(0))).kind;
  await rewrite('anna sha256 half-a-li');
  assert.equal(await answer(), 'accepted');
  await rewrite('# nobody\n');
  assert.equal(await answer(), 'refused');
});
