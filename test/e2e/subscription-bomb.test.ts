// A subscription bomb, live (mission D1): somebody signed a mailbox up everywhere. It is noticed within its first messages; what follows of it is
// put out of the way, what it was meant to hide arrives, and so does the mail of those who have written with the victim before.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ShownIncident } from '../../src/incidents/shown.ts';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { outsideWorld } from '../harness/outside-world.ts';
import { atEnd } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const victim = 'victim@hub.example';

/** A shop with a host and a domain of its own. */
const hostOf = (shop: number): string => `127.9.${Math.floor(shop / 200)}.${1 + (shop % 200)}`;
const domainOf = (shop: number): string => `shop${shop}.example`;
const reversed = (ip: string): string => `${ip.split('.').toReversed().join('.')}.in-addr.arpa`;
const shops = Array.from({ length: 120 }, (_, shop) => shop);
const zone = Object.fromEntries(
  shops.flatMap((shop) => [
    [`${reversed(hostOf(shop))} PTR`, [`mail.${domainOf(shop)}`]],
    [`mail.${domainOf(shop)} A`, [hostOf(shop)]],
    [`${domainOf(shop)} TXT`, [`v=spf1 ip4:${hostOf(shop)} -all`]],
  ]),
);

/** What sign-up forms send: no two alike. */
const wordings = [
  'Please confirm your subscription',
  'Welcome to our newsletter',
  'Confirm your registration',
  'Verify your email address',
  'Thank you for registering',
];

interface Scene {
  readonly hub: FakeHub;
  readonly gateway: Gateway;
  readonly outside: Awaited<ReturnType<typeof outsideWorld>>;
  /** Sends from a shop and gives the message's token once it was answered 250. */
  send(shop: number, subject: string, headers?: readonly string[], to?: readonly string[]): Promise<string>;
  confirm(shop: number): Promise<string>;
  /** The message as it came to the hub. */
  arrived(token: string): Promise<string>;
}

async function start(context: TestContext, config: RawConfig = {}): Promise<Scene> {
  const hub = await startFakeHub();
  atEnd(context, () => hub.close());
  const outside = await outsideWorld(context);
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    zone,
    config: { outbound: { address: `127.0.0.1:${outside.port}` }, playbook: { 'subscription-bomb': {} }, ...config },
  });
  const send: Scene['send'] = async (shop, subject, headers = [], to = [victim]) => {
    const token = newToken();
    const client = await SmtpClient.greet(context, { port: gateway.port(), from: hostOf(shop) });
    const sender = `no-reply@${domainOf(shop)}`;
    const { mail, rcpt, end } = await client.transact({
      from: sender,
      to,
      content: letter({ token, from: sender, to: to.join(', '), subject, headers, body: `${subject}\r\n` }),
    });
    assert.deepEqual([mail.code, ...rcpt.map(({ code }) => code), end?.code], [250, ...to.map(() => 250), 250], 'no sender is refused anything');
    client.reset();
    return token;
  };
  return {
    hub,
    gateway,
    outside,
    send,
    confirm: (shop) =>
      send(shop, wordings[shop % wordings.length] ?? '', shop % 2 === 0 ? ['Auto-Submitted: auto-generated'] : ['List-Unsubscribe: <mailto:out@x.example>']),
    arrived: (token) => until(`message ${token} at the hub`, () => hub.messages.find(({ data }) => tokenOf(data) === token)?.data.toString('latin1') ?? false),
  };
}

const isDiverted = (message: string): boolean => /^X-Floodgate-Divert: yes\r$/m.test(message);

/** Sends confirmations until the alarm is out and the doors act on it; gives the number of the next shop. */
async function bombUntilDiverted({ gateway, confirm, arrived }: Scene): Promise<number> {
  let shop = 0;
  for (; shop < 15; shop++) await confirm(shop);
  const { alarm } = await gateway.event('alarm-raised', (event) => event.alarm.detector === 'subscription-bomb' && event.alarm.level !== 'watch');
  assert.deepEqual(alarm.key, { recipient: victim });
  assert.ok(alarm.count <= 15, `${alarm.count} messages until the alarm`);
  await gateway.event('measure-added');
  return until('a confirmation is diverted', async () => (isDiverted(await arrived(await confirm(shop++))) ? shop : false));
}

test('a bomb is noticed and put out of the way; needles and correspondents arrive, nobody is refused, nobody gets mail', async (context) => {
  const scene = await start(context);
  const { hub, gateway, outside, send, confirm, arrived } = scene;

  // The victim has had mail before, and has written to shop 100 itself.
  await send(110, 'lunch on Friday?');
  const insider = await SmtpClient.greet(context, { port: gateway.port() });
  await insider.transact({ from: victim, to: [`sales@${domainOf(100)}`], content: letter({ from: victim, subject: 'an offer, please' }) });
  insider.reset();
  await gateway.event('message-finished', ({ from }) => from === victim);

  const order = await send(101, 'Your order 4711');
  let shop = await bombUntilDiverted(scene);

  const bank = await send(102, 'Wire transfer completed');
  const password = await send(103, 'Your password was changed');
  const friend = await send(100, 'Welcome to our newsletter', ['List-Unsubscribe: <mailto:out@x.example>']);
  const person = await send(104, 'about your question');
  const confirmations: string[] = [];
  for (const end = shop + 25; shop < end; shop++) confirmations.push(await confirm(shop));

  for (const token of [order, bank, password, friend, person]) assert.equal(isDiverted(await arrived(token)), false, await arrived(token));
  for (const token of confirmations) {
    const message = await arrived(token);
    assert.match(message, /^X-Floodgate-Class: subscription-bomb\r\nX-Floodgate-Reference: \S+\r\nX-Floodgate-Divert: yes\r$/m);
  }

  await until('the incident lists the needles', async () => {
    const { stdout } = await gateway.command('incident', 'list', '--json');
    const [incident] = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ShownIncident]));
    const needles = incident?.needles?.map(({ subject }) => subject) ?? [];
    return ['Your order 4711', 'Wire transfer completed', 'Your password was changed'].every((subject) => needles.includes(subject));
  });
  assert.deepEqual([...new Set(hub.messages.flatMap(({ recipients }) => recipients.map((to) => /<([^>]*)>/.exec(to)?.[1])))], [victim], 'the hub has it all');
  assert.deepEqual(
    outside.messages.map(({ from, to }) => [from, to]),
    [[victim, [`sales@${domainOf(100)}`]]],
    'nothing of ours goes to any sender',
  );
  assert.equal((await gateway.events()).filter(({ type }) => type === 'content-unread').length, 0);
});

test('a message that is for somebody else as well is not put out of his way', async (context) => {
  const scene = await start(context);
  await scene.send(110, 'lunch on Friday?');
  const shop = await bombUntilDiverted(scene);
  const both = await scene.send(shop, 'Please confirm your subscription', [], [victim, 'neighbour@hub.example']);
  assert.equal(isDiverted(await scene.arrived(both)), false);
});

test('the proof of the sender is on record, and without the look at content nothing is diverted', async (context) => {
  const scene = await start(context);
  await scene.send(1, 'lunch on Friday?');
  const isMessage = (event: { readonly stage: string }): boolean => event.stage === 'message';
  const { input } = await scene.gateway.event('stage-judged', isMessage);
  assert.deepEqual([input.traits?.spf, input.traits?.dmarc, input.traits?.fromDomain], ['pass', 'none', domainOf(1)]);
  await scene.gateway.stop();

  const blind = await start(context, { content: { traits: 'off' } });
  await blind.send(1, 'Please confirm your subscription');
  const { input: unseen } = await blind.gateway.event('stage-judged', isMessage);
  assert.equal(unseen.traits, undefined);
});
