// RFC 2920 3.1: the envelope of the next message may leave with the final dot of the one before. Whose answer is whose must hold whatever goes wrong.
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { deliveryRequest, type RequestParts } from '../../../test/harness/delivery-request.ts';
import type { DeliveryOutcome } from '../../model/delivery.ts';
import { HubRoute } from './route.ts';

interface Hub {
  readonly port: number;
  /** What came in the same piece as each final dot, behind it. */
  readonly behindDots: string[];
  readonly sessions: Socket[];
}

/** A hub that answers command by command; `atDot` says what it does with the message of that number, from 0. */
async function hubThat(
  t: TestContext,
  atDot: (number: number, socket: Socket) => string = (number) => `250 2.0.0 Ok: queued as FAKE${number}`,
  swallows = false,
): Promise<Hub> {
  const hub: Omit<Hub, 'port'> = { behindDots: [], sessions: [] };
  const server = createServer((socket) => {
    hub.sessions.push(socket);
    let inContent = false;
    let pending = '';
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    socket.on('error', () => {}).setNoDelay(true);
    say('220 hub.example');
    socket.on('data', (chunk) => {
      pending += chunk.toString();
      for (;;) {
        const mark = inContent ? '\r\n.\r\n' : '\r\n';
        const end = pending.indexOf(mark);
        if (end < 0) return;
        const line = pending.slice(0, end);
        pending = pending.slice(end + mark.length);
        if (inContent) {
          inContent = false;
          hub.behindDots.push(pending);
          if (swallows) pending = '';
          const answer = atDot(hub.behindDots.length - 1, socket);
          if (answer === '') return;
          say(answer);
        } else if (line.startsWith('EHLO')) say('250-hub.example\r\n250 PIPELINING');
        else if (line === 'DATA') {
          inContent = true;
          say('354 Go on');
        } else say('250 2.0.0 Ok');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of hub.sessions) socket.destroy();
    server.close();
  });
  return { ...hub, port: (server.address() as AddressInfo).port };
}

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;

/** Messages at once over one connection. */
async function deliverAll(
  t: TestContext,
  hub: Hub,
  messages: readonly Partial<RequestParts>[] = [{}, {}, {}],
  handsOn = true,
): Promise<readonly DeliveryOutcome[]> {
  const hubRoute = new HubRoute({
    key: route.key,
    settings: {
      target: { protocol: 'smtp', host: '127.0.0.1', port: hub.port, tls: 'off' },
      hostname: 'mx.example',
      connections: 1,
      xclient: false,
      xforward: false,
      probeSender: '',
      connectMs: 2000,
      commandMs: 2000,
      finalDotMs: 2000,
      idleMs: 60_000,
      probeMs: 2000,
    },
    record: () => {},
    now: Date.now,
    handsOn,
  });
  t.after(() => hubRoute.close());
  return Promise.all(
    messages.map((each, number) =>
      hubRoute
        .deliver(deliveryRequest({ route, reference: `m${number}`, ...each }))
        .catch((error: unknown): DeliveryOutcome => ({ kind: 'unavailable', why: String(error) })),
    ),
  );
}

/** A message that cannot even be begun: our own fault, as a test can have it. */
const broken: Partial<RequestParts> = {
  content: {
    ...deliveryRequest({ route }).content,
    get wireBytes(): number {
      throw new Error('broken');
    },
  },
};

const inWords = (outcomes: readonly DeliveryOutcome[]): readonly string[] =>
  outcomes.map((outcome) => (outcome.kind === 'delivered' ? `delivered ${outcome.queueId}` : outcome.kind));
const envelope = /^MAIL FROM:<[^>]+>\r\nRCPT TO:<[^>]+>\r\nDATA\r\n$/;

test('the next envelope leaves with the final dot, and each message has its own answer', async (t) => {
  const hub = await hubThat(t);
  assert.deepEqual(inWords(await deliverAll(t, hub)), ['delivered FAKE0', 'delivered FAKE1', 'delivered FAKE2']);
  assert.equal(hub.sessions.length, 1);
  assert.match(hub.behindDots[0] ?? '', envelope);
  assert.match(hub.behindDots[1] ?? '', envelope);
  assert.equal(hub.behindDots[2], '');
});

test('where a client hangs on the line nothing is sent behind the dot: he would wait for the answer to another', async (t) => {
  const hub = await hubThat(t);
  assert.deepEqual(inWords(await deliverAll(t, hub, [{}, {}, {}], false)), ['delivered FAKE0', 'delivered FAKE1', 'delivered FAKE2']);
  assert.deepEqual(hub.behindDots, ['', '', '']);
});

test('a refusal at the dot is that of the one message', async (t) => {
  const hub = await hubThat(t, (number) => (number === 0 ? '554 5.7.1 Spam' : `250 2.0.0 Ok: queued as FAKE${number}`));
  assert.deepEqual(inWords(await deliverAll(t, hub)), ['refused', 'delivered FAKE1', 'delivered FAKE2']);
  assert.equal(hub.sessions.length, 1);
});

test('a hub that says nothing to the dot and hangs up: the next has sent no content, and goes at once on a fresh connection; it is not tempted again', async (t) => {
  const hub = await hubThat(t, (number, socket) => {
    if (number > 0) return `250 2.0.0 Ok: queued as FAKE${number}`;
    socket.destroy();
    return '';
  });
  assert.deepEqual(inWords(await deliverAll(t, hub, [{}, {}, {}, {}])), ['ambiguous', 'delivered FAKE3', 'delivered FAKE1', 'delivered FAKE2']);
  assert.match(hub.behindDots[0] ?? '', envelope);
  assert.deepEqual(hub.behindDots.slice(1), ['', '', ''], 'it may have been the words behind the dot');
});

test('a hub that throws away what stands behind the dot costs one wait, and is not tempted again', async (t) => {
  const hub = await hubThat(t, undefined, true);
  const outcomes = inWords(await deliverAll(t, hub, [{}, {}, {}, {}]));
  assert.deepEqual(outcomes.filter((each) => each === 'unavailable').length, 1);
  assert.equal(outcomes.filter((each) => each.startsWith('delivered')).length, 3);
  assert.deepEqual(hub.behindDots.slice(1), ['', '']);
});

test('421 at the dot: the hub has answered that message, and the next is tried elsewhere', async (t) => {
  const hub = await hubThat(t, (number, socket) => {
    if (number === 0) setImmediate(() => socket.end());
    return number === 0 ? '421 4.3.2 Going down' : `250 2.0.0 Ok: queued as FAKE${number}`;
  });
  assert.deepEqual(inWords(await deliverAll(t, hub)), ['refused', 'delivered FAKE2', 'delivered FAKE1']);
  assert.ok(hub.sessions.length > 1);
});

test('who turns out not to be sent at all does not take the answer of the one before', async (t) => {
  const hub = await hubThat(t);
  const unicode = { parameters: { ...deliveryRequest({ route }).parameters, smtputf8: true } };
  assert.deepEqual(inWords(await deliverAll(t, hub, [{}, unicode, {}])), ['delivered FAKE0', 'refused', 'delivered FAKE1']);
  assert.equal(hub.sessions.length, 1);
});

test('a fault of ours over the next message does not cut the line under the one before', async (t) => {
  const hub = await hubThat(t);
  assert.deepEqual(inWords(await deliverAll(t, hub, [{}, broken, {}])), ['delivered FAKE0', 'unavailable', 'delivered FAKE1']);
});
