// A forger has sent spam in Anna's name, and the world's servers return it to her (missions B5, B6, D9): none of it reaches a mailbox, her own
// bounces do, and the case says of it what was sent.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Counted, ForgedSenderCase } from '../../src/incidents/forged-sender-case.ts';
import { bounce, bounceWords, forgedHeader } from '../harness/bounce.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const anna = 'anna@hub.example';
const languages = Object.keys(bounceWords);
const subjects = ['You have won {n} dollars today', 'Cheap watches for {n} friends, only now', 'Invoice {n} is overdue, please pay at once'];
/** Bounces of the attack; ten thousand take 8 s (1,400 a second) on a machine of two cores that has other work. */
const count = Number(process.env['FLOOD_MESSAGES'] ?? 1200);
const reporters = 12;

async function start(context: TestContext, config: RawConfig) {
  const [hub, world] = [await startFakeHub(), await startFakeHub()];
  atEnd(context, () => Promise.all([hub.close(), world.close()]));
  const state = scratchDirectory(context, 'state');
  await writeOldMemory(state);
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    state,
    config: {
      outbound: { address: `127.0.0.1:${world.port}` },
      playbook: { 'backscatter-flood': {} },
      detectors: { 'rude-client': 'off' },
      // Few servers play many here.
      limits: { errors: 100_000, errorsBeforeDelay: 100_000, sessionsPerNetwork: 1000 },
      ...config,
    },
  });
  return { hub, world, gateway };
}

const forgery = (n: number): { readonly language: string; readonly cluster: number; readonly network: number; readonly content: Buffer } => {
  const [language = 'en', cluster, network] = [languages[n % languages.length], n % 3, n % 40];
  const header = forgedHeader({
    from: anna,
    to: `v${n}@far.example`,
    subject: (subjects[cluster] ?? '').replace('{n}', String(n)),
    ip: `203.0.${network}.${1 + (n % 200)}`,
  });
  return { language, cluster, network, content: bounce({ language, to: anna, failed: `v${n}@far.example`, returned: header }) };
};

/** Sends the forgeries by several servers at once; gives the answers' codes. */
async function attack(context: TestContext, gateway: Gateway, from: number, to: number): Promise<readonly number[]> {
  const codes: number[] = [];
  const server = async (number: number): Promise<void> => {
    const client = await SmtpClient.greet(context, { port: gateway.port(), from: `127.0.2.${number + 1}` });
    for (let n = from + number; n < to; n += reporters) {
      const { end } = await client.transact({ from: '', to: [anna], content: forgery(n).content });
      codes.push(end?.code ?? 0);
    }
    client.reset();
  };
  await Promise.all(Array.from({ length: reporters }, (_, number) => server(number)));
  return codes;
}

function tallied(of: (n: number) => string): readonly Counted[] {
  const counts = new Map<string, number>();
  for (let n = 0; n < count; n++) counts.set(of(n), (counts.get(of(n)) ?? 0) + 1);
  return [...counts].map(([name, each]) => ({ name, count: each })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

test('a flood of forged bounces in eight languages: none reaches a mailbox, her own do, and the case agrees with what was sent', async (context) => {
  const { gateway, hub, world } = await start(context, { checks: { 'forged-bounce': { action: 'reject' } } });
  const first = await attack(context, gateway, 0, count / 2);
  assert.equal(
    (await deliverOnce(context, { port: gateway.port() }, { from: anna, to: ['bert@far.example'], content: letter({ from: anna }) })).end?.code,
    250,
  );
  await world.until(() => world.messages.length === 1);
  const returned = world.messages[0]?.data.toString('latin1').split('\r\n\r\n')[0] ?? '';
  const own = await deliverOnce(
    context,
    { port: gateway.port(), from: '127.0.2.1' },
    { from: '', to: [anna], content: bounce({ to: anna, failed: 'bert@far.example', returned }) },
  );
  assert.equal(own.end?.code, 250, 'in the middle of the attack');
  const second = await attack(context, gateway, count / 2, count);

  assert.deepEqual(
    [...first, ...second].filter((code) => code !== 550),
    [],
  );
  assert.equal(first.length + second.length, count);
  assert.equal(hub.messages.length, 1);
  assert.equal(world.messages.length, 1, 'and nobody was answered');

  const { incident } = await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'backscatter-flood' && alarm.key.recipient === anna);
  const shown = await gateway.command('incident', 'show', incident, '--json');
  assert.equal(shown.code, 0, shown.stderr);
  const { forgedSender: it } = JSON.parse(shown.stdout) as { readonly forgedSender: ForgedSenderCase };
  assert.deepEqual([it.reports, it.ours, it.unproven], [count, 1, 0]);
  assert.deepEqual(
    it.languages,
    tallied((n) => forgery(n).language),
  );
  assert.deepEqual(it.kinds, [{ name: 'bounce', count }]);
  assert.deepEqual(it.addresses, [{ name: anna, count }]);
  assert.deepEqual(
    it.clusters.map((each) => each.count),
    tallied((n) => String(forgery(n).cluster)).map((each) => each.count),
  );
  assert.deepEqual(it.networks, tallied((n) => `203.0.${forgery(n).network}.0/24`).slice(0, 20));
  assert.equal(it.reportersInAll, reporters);
  const text = (await gateway.command('incident', 'show', incident)).stdout;
  assert.match(text, new RegExp(`forged mail in our name: ${count} reports`));
});

test('without a word of the operator: they pass until it is an attack, then a measure refuses them, and it can be undone', async (context) => {
  const { gateway, hub } = await start(context, {});
  await attack(context, gateway, 0, 120);
  const measure = await gateway.event('measure-added');
  assert.match(measure.scope, /recipient anna@hub\.example.*content forged-bounce/);
  const one = async (): Promise<number | undefined> => (await attack(context, gateway, 180, 181))[0];
  await until('the doors to know', async () => (await one()) === 550);
  const before = hub.messages.length;
  // One in a hundred passes as a probe, so that the end of the attack is seen.
  const codes = await attack(context, gateway, 120, 180);
  assert.ok(codes.filter((code) => code === 550).length >= 57, `${codes.filter((code) => code === 550).length} of 60 refused`);
  assert.ok(hub.messages.length - before <= 3);
  const letterOfBert = await deliverOnce(
    context,
    { port: gateway.port(), from: '127.0.2.1' },
    { from: 'bert@far.example', to: [anna], content: letter({ to: anna }) },
  );
  assert.equal(letterOfBert.end?.code, 250, 'other mail to her is not touched');
  assert.equal((await gateway.command('measure', 'undo', measure.id)).code, 0);
  await gateway.event('measure-ended');
  await until('her bounces to pass again', async () => (await one()) === 250);
});

test('in the middle of an attack servers that verify our senders hear that she exists, and send their mail', async (context) => {
  const { gateway, hub } = await start(context, {});
  hub.script = { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : undefined) };
  await attack(context, gateway, 0, 120);
  await gateway.event('measure-added');
  const client = await SmtpClient.greet(context, { port: gateway.port(), from: '127.0.3.1' });
  assert.equal((await client.ask('EHLO verifier.far.example')).code, 250);
  // Callouts (RFC 5321 4.5.5): the null sender, a recipient, and away; some ask for a made-up name to know what a yes is worth.
  for (let n = 0; n < 30; n++) {
    assert.equal((await client.ask('MAIL FROM:<>')).code, 250);
    assert.equal((await client.ask(`RCPT TO:<${anna}>`)).code, 250);
    assert.equal((await client.ask('RSET')).code, 250);
  }
  assert.equal((await client.ask('MAIL FROM:<>')).code, 250);
  assert.equal((await client.ask('RCPT TO:<nobody@hub.example>')).code, 550, 'what does not exist does not exist');
  await client.quit();
  const other = await SmtpClient.greet(context, { port: gateway.port(), from: '127.0.3.2' });
  assert.equal((await other.ask('HELO verifier.far.example')).code, 250);
  assert.equal((await other.ask('MAIL FROM:<>')).code, 250);
  assert.equal((await other.ask(`RCPT TO:<${anna}>`)).code, 250, 'without EHLO as well');
  await other.quit();
});
