// A story for every limit in options.ts: it holds, the client is told so, and one step below it mail flows (missions L5, L6).
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Config } from '../../src/config/options.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, onTheWire } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { referenceIn, SmtpClient, type SmtpReply } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());

/** Small enough to be reached in a moment; as small as their ranges allow. */
const limits = {
  sessions: 10,
  sessionsPerAddress: 4,
  sessionsPerNetwork: 6,
  reservedShare: 0.2,
  reservedForKnown: 0,
  commandLine: '600',
  header: '4 KiB',
  headerLines: 40,
  message: '200 KiB',
  messageInMemory: '8 KiB',
  freeDisk: '0',
  receivedLines: 12,
  passes: 3,
  recipientsPerMessage: 8,
  outsideRecipientsPerMessage: 5,
  recipientsPerSession: 20,
  outsideRecipientsPerSession: 12,
  messagesPerSession: 4,
  errors: 5,
  errorsBeforeDelay: 3,
  junkCommands: 6,
  authFailures: 2,
  minBytesPerSecond: 2000,
};
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners: { mx: {}, out: { role: 'submission' } },
  tls: true,
  users: { ulla: 'secret' },
  config: { limits, timeouts: { data: '1s' } },
});
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };
const insider = { port: gateway.port('mx'), from: '127.0.0.1' };

/** How a story is told: refusals can be explained, and 421 ends the session. */
const refused = (answer: SmtpReply | null | undefined, code: number): void => {
  assert.equal(answer?.code, code, answer?.lines.join(' / '));
  assert.ok(answer && referenceIn(answer), 'with a reference');
};
const send = async (client: SmtpClient, content: Buffer, to: readonly string[] = ['anna@hub.example']): Promise<SmtpReply | null> =>
  (await client.transact({ from: 'x@sender.example', to, content })).end;
const begin = async (client: SmtpClient): Promise<void> =>
  client.converse(`
  C: MAIL FROM:<x@sender.example>
  S: 250
  C: RCPT TO:<anna@hub.example>
  S: 250
  C: DATA
  S: 354`);
const several = (count: number, name = 'user'): string[] => Array.from({ length: count }, (_, index) => `${name}${index}@hub.example`);

/** Opens sessions from one address until one is refused; gives how many got in, and the refusal. */
async function fill(t: Owner, from: string, most: number): Promise<{ readonly clients: SmtpClient[]; readonly refusal: SmtpReply | null }> {
  const clients: SmtpClient[] = [];
  for (let count = 0; count < most; count += 1) {
    const client = await SmtpClient.connect(t, { ...stranger, from });
    const greeting = await client.reply();
    if (greeting.code !== 220) return { clients, refusal: greeting };
    clients.push(client);
  }
  return { clients, refusal: null };
}
/** Ends sessions and waits until the gateway has counted them out. */
const leave = async (clients: readonly SmtpClient[]): Promise<void> => {
  await Promise.all(clients.map((client) => client.quit()));
  await allGone();
};
/** The journal is a moment behind: a session of our own marks the place up to which it must have been written. */
async function allGone(): Promise<void> {
  const marker = await SmtpClient.greet(whole, insider);
  const port = marker.localPort;
  await marker.quit();
  await until('all sessions to be over', async () => {
    const events = await gateway.events();
    const opened = events.filter((event) => event.type === 'session-opened');
    return opened.some((event) => event.port === port) && opened.length === events.filter(({ type }) => type === 'session-closed').length;
  });
}

/** A limit without a story does not compile. */
const stories: Readonly<Record<keyof Config['limits'], (t: Owner) => Promise<void>>> = {
  async sessionsPerAddress(t) {
    const { clients, refusal } = await fill(t, '127.0.0.2', 10);
    assert.equal(clients.length, 4);
    refused(refusal, 421);
    const neighbour = await fill(t, '127.0.0.3', 1);
    assert.equal(neighbour.refusal, null, 'the neighbour comes in');
    await clients[0]?.quit();
    const next = await until('the place to be free again', async () => {
      const again = await fill(t, '127.0.0.2', 1);
      return again.refusal === null && again.clients;
    });
    await leave([...clients.slice(1), ...neighbour.clients, ...next]);
  },

  async sessionsPerNetwork(t) {
    const one = await fill(t, '127.0.0.2', 4);
    const other = await fill(t, '127.0.0.3', 4);
    assert.equal(one.clients.length + other.clients.length, 6);
    refused(other.refusal, 421);
    const elsewhere = await fill(t, '127.0.9.3', 1);
    assert.equal(elsewhere.refusal, null, 'another network comes in');
    await leave([...one.clients, ...other.clients, ...elsewhere.clients]);
  },

  async sessions(t) {
    const groups = [await fill(t, '127.0.1.2', 4), await fill(t, '127.0.2.2', 4), await fill(t, '127.0.3.2', 4)];
    assert.equal(
      groups.reduce((sum, { clients }) => sum + clients.length, 0),
      8,
      'strangers get their share',
    );
    refused(groups[2]?.refusal, 421);
    await leave(groups.flatMap(({ clients }) => clients));
  },

  async reservedShare(t) {
    const groups = [await fill(t, '127.0.1.2', 4), await fill(t, '127.0.2.2', 4)];
    refused((await fill(t, '127.0.3.2', 1)).refusal, 421);
    const client = await SmtpClient.greet(t, insider);
    assert.equal((await send(client, letter()))?.code, 250, 'an insider is still served');
    await leave([...groups.flatMap(({ clients }) => clients), client]);
  },

  async reservedForKnown(t) {
    const kept = await startGateway(t, {
      hub: `127.0.0.1:${hub.port}`,
      config: { limits: { sessions: 10, sessionsPerNetwork: 100, reservedShare: 0.2, reservedForKnown: 0.3 } },
    });
    const greetings: number[] = [];
    for (let count = 0; count < 6; count += 1)
      greetings.push((await (await SmtpClient.connect(t, { port: kept.port(), from: `127.0.4.${2 + count}` })).reply()).code);
    assert.deepEqual(greetings, [220, 220, 220, 220, 220, 421], 'a place that neither insiders nor known correspondents need');
    assert.equal((await (await SmtpClient.connect(t, { port: kept.port(), from: '127.0.0.1' })).reply()).code, 220);
  },

  async commandLine(t) {
    const client = await SmtpClient.greet(t, stranger);
    assert.equal((await client.ask(`NOOP ${'x'.repeat(590)}`)).code, 250);
    refused(await client.ask(`NOOP ${'x'.repeat(600)}`), 500);
    assert.equal((await client.ask('NOOP')).code, 250, 'and the session goes on with the next line');
    refused(await client.ask('x'.repeat(100_000)), 500);
    await client.quit();
  },

  async header(t) {
    const client = await SmtpClient.greet(t, stranger);
    assert.equal((await send(client, letter({ headers: [`X-Long: ${'y'.repeat(3500)}`] })))?.code, 250);
    refused(await send(client, letter({ headers: [`X-Long: ${'y'.repeat(4500)}`] })), 552);
    assert.equal((await send(client, letter({ body: bodyOf(10_000) })))?.code, 250, 'the body is not the header');
    await client.quit();
  },

  async headerLines(t) {
    const client = await SmtpClient.greet(t, stranger);
    assert.equal((await send(client, letter({ headers: Array.from({ length: 30 }, () => 'X: 1') })))?.code, 250);
    refused(await send(client, letter({ headers: Array.from({ length: 50 }, () => 'X: 1') })), 552);
    await client.quit();
  },

  async message(t) {
    const client = await SmtpClient.connect(t, stranger);
    await client.reply();
    const hello = await client.ask('EHLO client.example');
    assert.ok(
      hello.lines.some((line) => line.includes('SIZE 204800')),
      'announced (RFC 1870)',
    );
    refused(await client.ask('MAIL FROM:<x@sender.example> SIZE=204801'), 552);
    assert.equal((await send(client, letter({ body: bodyOf(190_000) })))?.code, 250);
    refused(await send(client, letter({ body: bodyOf(210_000) })), 552);
    assert.equal((await send(client, letter()))?.code, 250, 'and the session goes on');
    await client.quit();
  },

  async messageInMemory(t) {
    const waiting = (): number => {
      try {
        return readdirSync(join(gateway.state, 'incoming')).length;
      } catch {
        return 0;
      }
    };
    for (const [bytes, files] of [
      [4000, 0],
      [60_000, 1],
    ] as const) {
      let release: () => void = () => undefined;
      hub.script = { dot: { reply: '250 2.0.0 Ok', hold: new Promise<void>((resolve) => (release = resolve)) } };
      const before = hub.messages.length;
      const client = await SmtpClient.greet(t, stranger);
      await begin(client);
      void client.send(onTheWire(letter({ body: bodyOf(bytes) })));
      await hub.until(() => hub.messages.length > before);
      assert.equal(waiting(), files, `${bytes} bytes`);
      release();
      hub.script = {};
      assert.equal((await client.reply()).code, 250);
      await client.quit();
    }
    await until('the file to be gone', () => waiting() === 0);
  },

  async freeDisk(t) {
    const full = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { limits: { freeDisk: '1000 TiB' } } });
    const client = await SmtpClient.greet(t, { port: full.port(), from: '127.0.0.2' });
    refused(await send(client, letter()), 452);
    assert.equal((await client.ask('NOOP')).code, 250);
  },

  async receivedLines(t) {
    const client = await SmtpClient.greet(t, stranger);
    const hops = (count: number): string[] =>
      Array.from({ length: count }, (_, hop) => `Received: from h${hop}.example by h${hop + 1}.example; Fri, 21 Nov 2025 09:00:00 +0000`);
    assert.equal((await send(client, letter({ headers: hops(11) })))?.code, 250);
    refused(await send(client, letter({ headers: hops(12) })), 554);
    await client.quit();
  },

  async passes(t) {
    const client = await SmtpClient.greet(t, stranger);
    const turns = (count: number): string[] =>
      Array.from(
        { length: count },
        () => `Received: from hub.example (hub.example [127.0.0.1])\r\n\tby mx.hub.example with ESMTP; Fri, 21 Nov 2025 09:00:00 +0000`,
      );
    assert.equal((await send(client, letter({ headers: turns(2) })))?.code, 250);
    refused(await send(client, letter({ headers: turns(3) })), 554);
    await client.quit();
  },

  async outsideRecipientsPerMessage(t) {
    const client = await SmtpClient.greet(t, stranger);
    const { rcpt, end } = await client.transact({ from: 'x@sender.example', to: several(7), content: letter() });
    assert.deepEqual(
      rcpt.map(({ code }) => code),
      [250, 250, 250, 250, 250, 452, 452],
    );
    refused(rcpt[5], 452);
    assert.equal(end?.code, 250, 'those that were taken are served');
    assert.equal(hub.messages.at(-1)?.recipients.length, 5);
    await client.quit();
  },

  async outsideRecipientsPerSession(t) {
    const client = await SmtpClient.greet(t, stranger);
    const codes: number[] = [];
    for (const group of [several(5, 'a'), several(5, 'b'), several(4, 'c')]) {
      codes.push(...(await client.transact({ from: 'x@sender.example', to: group, content: letter() })).rcpt.map(({ code }) => code));
    }
    assert.deepEqual(codes, [...Array.from({ length: 12 }, () => 250), 452, 452]);
    await client.quit();
  },

  async recipientsPerMessage(t) {
    const client = await SmtpClient.greet(t, insider);
    const { rcpt, end } = await client.transact({ from: 'x@hub.example', to: several(10), content: letter() });
    assert.deepEqual(
      rcpt.map(({ code }) => code),
      [250, 250, 250, 250, 250, 250, 250, 250, 452, 452],
    );
    assert.equal(end?.code, 250);
    await client.quit();
  },

  async recipientsPerSession(t) {
    const client = await SmtpClient.greet(t, insider);
    const codes: number[] = [];
    for (const group of [several(8, 'a'), several(8, 'b'), several(6, 'c')]) {
      codes.push(...(await client.transact({ from: 'x@hub.example', to: group, content: letter() })).rcpt.map(({ code }) => code));
    }
    assert.deepEqual(codes, [...Array.from({ length: 20 }, () => 250), 452, 452]);
    await client.quit();
  },

  async messagesPerSession(t) {
    const client = await SmtpClient.greet(t, stranger);
    for (let count = 0; count < 4; count += 1) assert.equal((await send(client, letter({ token: newToken() })))?.code, 250);
    refused(await client.ask('MAIL FROM:<x@sender.example>'), 421);
    await client.closed;
  },

  async errors(t) {
    const client = await SmtpClient.greet(t, stranger);
    for (let count = 0; count < 5; count += 1) assert.equal((await client.ask('NONSENSE')).code, 500);
    refused(await client.reply(), 421);
    await client.closed;
  },

  async errorsBeforeDelay(t) {
    const client = await SmtpClient.greet(t, stranger);
    const waited: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      const begun = performance.now();
      await client.ask('NONSENSE');
      waited.push(performance.now() - begun);
    }
    assert.ok(Math.max(...waited.slice(0, 3)) < 900, 'the first are answered at once');
    assert.ok((waited[3] ?? 0) >= 900, 'then each costs a second');
    await client.quit();
  },

  async junkCommands(t) {
    const client = await SmtpClient.greet(t, stranger);
    for (const command of ['NOOP', 'RSET', 'VRFY anna', 'HELP', 'NOOP', 'NOOP']) assert.ok((await client.ask(command)).code < 300, command);
    refused(await client.ask('NOOP'), 421);
    await client.closed;
  },

  async authFailures(t) {
    const client = await SmtpClient.greet(t, { port: gateway.port('out'), from: '127.0.0.2' });
    await client.startTls();
    await client.ask('EHLO client.example');
    const guess = (word: string): string => `AUTH PLAIN ${Buffer.from(`\0ulla\0${word}`).toString('base64')}`;
    assert.equal((await client.ask(guess('one'))).code, 535);
    assert.equal((await client.ask(guess('two'))).code, 535);
    refused(await client.reply(), 421);
    await client.closed;
  },

  async minBytesPerSecond(t) {
    const client = await SmtpClient.greet(t, stranger);
    await begin(client);
    const begun = performance.now();
    // Never idle for long, but far too slow: a byte is progress only at the floor's rate.
    const drip = setInterval(() => void client.send('x'), 50);
    atEnd(t, () => clearInterval(drip));
    refused(await client.reply(), 421);
    clearInterval(drip);
    assert.ok(performance.now() - begun < 8000);
    await client.closed;
  },
};

for (const [name, story] of Object.entries(stories)) {
  test(`limits.${name} holds`, async (t) => {
    await allGone();
    await story(t);
  });
}

test('the hub saw no more than was accepted', () => {
  assert.ok(hub.messages.every(({ recipients }) => recipients.length <= limits.recipientsPerMessage));
});
