// What other programs read of us (mission O3), judged by tools of theirs: the metrics by Prometheus' own promtool, the description of the API
// by a validator that holds it against the schema of OpenAPI 3.1.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { peerPath, requirePeers } from '../harness/peer.ts';
import { atEnd, freePort, runProgram, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : undefined) } });
atEnd(whole, () => hub.close());
const web = await freePort();
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { web: { address: `127.0.0.1:${web}` } } });
const stranger = { port: gateway.port(), from: '127.0.0.2' };
const read = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${web}${path}`);

test('promtool finds nothing wrong in /metrics after mail was delivered and refused', async (t) => {
  if (!requirePeers(t, 'promtool')) return;
  const { end } = await deliverOnce(t, stranger, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ token: newToken() }) });
  assert.equal(end?.code, 250);
  const client = await SmtpClient.greet(t, stranger);
  await client.ask('MAIL FROM:<x@sender.example>');
  assert.equal((await client.ask('RCPT TO:<nobody@hub.example>')).code, 550);
  const metrics = await until('the counts to reach the keeper', async () => {
    const text = await (await read('/metrics')).text();
    return /floodgate_messages_total\{outcome="delivered"\} 1/.test(text) && /floodgate_verdicts_total\{[^}]*unknown-recipient/.test(text) ? text : null;
  });
  const judged = await runProgram(peerPath('promtool'), ['check', 'metrics'], { input: metrics });
  assert.equal(judged.code, 0, judged.stdout + judged.stderr);
  assert.equal(judged.stderr.trim(), '', 'nor does it advise anything');
});

test('the description of the API is valid OpenAPI 3.1', async () => {
  const described = (await (await read('/api/v1/openapi.json')).json()) as Record<string, unknown>;
  const validator = new Validator();
  const { valid, errors } = await validator.validate(described);
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
});

test('the validator would tell: a description without its version is refused', async () => {
  const { valid } = await new Validator().validate({ openapi: '3.1.0', info: { title: 'x' }, paths: {} });
  assert.equal(valid, false);
});
