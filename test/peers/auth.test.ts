// AUTH as other people's programs speak it: GNU SASL as client, Dovecot as the one who knows the passwords.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { gsaslLogin } from '../harness/gsasl.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { runProgram, scratchDirectory, type Owner } from '../harness/scratch.ts';

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
