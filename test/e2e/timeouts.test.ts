// A story for every deadline in options.ts (mission L6): the session ends with a word, and mail flows beside it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Config } from '../../src/config/options.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until, within } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const timeouts = {
  command: '700ms',
  data: '700ms',
  session: '1500ms',
  greetingWait: '300ms',
  proxyHeader: '300ms',
  hubConnect: '400ms',
  hubCommand: '400ms',
  hubFinalDot: '400ms',
  hubIdle: '300ms',
  probe: '400ms',
  drain: '600ms',
  doorSilence: '2s',
};
const listeners = { mx: {}, proxied: { proxyProtocol: { trusted: ['127.0.0.1/32'] } } };
const settings = { hub: `127.0.0.1:${hub.port}`, listeners, config: { timeouts, limits: { junkCommands: 10_000 } } };
const gateway = await startGateway(whole, settings);
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };
const insider = { port: gateway.port('mx'), from: '127.0.0.1' };
const mail = { from: 'x@sender.example', to: ['anna@hub.example'] } as const;

/** Milliseconds until the promise settles. */
async function took(promise: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await promise;
  return performance.now() - begun;
}
const [soon, late] = [200, 8000];

const stories: Readonly<Record<keyof Config['timeouts'], (t: Owner) => Promise<void>>> = {
  async command(t) {
    const client = await SmtpClient.greet(t, insider);
    // A byte now and then is not a command: the deadline is for the whole line.
    const drip = setInterval(() => void client.send('N'), 100);
    atEnd(t, () => clearInterval(drip));
    const answer = await client.reply();
    clearInterval(drip);
    assert.equal(answer.code, 421);
    await client.closed;
  },

  async data(t) {
    const client = await SmtpClient.greet(t, insider);
    await client.converse(`
      C: MAIL FROM:<x@sender.example>
      S: 250
      C: RCPT TO:<anna@hub.example>
      S: 250
      C: DATA
      S: 354`);
    const ms = await took(
      client
        .send('Subject: and then nothing\r\n')
        .then(() => client.reply())
        .then(({ code }) => assert.equal(code, 421)),
    );
    assert.ok(ms > 500 && ms < late, `${ms} ms`);
    await client.closed;
  },

  async session(t) {
    const client = await SmtpClient.greet(t, insider);
    const begun = performance.now();
    // Quick commands keep the command deadline away; the session has one of its own.
    for (;;) {
      const answer = await client.ask('NOOP');
      if (answer.code === 421) break;
      assert.ok(performance.now() - begun < late, 'the session goes on for ever');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await client.closed;
  },

  async greetingWait(t) {
    const outside = await SmtpClient.connect(t, stranger);
    assert.ok((await took(outside.reply())) >= soon, 'a stranger waits for the banner');
    const inside = await SmtpClient.connect(t, insider);
    assert.ok((await took(inside.reply())) < 250, 'an insider does not');
  },

  async proxyHeader(t) {
    const client = await SmtpClient.connect(t, { port: gateway.port('proxied') });
    await within(late, 'a client without a PROXY header to be sent away', client.closed);
    assert.ok(!client.received.startsWith('220'), client.received);
  },

  async hubConnect(t) {
    // A listener whose queue is full: connections neither succeed nor fail.
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => deaf.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, resolve));
    atEnd(t, () => deaf.close());
    const lonely = await startGateway(t, {
      ...settings,
      hub: `127.0.0.1:${(deaf.address() as AddressInfo).port}`,
      config: { timeouts, hub: { verifyRecipients: false } },
    });
    const client = await SmtpClient.greet(t, { ...insider, port: lonely.port('mx') });
    assert.equal((await client.transact({ ...mail, content: letter() })).end?.code, 451, 'a hub that says nothing at all');
  },

  async hubCommand(t) {
    hub.script = { MAIL: { hold: new Promise(() => undefined) } };
    const answers = await deliverOnce(t, insider, { ...mail, to: ['new-recipient@hub.example'], content: letter() });
    hub.script = {};
    assert.ok([450, 451].includes(answers.rcpt[0]?.code === 250 ? (answers.end?.code ?? 0) : (answers.rcpt[0]?.code ?? 0)));
  },

  async hubFinalDot(t) {
    hub.script = { dot: { silent: true } };
    const { end } = await deliverOnce(t, insider, { ...mail, content: letter() });
    hub.script = {};
    assert.equal(end?.code, 451);
    assert.match(end.text, /^4\.4\.2 /);
  },

  async hubIdle(t) {
    await deliverOnce(t, insider, { ...mail, content: letter() });
    await within(
      late,
      'the pooled connection to be closed',
      hub.until(() => hub.sessions.every(({ open }) => !open)),
    );
    assert.ok(hub.sessions.at(-1)?.lines.includes('C: QUIT'), 'politely');
  },

  async probe(t) {
    hub.script = { RCPT: { hold: new Promise(() => undefined) } };
    const client = await SmtpClient.greet(t, insider);
    await client.ask('MAIL FROM:<x@sender.example>');
    const answer = await client.ask('RCPT TO:<never-asked@hub.example>');
    hub.script = {};
    assert.equal(answer.code, 450, answer.text);
  },

  async drain(t) {
    const going = await startGateway(t, { ...settings, config: { timeouts: { ...timeouts, data: '60s', command: '60s', session: '60s' } } });
    const client = await SmtpClient.greet(t, { ...insider, port: going.port('mx') });
    await client.converse(`
      C: MAIL FROM:<x@sender.example>
      S: 250
      C: RCPT TO:<anna@hub.example>
      S: 250
      C: DATA
      S: 354`);
    const ms = await took(going.stop().then((code) => assert.equal(code, 0)));
    assert.ok(ms > 400 && ms < late, `${ms} ms: a message under way is waited for, and not for ever`);
  },

  async doorSilence(t) {
    const ownChecks = join(scratchDirectory(t, 'own-checks'), 'checks');
    mkdirSync(ownChecks);
    writeFileSync(join(ownChecks, 'endless.ts'), "export default { stage: 'mail', run({ from }) { while (JSON.stringify(from).includes('endless')); } };");
    const hanging = await startGateway(t, { ...settings, config: { timeouts, ownChecks } });
    const stranded = { ...stranger, port: hanging.port('mx') };
    const victim = await SmtpClient.greet(t, stranded);
    await victim.send('MAIL FROM:<endless@sender.example>\r\n');
    assert.equal((await hanging.event('door-died')).why, 'hung: no sign of life for 2 s');
    const next = await until('the replacement', () => SmtpClient.greet(t, stranded).catch(() => null));
    assert.equal((await next.ask('MAIL FROM:<x@sender.example>')).code, 250);
  },
};

for (const [name, story] of Object.entries(stories)) test(`timeouts.${name} holds`, (t) => story(t));

test('after all that mail still flows', async (t) => {
  const client = await SmtpClient.connect(t, insider);
  await client.reply();
  await client.ask('EHLO client.example');
  const { end } = await client.transact({ ...mail, content: letter() });
  assert.equal(end?.code, 250, end?.text);
});
