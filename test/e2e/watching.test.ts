// Who watches the gateway: tokens over TCP, decisions as they happen, the screen in the terminal, and a module of the operator's own.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { watchDaemon } from '../../src/cli/live.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, freePort, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const port = await freePort();
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { web: { address: `0.0.0.0:${port}` } } });

const ask = async (path: string, { token, ...init }: RequestInit & { readonly token?: string } = {}): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })).status;

test('a reader reads from another machine, an operator changes in its own name, and a removed token opens nothing', async () => {
  assert.deepEqual([await ask('/api/v1/status'), await ask('/healthz'), await ask('/')], [401, 200, 200]);
  const made = async (...words: readonly string[]): Promise<string> => (await gateway.command('token', 'add', ...words)).stdout.trim();
  const reader = await made('grafana', '--role', 'reader', '--expires', '30d');
  const operator = await made('ci', '--role', 'operator');
  assert.equal(await ask('/api/v1/status', { token: reader }), 200);
  const body = JSON.stringify({
    scope: { client: '192.0.2.0/24' },
    action: 'defer',
    reason: 'bomb',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const adding = { method: 'POST', body };
  assert.equal(await ask('/api/v1/measures', { ...adding, token: reader }), 403);
  assert.equal(await ask('/api/v1/measures', { ...adding, token: operator }), 200);
  assert.equal((await gateway.event('measure-added')).by, 'person token ci');
  assert.match((await gateway.command('token', 'list')).stdout, /^ci {2}operator {2}for good {2}by \S+\ngrafana {2}reader {2}until /);
  assert.equal((await gateway.command('token', 'remove', 'ci')).code, 0);
  assert.equal(await ask('/api/v1/measures', { ...adding, token: operator }), 401);
  await gateway.event('token-refused');
});

test('a decision reaches who watches as it happens, the screen counts it, and the end of the gateway ends the watching', async (t) => {
  const seen: string[] = [];
  for await (const news of watchDaemon(gateway.state, { all: false, signal: new AbortController().signal })) {
    if (news.kind === 'listening') {
      const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
      await client.ask('EHLO mail.sender.example');
      await client.ask('MAIL FROM:<x@sender.example>');
      assert.equal((await client.ask('RCPT TO:<y@elsewhere.example>')).code, 554);
      await client.quit();
    } else if (news.kind === 'event' && news.event.type === 'stage-judged') {
      seen.push(`${news.event.ip} ${news.event.findings.map(({ check }) => check).join()}`);
      const top = await gateway.command('top');
      assert.match(top.stdout, /^mx\.hub\.example {2}Floodgate /);
      assert.match(top.stdout, /\b1 {2}127\.0\.0\.0\/24 .*\b1 {2}relay-not-allowed/);
      void gateway.stop();
    }
  }
  assert.deepEqual(seen, ['127.0.0.2 relay-not-allowed']);
});

test('a telemetry module of the operator hears a decision, and its failure is told once while mail goes on', async (t) => {
  const directory = scratchDirectory(t, 'telemetry');
  const module = join(directory, 'own.mjs');
  writeFileSync(
    module,
    `import { appendFileSync } from 'node:fs';
     export function onEvent({ type, findings = [] }) {
       if (type !== 'stage-judged') return;
       appendFileSync(${JSON.stringify(join(directory, 'told'))}, findings.map(({ check }) => check) + '\\n');
       throw new Error('the collector is away');
     }`,
  );
  const told = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { telemetry: { module } } });
  for (const tries of [1, 2]) {
    const client = await SmtpClient.greet(t, { port: told.port(), from: '127.0.0.2' });
    await client.ask('MAIL FROM:<x@sender.example>');
    assert.equal((await client.ask('RCPT TO:<y@elsewhere.example>')).code, 554, `try ${tries}`);
    await client.quit();
    assert.equal((await told.event('telemetry-failed')).why, 'the collector is away');
  }
  await told.stop();
  assert.equal((await told.events()).filter(({ type }) => type === 'telemetry-failed').length, 1);
  assert.equal(readFileSync(join(directory, 'told'), 'utf8'), 'relay-not-allowed\n');
});
