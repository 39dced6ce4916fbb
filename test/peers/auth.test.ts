// AUTH as other people's programs speak it: GNU SASL as client, Dovecot as the one who knows the passwords.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientAuthority } from '../harness/client-certificates.ts';
import { startDovecot } from '../harness/dovecot.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { gsaslLogin, type GsaslResult } from '../harness/gsasl.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { runProgram, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

/** A gateway whose users file has these lines. */
async function gatewayWith(t: Owner, lines: readonly string[]): Promise<Gateway> {
  const users = join(scratchDirectory(t, 'users'), 'users.txt');
  writeFileSync(users, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  return startGateway(t, { hub: '127.0.0.1:1', listeners: { out: { role: 'submission' } }, tls: true, config: { auth: { users } } });
}

test('GNU SASL logs in by SCRAM, with a secret it made itself and against a readable password', { skip: missing('gsasl', 'openssl') }, async (t) => {
  const { stdout } = await runProgram(peerPath('gsasl'), ['--mkpasswd', '--mechanism=SCRAM-SHA-256', '--password=pencil', '--iteration-count=4096']);
  const gateway = await gatewayWith(t, [`anna:${stdout.trim()}`, 'bert:{PLAIN}b=r,t']);
  const cases: readonly (readonly [mechanism: string, user: string, password: string, ok: boolean])[] = [
    ['SCRAM-SHA-256-PLUS', 'anna', 'pencil', true],
    ['SCRAM-SHA-256-PLUS', 'anna', 'pencils', false],
    ['SCRAM-SHA-256-PLUS', 'bert', 'b=r,t', true],
    ['SCRAM-SHA-256-PLUS', 'nobody', 'pencil', false],
    ['SCRAM-SHA-256', 'anna', 'pencil', true],
    ['PLAIN', 'anna', 'pencil', true],
  ];
  for (const [mechanism, user, password, ok] of cases) {
    const login = await gsaslLogin({ port: gateway.port(), mechanism, user, password, noBinding: mechanism === 'SCRAM-SHA-256' });
    assert.equal(login.ok, ok, `${mechanism} ${user}: ${login.said}\n${gateway.stderr()}`);
    assert.match(login.said, /AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN/);
  }
});

test(
  'a real Dovecot checks the passwords; while it is down the answer is 454, and it is found again',
  { skip: missing('gsasl', 'openssl', 'dovecot') },
  async (t) => {
    const dovecot = await startDovecot(t, { 'anna@hub.example': 'pencil' });
    const gateway = await startGateway(t, {
      hub: '127.0.0.1:1',
      listeners: { out: { role: 'submission' } },
      tls: true,
      config: { auth: { dovecot: dovecot.socket } },
    });
    const cases: readonly (readonly [mechanism: string, password: string, ok: boolean])[] = [
      ['PLAIN', 'pencil', true],
      ['LOGIN', 'pencil', true],
      ['SCRAM-SHA-256', 'pencil', true],
      ['PLAIN', 'pencils', false],
      ['SCRAM-SHA-256', 'pencils', false],
    ];
    const login = (mechanism: string, password: string): Promise<GsaslResult> =>
      gsaslLogin({ port: gateway.port(), mechanism, user: 'Anna@hub.example', password, noBinding: true });
    for (const [mechanism, password, ok] of cases) {
      const answer = await login(mechanism, password);
      assert.equal(answer.ok, ok, `${mechanism} ${password}: ${answer.said}\n${gateway.stderr()}\n${dovecot.log()}`);
      if (!ok) assert.match(answer.said, /^535 5\.7\.8 /m);
    }
    await gateway.event('auth-tried', ({ ok, user }) => ok && user === 'anna@hub.example');
    await dovecot.stop();
    await until('454', async () => /^454 4\.7\.0 /m.test((await login('PLAIN', 'pencil')).said));
    await gateway.event('hub-failed', ({ route }) => route === 'auth');
    await dovecot.start();
    await until('235', async () => (await login('PLAIN', 'pencil')).ok);
  },
);

test('a Postfix that asks a Dovecot is the hub, and the hub is asked', { skip: missing('gsasl', 'openssl', 'dovecot', 'postfix') }, async (t) => {
  const dovecot = await startDovecot(t, { 'anna@hub.example': 'pencil' });
  const hub = await postfixHub(t);
  hub.set({ smtpd_sasl_auth_enable: 'yes', smtpd_sasl_type: 'dovecot', smtpd_sasl_path: dovecot.socket });
  await hub.restart();
  const gateway = await startGateway(t, { hub: hub.address, listeners: { out: { role: 'submission' } }, tls: true, config: { auth: { hub: true } } });
  const login = (mechanism: string, password: string): Promise<GsaslResult> =>
    gsaslLogin({ port: gateway.port(), mechanism, user: 'anna@hub.example', password });
  for (const mechanism of ['PLAIN', 'LOGIN']) assert.equal((await login(mechanism, 'pencil')).ok, true, `${gateway.stderr()}\n${hub.log()}`);
  assert.match((await login('PLAIN', 'pencils')).said, /^535 5\.7\.8 /m);
  await hub.stop();
  assert.match((await login('PLAIN', 'pencil')).said, /^454 4\.7\.0 /m);
});

test('GNU SASL logs in by its certificate', { skip: missing('gsasl', 'openssl') }, async (t) => {
  const authority = clientAuthority(t);
  const anna = authority.issue('anna');
  const known = join(scratchDirectory(t, 'certificates'), 'certificates.txt');
  writeFileSync(known, `anna@hub.example sha256 ${anna.fingerprint}\n`);
  const config = { tls: { clientCa: authority.ca }, auth: { certificates: known } };
  const gateway = await startGateway(t, { hub: '127.0.0.1:1', listeners: { out: { role: 'submission' } }, tls: true, config });
  const login = await gsaslLogin({ port: gateway.port(), mechanism: 'EXTERNAL', certificate: anna });
  assert.equal(login.ok, true, login.said);
  assert.equal((await gsaslLogin({ port: gateway.port(), mechanism: 'EXTERNAL', certificate: authority.issue('bert') })).ok, false);
  await gateway.event('auth-tried', ({ ok, user }) => ok && user === 'anna@hub.example');
});
