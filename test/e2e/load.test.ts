// The load ladder with the real gateway: a flood waits behind itself, those we know come in through an overload, stampedes end last.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, withoutLevels, type Gateway } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { atEnd, freePort, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const usualRates = { connectionsPerAddress: 30, connectionsPerNetwork: 120, connectionsPerSecond: 3000 };
const gatewayWith = (t: Owner, config: Readonly<Record<string, unknown>>): Promise<Gateway> => startGateway(t, { hub: `127.0.0.1:${hub.port}`, config });

const greetingMs = async (t: Owner, gateway: Gateway, from: string): Promise<number> => {
  const begun = performance.now();
  const client = await SmtpClient.connect(t, { port: gateway.port(), from });
  assert.equal((await client.reply()).code, 220);
  const ms = performance.now() - begun;
  await client.quit();
  return ms;
};
/** Codes of the first reply to so many connections, one after the other. */
const knock = async (t: Owner, gateway: Gateway, from: string): Promise<number> => {
  const client = await SmtpClient.connect(t, { port: gateway.port(), from });
  const { code } = await client.reply();
  client.reset();
  return code;
};
const send = async (t: Owner, gateway: Gateway, from: string): Promise<number | undefined> =>
  (await deliverOnce(t, { port: gateway.port(), from }, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ token: newToken() }) })).end
    ?.code;
const metric = async (gateway: Gateway, name: string): Promise<number> => {
  const { stdout } = await gateway.command('status', '--json');
  const status = JSON.parse(stdout) as Record<string, number>;
  return status[name] ?? Number.NaN;
};

test('100 connections a second from one network: it waits, and nobody else does', { timeout: 120_000 }, async (t) => {
  const gateway = await gatewayWith(t, { rates: usualRates, limits: { sessionsPerNetwork: 1000 } });
  const flood: SmtpClient[] = [];
  let begun = 0;
  const flooding = setInterval(() => {
    for (let count = 0; count < 5; count += 1)
      void SmtpClient.connect(t, { port: gateway.port(), from: `127.1.0.${2 + (begun++ % 200)}` }).then(
        (client) => flood.push(client),
        () => undefined,
      );
  }, 50);
  atEnd(t, () => clearInterval(flooding));
  await until('the flood to be held back', () => flood.length >= 150);
  const others: number[] = [];
  for (let at = 0; at < 30; at += 1) others.push(await greetingMs(t, gateway, `127.2.${at}.2`));
  clearInterval(flooding);
  const greeted = flood.filter(({ received }) => received.startsWith('220')).length;
  assert.ok(greeted >= 60 && greeted < flood.length - 50, `${greeted} of ${flood.length} of the flood were greeted: its burst of 60 and two a second`);
  assert.ok(Math.max(...others) < 500, `others waited ${Math.max(...others).toFixed(0)} ms at most`);
  // Nothing of theirs is read while they wait; their turn comes.
  const waiting = flood.find(({ received }) => received === '');
  assert.equal((await waiting?.reply())?.code, 220);
});

test('a connection that waits is unread and has its turn with all that it said', { timeout: 120_000 }, async (t) => {
  const gateway = await gatewayWith(t, { rates: { ...usualRates, connectionsPerAddress: 60, burstPerAddress: 1 } });
  assert.equal(await knock(t, gateway, '127.3.0.2'), 220);
  const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.3.0.2' });
  await client.send(`EHLO ${'x'.repeat(100)}.example\r\n`);
  const begun = performance.now();
  assert.equal((await client.reply()).code, 220);
  assert.ok(performance.now() - begun > 700, 'one a second');
  assert.equal((await client.reply()).code, 250);
});

test('whoever goes while he waits gives up place and turn: a flood of callers who hang up delays nobody', { timeout: 120_000 }, async (t) => {
  const web = await freePort();
  const rates = { ...usualRates, connectionsPerAddress: 60, burstPerAddress: 1, waitingPerNetwork: 20 };
  const gateway = await gatewayWith(t, { rates, web: { address: `127.0.0.1:${web}` } });
  assert.equal(await knock(t, gateway, '127.3.0.2'), 220);
  const waiting = await Promise.all(
    Array.from({ length: 20 }, (_, host) => SmtpClient.connect(t, { port: gateway.port(), from: `127.3.0.${host < 10 ? 2 : 3}` })),
  );
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${web}/metrics`)).text();
  await until('them to stand in line', async () => Number(/^floodgate_connections_waiting (\d+)/m.exec(await metrics())?.[1]) >= 17);
  for (const [index, client] of waiting.entries()) if (index % 2 === 0) client.reset();
  await until('their places to be free', async () => (await gateway.events()).filter(({ type }) => type === 'connection-left').length >= 7);
  // The network may have twenty in line: there is room again, and the first in it is served long before twenty turns are over.
  const late = await SmtpClient.connect(t, { port: gateway.port(), from: '127.3.0.4' });
  assert.equal((await late.reply()).code, 220);
});

test('whoever waits when the gateway ends hears 421', { timeout: 120_000 }, async (t) => {
  const gateway = await gatewayWith(t, { rates: { ...usualRates, connectionsPerAddress: 3, burstPerAddress: 1 } });
  assert.equal(await knock(t, gateway, '127.3.0.2'), 220);
  const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.3.0.2' });
  const stopping = gateway.stop();
  assert.equal((await client.reply()).code, 421);
  assert.equal(await stopping, 0);
});

/** A gateway with ten places whose level follows the share of them that is taken. */
const smallGateway = (t: Owner): Promise<Gateway> =>
  gatewayWith(t, {
    limits: { sessions: 20, sessionsPerAddress: 20, reservedShare: 0.1, reservedForKnown: 0.3 },
    load: { ...withoutLevels, sessions: { level1: 0.7, level2: 0.85, level3: 0.95 }, calm: '1s', replyDelay: '0s' },
  });

test('known correspondents are served through an overload in which strangers hear 421, after a restart as well', { timeout: 120_000 }, async (t) => {
  const gateway = await smallGateway(t);
  for (let count = 0; count < 12; count += 1) assert.equal(await send(t, gateway, '127.4.0.2'), 250);
  await gateway.restart(); // what is known outlives the process
  const flood: SmtpClient[] = [];
  for (let count = 0; count < 11; count += 1) flood.push(await SmtpClient.connect(t, { port: gateway.port(), from: `127.5.${count}.2` }));
  assert.deepEqual(
    await Promise.all(flood.map(async (client) => (await client.reply()).code)),
    Array.from({ length: 11 }, () => 220),
  );
  // 11 of the 12 places of strangers: 0.92, level 2.
  const risen = await gateway.event('load-level', ({ level }) => level === 2);
  assert.deepEqual(risen.causes, ['sessions']);
  assert.equal(await metric(gateway, 'loadLevel'), 2);
  assert.equal(await knock(t, gateway, '127.6.0.2'), 421, 'a stranger');
  const refused = await gateway.event('connection-refused', ({ ip }) => ip === '127.6.0.2');
  assert.equal(refused.reason, 'load-level');
  assert.equal(await send(t, gateway, '127.4.0.2'), 250, 'a correspondent we know');
  assert.equal(await send(t, gateway, '127.0.0.1'), 250, 'an insider');
  for (const client of flood) client.reset();
  await gateway.event('load-level', ({ level, before }) => level === 0 && before === 1);
  assert.equal(await send(t, gateway, '127.6.0.2'), 250, 'and when it is over, strangers');
  const levels = (await gateway.events()).flatMap((event) => (event.type === 'load-level' ? [event.level] : []));
  assert.deepEqual(
    levels.filter((level, at) => level !== levels[at - 1]),
    levels,
    'no event without a change',
  );
  assert.deepEqual(levels.slice(-3), [2, 1, 0].slice(-Math.min(3, levels.length)), 'down step by step');
});

test('at level 3 a session has seconds and one error, an insider on his own listener what he always has', { timeout: 120_000 }, async (t) => {
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: {}, mine: { role: 'smarthost' } },
    config: { load: { ...withoutLevels, memory: { level1: 0, level2: 0, level3: 0 } }, timeouts: { command: '300s' } },
  });
  await gateway.event('load-level', ({ level }) => level === 3);
  const client = await SmtpClient.greet(t, { port: gateway.port('mx'), from: '127.0.0.1' });
  const own = await SmtpClient.greet(t, { port: gateway.port('mine'), from: '127.0.0.1' });
  assert.equal((await client.ask('NONSENSE')).code, 500);
  assert.equal((await client.reply()).code, 421);
  for (let count = 0; count < 3; count += 1) assert.equal((await own.ask('NONSENSE')).code, 500);
  await own.quit();
});

test('at level 2 the hub is not asked about recipients that strangers name', { timeout: 120_000 }, async (t) => {
  // Level 2 comes when a stranger is already in: the first of two sessions that make half of the places.
  const gateway = await gatewayWith(t, {
    limits: { sessions: 10, reservedShare: 0, reservedForKnown: 0 },
    load: { ...withoutLevels, sessions: { level1: 0.15, level2: 0.15, level3: 1 } },
  });
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.7.0.2' });
  const insider = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.1' });
  await gateway.event('load-level', ({ level }) => level === 2);
  const before = hub.sessions.flatMap(({ lines }) => lines).filter((line) => line.includes('newcomer')).length;
  await client.ask('MAIL FROM:<x@sender.example>');
  assert.equal((await client.ask('RCPT TO:<newcomer@hub.example>')).code, 450);
  assert.equal(hub.sessions.flatMap(({ lines }) => lines).filter((line) => line.includes('newcomer')).length, before);
  assert.equal((await client.ask('RCPT TO:<postmaster@hub.example>')).code, 250, 'RFC 5321 4.5.1');
  await insider.ask('MAIL FROM:<x@hub.example>');
  assert.equal((await insider.ask('RCPT TO:<newcomer2@hub.example>')).code, 250);
});

test('a source that comes back at once after each 421 is penalised', { timeout: 120_000 }, async (t) => {
  const gateway = await gatewayWith(t, { load: { ...withoutLevels, memory: { level1: 0, level2: 0, level3: 0 } } });
  await gateway.event('load-level', ({ level }) => level === 3);
  for (let count = 0; count < 4; count += 1) assert.equal(await knock(t, gateway, '127.8.0.2'), 421);
  const penalised = await gateway.event('client-penalised');
  assert.equal(penalised.ip, '127.8.0.2');
});
