// SCRAM at the real gateway, spoken by a client written here: what the exchange does to the session, whichever way it ends.
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { SmtpClient, type SmtpReply } from '../harness/smtp-client.ts';
import type { Owner } from '../harness/scratch.ts';

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const textOf = ({ text }: SmtpReply): string => Buffer.from(text, 'base64').toString();

interface Proven {
  /** The reply to the client's last message. */
  readonly answer: SmtpReply;
  /** What the server must say to prove that it knows the password. */
  readonly signature: string;
}

/** The exchange up to the proof (RFC 5802 5). */
async function prove(client: SmtpClient, user: string, password: string): Promise<Proven> {
  const bare = `n=${user},r=${randomBytes(12).toString('hex')}`;
  const said = textOf(await client.ask(`AUTH SCRAM-SHA-256 ${base64(`n,,${bare}`)}`));
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(said) ?? assert.fail(said);
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${nonce}`;
  const message = `${bare},${said},${withoutProof}`;
  const mask = hmac(sha256(clientKey), message);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (mask[index] ?? 0))).toString('base64');
  return { answer: await client.ask(base64(`${withoutProof},p=${proof}`)), signature: `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}` };
}

test('SCRAM at the gateway', async (t) => {
  // On loopback without a certificate passwords may travel: nothing but the exchange is in the way.
  const gateway = await startGateway(t, { hub: '127.0.0.1:1', listeners: { out: { role: 'submission' } }, users: { anna: 'pencil' } });
  const greet = (owner: Owner): Promise<SmtpClient> => SmtpClient.greet(owner, { port: gateway.port() });

  await t.test('both sides prove that they know the password, and the user may send', async (own) => {
    const client = await greet(own);
    const { answer, signature } = await prove(client, 'anna', 'pencil');
    assert.equal(answer.code, 334);
    assert.equal(textOf(answer), signature);
    assert.equal((await client.ask('')).code, 235);
    assert.equal((await client.ask('AUTH PLAIN AGFubmEAcGVuY2ls')).code, 503, 'once is enough');
    assert.equal((await client.ask('MAIL FROM:<anna@hub.example>')).code, 250);
  });

  await t.test('given up in the middle, with nonsense, with too long a line: a command comes next, and it is no failed attempt', async (own) => {
    const client = await greet(own);
    const first = `AUTH SCRAM-SHA-256 ${base64('n,,n=anna,r=abc')}`;
    await client.converse(`
      C: ${first}
      S: 334
      C: *
      S: 501 5.0.0
      C: ${first}
      S: 334
      C: ${base64('nonsense')}
      S: 501 5.5.2
      C: ${first}
      S: 334
      C: ${'A'.repeat(13_000)}
      S: 500
      C: NOOP
      S: 250`);
    const { answer } = await prove(client, 'anna', 'pencil');
    assert.equal(answer.code, 334);
  });

  await t.test('wrong passwords and names that do not exist end the session alike', async (own) => {
    const client = await greet(own);
    for (const [user, password] of [
      ['anna', 'pencils'],
      ['nobody', 'pencil'],
    ] as const)
      assert.equal((await prove(client, user, password)).answer.code, 535);
    assert.equal((await prove(client, 'anna', 'pen')).answer.code, 535);
    assert.equal((await client.reply()).code, 421);
    await gateway.event('auth-tried', ({ mechanism, user, ok, why }) => mechanism === 'SCRAM-SHA-256' && user === 'nobody' && !ok && why === 'wrong');
  });

  await t.test('a name that does not exist has the same salt after a restart', async (own) => {
    const saltOf = async (): Promise<string> => {
      const client = await greet(own);
      const said = textOf(await client.ask(`AUTH SCRAM-SHA-256 ${base64('n,,n=nobody,r=abc')}`));
      await client.ask('*');
      await client.quit();
      return said.split(',s=')[1] ?? assert.fail(said);
    };
    const before = await saltOf();
    await gateway.restart();
    assert.equal(await saltOf(), before);
  });
});
