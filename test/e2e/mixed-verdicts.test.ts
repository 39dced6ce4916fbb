// Several recipients, one answer (mission B9): when the next hop says different things of them, nobody is bounced, nobody is dropped,
// and nobody gets the message twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';

const [anna, bert, carl] = ['anna@hub.example', 'bert@hub.example', 'carl@hub.example'] as const;

/** Each recipient's answer to the dot. */
type Verdicts = Readonly<Record<string, string>>;

interface House {
  readonly hub: FakeHub;
  readonly gateway: Gateway;
  readonly say: (verdicts: Verdicts) => void;
}

async function house(t: Owner): Promise<House> {
  const hub = await startFakeHub({ protocol: 'lmtp' });
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, { hub: `lmtp://127.0.0.1:${hub.port}`, config: { hub: { verifyRecipients: false } } });
  const say = (verdicts: Verdicts): void => {
    hub.script = {
      dot: ({ recipient }) => verdicts[/<([^>]*)>/.exec(recipient)?.[1] ?? ''],
    };
  };
  return { hub, gateway, say };
}

/** One attempt; the code of each RCPT and of the end. */
async function attempt(
  t: Owner,
  { gateway }: House,
  token: string,
  to: readonly string[],
  from = 'x@sender.example',
): Promise<readonly (number | undefined)[]> {
  const { rcpt, end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to, content: letter({ token }) });
  return [...rcpt.map(({ code }) => code), end?.code];
}

/** How often each was offered to the hub with this message. */
const offered = ({ hub }: House, token: string, name: string): number =>
  hub.messages.filter(({ data, recipients }) => tokenOf(data) === token && recipients.some((one) => one.includes(name))).length;

test('all are served: 250', async (t) => {
  const it = await house(t);
  it.say({});
  assert.deepEqual(await attempt(t, it, newToken(), [anna, bert]), [250, 250, 250]);
});

test('all are refused: the refusal is the answer', async (t) => {
  const it = await house(t);
  it.say({ [anna]: '554 5.7.1 No', [bert]: '554 5.7.1 No' });
  assert.deepEqual(await attempt(t, it, newToken(), [anna, bert]), [250, 250, 554]);
});

test('one served, one refused: put off, and the retry is told at RCPT; the one who has it does not get it again', async (t) => {
  const it = await house(t);
  const token = newToken();
  it.say({ [bert]: '550 5.2.1 Closed' });
  assert.deepEqual(await attempt(t, it, token, [anna, bert]), [250, 250, 451]);
  assert.deepEqual(await attempt(t, it, token, [anna, bert]), [250, 450, 250], 'without SIZE nobody knows that it is the same message');
  assert.deepEqual(await attempt(t, it, token, [bert]), [250, 550], 'alone it hears its own answer');
  assert.equal(offered(it, token, anna), 1, 'anna once');
});

test('a client that declares the size, as mail servers do, is told at RCPT, once; no other message is', async (t) => {
  const it = await house(t);
  it.say({ [bert]: '554 5.7.1 Spam' });
  const client = await SmtpClient.greet(t, { port: it.gateway.port(), from: '127.0.0.2' });
  const content = letter({});
  const offer = async (size: number): Promise<number> => {
    await client.converse(`C: MAIL FROM:<boss@partner.example> SIZE=${size}\nS: 250\nC: RCPT TO:<${anna}>\nS: 250`);
    return (await client.ask(`RCPT TO:<${bert}>`)).code;
  };
  assert.equal(await offer(content.length), 250);
  await client.converse('C: DATA\nS: 354');
  await client.send(onTheWire(content));
  await client.converse('S: 451');
  const codes = [await offer(content.length + 1)];
  for (const _ of ['the retry', 'a later message']) {
    await client.converse('C: RSET\nS: 250');
    codes.push(await offer(content.length));
  }
  assert.deepEqual(codes, [250, 554, 250]);
});

test('one served, one put off, one refused: each ends as the hub said', async (t) => {
  const it = await house(t);
  const token = newToken();
  it.say({ [bert]: '452 4.2.2 Full', [carl]: '550 5.2.1 Closed' });
  assert.deepEqual(await attempt(t, it, token, [anna, bert, carl]), [250, 250, 250, 451]);
  assert.deepEqual(await attempt(t, it, token, [anna, bert, carl]), [250, 452, 450, 250], 'neither holds up the others');
  assert.deepEqual([offered(it, token, anna), offered(it, token, bert)], [1, 1]);
});

test('what was served is remembered over kill -9', async (t) => {
  const it = await house(t);
  const token = newToken();
  it.say({ [bert]: '452 4.2.2 Full' });
  assert.deepEqual(await attempt(t, it, token, [anna, bert]), [250, 250, 451]);
  await it.gateway.kill9();
  await it.gateway.start();
  it.say({});
  assert.deepEqual(await attempt(t, it, token, [anna, bert]), [250, 250, 250]);
  assert.deepEqual([offered(it, token, anna), offered(it, token, bert)], [1, 2]);
});

test('another sender’s message to the same people is delivered to all', async (t) => {
  const it = await house(t);
  it.say({ [bert]: '452 4.2.2 Full' });
  await attempt(t, it, newToken(), [anna, bert]);
  it.say({});
  const token = newToken();
  assert.deepEqual(await attempt(t, it, token, [anna, bert], 'y@sender.example'), [250, 250, 250]);
  assert.equal(offered(it, token, anna), 1);
});
