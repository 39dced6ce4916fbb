// The loop (missions D, X1, I4): what is seen raises an alarm, the alarm opens an incident, the incident is answered with a measure that
// hits the one who does it and nobody else, somebody is told, and one command takes it back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { ShownMeasure } from '../../src/facts/measure-desk.ts';
import type { ShownIncident } from '../../src/incidents/shown.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { atEnd } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const prober = '127.0.0.66';
const neighbour = '127.0.0.67';

async function start(context: TestContext, config: RawConfig = {}) {
  const hub = await startFakeHub();
  atEnd(context, () => hub.close());
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    // One detector at a time: who probes is rude as well.
    config: {
      detectors: { 'rude-client': 'off' },
      playbook: { 'relay-attempts': {} },
      alerts: { mail: ['postmaster@hub.example'], gather: '200ms' },
      ...config,
    },
  });
  return { hub, gateway };
}

/** Tries to relay to so many domains of strangers. */
async function probe(context: TestContext, gateway: Gateway, domains: number): Promise<void> {
  const client = await SmtpClient.greet(context, { port: gateway.port(), from: prober });
  await client.ask('MAIL FROM:<x@sender.example>');
  for (let n = 0; n < domains; n++) assert.equal((await client.ask(`RCPT TO:<somebody@target${n}.example>`)).code, 554);
  await client.ask('QUIT');
  client.reset();
}

async function listed<T>(gateway: Gateway, ...words: readonly string[]): Promise<readonly T[]> {
  const { code, stdout, stderr } = await gateway.command(...words, '--json');
  assert.equal(code, 0, stderr);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}

async function greeting(context: TestContext, gateway: Gateway, from: string): Promise<number> {
  const client = await SmtpClient.connect(context, { port: gateway.port(), from });
  const { code } = await client.reply();
  client.reset();
  return code;
}

test('who probes for an open relay is seen, shut out and told of; a neighbour is not, and undo lets him in again', async (context) => {
  const { hub, gateway } = await start(context);
  await probe(context, gateway, 3);
  const { alarm, incident: id } = await gateway.event('alarm-raised', (event) => event.alarm.level === 'alert');
  assert.deepEqual([alarm.detector, alarm.key, alarm.count], ['relay-attempts', { ip: prober }, 3]);
  const { id: measure, scope, action } = await gateway.event('measure-added');
  assert.deepEqual([scope, action], [`client ${prober}/32`, 'refuse-at-banner']);
  await until('the prober is refused', async () => (await greeting(context, gateway, prober)) === 554);
  assert.equal(await greeting(context, gateway, neighbour), 220);

  const incident = await until('the hit to be counted', async () => {
    const [found] = await listed<ShownIncident>(gateway, 'incident', 'list');
    return found?.state === 'mitigated' ? found : false;
  });
  assert.deepEqual([incident.id, incident.measures, incident.detector], [id, [measure], 'relay-attempts']);

  await hub.until(() => hub.messages.length === 1);
  const letter = hub.messages[0]?.data.toString() ?? '';
  assert.ok(letter.includes(`Subject: [${incident?.reference}] relay-attempts ip=${prober}`), letter);
  assert.match(hub.messages[0]?.from ?? '', /^<>/, 'nothing comes back of it');
  assert.match(hub.messages[0]?.recipients[0] ?? '', /^<postmaster@hub\.example>/);

  assert.equal((await gateway.command('measure', 'undo', measure)).code, 0);
  await until('the prober is let in again', async () => (await greeting(context, gateway, prober)) === 220);
  const [after] = await listed<ShownIncident>(gateway, 'incident', 'list');
  assert.equal(after?.state, 'alert', 'nothing is done about it any more');
});

test('the incident keeps its evidence and its history over a restart, by id and by reference', async (context) => {
  const { gateway } = await start(context);
  await probe(context, gateway, 3);
  const { incident: id } = await gateway.event('alarm-raised', (event) => event.alarm.level === 'alert');
  await gateway.event('measure-added');
  await gateway.restart();
  const [shown] = await listed<ShownIncident & { history: { step: string }[] }>(gateway, 'incident', 'show', `FG-${id.slice(2).toUpperCase()}`);
  assert.equal(shown?.id, id);
  const steps = shown.history.map(({ step }) => step);
  assert.deepEqual(steps.slice(0, 3), ['opened', 'raised', 'measure']);
  assert.ok(shown.samples.length > 0, 'where it can be looked up');
});

test('in observe mode nobody is shut out, and what would have been done is on record', async (context) => {
  const { gateway } = await start(context, { mode: 'observe' });
  await probe(context, gateway, 3);
  const { id } = await gateway.event('measure-added');
  const [measure] = await until('a hit is counted', async () => {
    // The doors have it a moment after it is on record, and one in a hundred sessions is a probe.
    assert.equal(await greeting(context, gateway, prober), 220);
    const [found] = await listed<ShownMeasure>(gateway, 'measure', 'show', id);
    return (found?.recorded ?? 0) > 0 ? [found] : false;
  });
  assert.deepEqual([measure?.state, measure?.hits], ['active', 0]);
  const [incident] = await listed<ShownIncident>(gateway, 'incident', 'list');
  assert.deepEqual([incident?.state, incident?.measures], ['alert', [id]], 'nothing is mitigated by what is only recorded');
});

test('an answer that is off answers nothing, and the alarm is told all the same', async (context) => {
  const { hub, gateway } = await start(context, { playbook: { 'relay-attempts': 'off' } });
  await probe(context, gateway, 3);
  await hub.until(() => hub.messages.length === 1);
  assert.deepEqual(await listed(gateway, 'measure', 'list'), []);
  assert.equal(await greeting(context, gateway, prober), 220);
});

test('with the hub away a webhook is told, and status says that letters cannot go out', async (context) => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    request.on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(context, () => void server.close());
  const { port } = server.address() as AddressInfo; // listens on TCP
  const { hub, gateway } = await start(context, {
    alerts: { mail: ['postmaster@hub.example'], gather: '10ms', webhooks: [{ url: `http://127.0.0.1:${port}/hook` }] },
  });
  await hub.close();
  await probe(context, gateway, 3);
  await until('the webhook hears of it', () => heard.some((body) => body.includes('"relay-attempts"')));
  const { way } = await gateway.event('alert-failed');
  assert.equal(way, 'mail');
  const { stdout } = await gateway.command('status');
  assert.match(stdout, /alerts cannot go out by mail/);
});

test('a letter goes by the other server first, and so reaches people when the hub is away', async (context) => {
  const other = await startFakeHub();
  atEnd(context, () => other.close());
  const { hub, gateway } = await start(context, {
    alerts: { mail: ['postmaster@hub.example'], gather: '10ms', mailVia: `127.0.0.1:${other.port}` },
  });
  await hub.close();
  await probe(context, gateway, 3);
  await other.until(() => other.messages.length === 1);
  assert.match(other.messages[0]?.data.toString() ?? '', /relay-attempts/);
});
