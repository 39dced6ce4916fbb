// The hub is down for an hour, compressed: the gateway asks for it twice a second instead of once a minute. Thousands of messages of every class come meanwhile, over
// many connections, and the gateway is killed once in the middle. A recording server plays the rest of the world. When the hub is back, everything that was
// acknowledged is there once, or with the postmaster, and nobody in the world has been sent a bounce (missions B1, L3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { outsideWorld } from '../harness/outside-world.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const messages = 3000;
const workers = 12;
/** Messages of one connection: then a new client comes. */
const perConnection = 25;

interface Sketch {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers?: readonly string[];
  readonly bytes?: number;
  /** First digit of the answer, of those that may be heard. */
  readonly heard: string;
}

/** Every class of mail in turn. `gone` is accepted now and refused by the hub when it is back; that `unknown` is not there is forgotten in the kill. */
const classes: readonly ((number: number) => Sketch)[] = [
  (n) => ({ from: `p${n}@people.example`, to: ['ann@hub.example'], heard: '2' }),
  (n) => ({ from: `p${n}@people.example`, to: ['ann@hub.example', 'bob@hub.example', 'carl@hub.example'], heard: '2' }),
  (n) => ({ from: `shop${n}@shops.example`, to: ['bob@hub.example'], headers: ['Auto-Submitted: auto-generated'], heard: '2' }),
  (n) => ({ from: `news${n}@lists.example`, to: ['carl@hub.example'], headers: ['List-Id: <news.lists.example>', 'Precedence: bulk'], heard: '2' }),
  (n) => ({ from: `victim${n}@victims.example`, to: ['ann@hub.example'], heard: '2' }),
  (n) => ({ from: `victim${n}@victims.example`, to: ['gone@hub.example'], heard: '2' }),
  (n) => ({ from: `p${n}@people.example`, to: ['gone@hub.example', 'bob@hub.example'], heard: '2' }),
  () => ({ from: '', to: ['gone@hub.example'], headers: ['Auto-Submitted: auto-replied'], heard: '2' }),
  (n) => ({ from: `p${n}@people.example`, to: ['bob@hub.example'], bytes: n % 10 === 0 ? 300_000 : 20_000, heard: '2' }),
  (n) => ({ from: `p${n}@people.example`, to: [`never.seen${n}@hub.example`], heard: '4' }),
  (n) => ({ from: `victim${n}@victims.example`, to: ['unknown@hub.example'], heard: '54' }),
  (n) => ({ from: `spammer${n}@else.example`, to: [`someone${n}@world.example`], heard: '5' }),
];

interface Sent {
  readonly token: string;
  readonly sketch: Sketch;
}

/** Sends every message of a share; those whose answer is lost in the kill are left out, as nobody was promised anything. */
async function sendShare(t: Owner, gateway: Gateway, share: readonly number[], worker: number, done: (sent: Sent) => void): Promise<void> {
  let client: SmtpClient | null = null;
  for (const [index, number] of share.entries()) {
    const sketch = (classes[number % classes.length] as (n: number) => Sketch)(number);
    const token = newToken();
    const { from, to, headers = [], bytes = 1000 } = sketch;
    try {
      if (index % perConnection === 0) {
        client?.reset();
        client = null;
      }
      client ??= await SmtpClient.greet(t, { port: gateway.port(), from: `127.0.${worker + 1}.2` });
      const { mail, rcpt, end } = await client.transact({ from, to, content: letter({ token, headers, body: bodyOf(bytes) }) });
      const heard = (end ?? rcpt.at(-1) ?? mail).code.toString();
      assert.ok(sketch.heard.includes(heard.charAt(0)), `<${from}> to ${to.join(', ')}: ${heard} ${(end ?? rcpt.at(-1) ?? mail).text}`);
      if (end?.code === 250) done({ token, sketch });
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      client = null; // killed, or not up again yet
      await until('the gateway to be up again', async () => {
        const next = await SmtpClient.greet(t, { port: gateway.port(), from: `127.0.${worker + 1}.2` }).catch(() => null);
        next?.reset();
        return next !== null;
      });
    }
  }
  client?.reset();
}

test('an hour without a hub: all that was acknowledged arrives once or is kept for a person, and the world hears nothing', { timeout: 240_000 }, async (t) => {
  const unknown = { RCPT: ({ line }: { readonly line: string }) => (line.includes('<unknown@') ? '550 5.1.1 No such user' : undefined) };
  const first = await startFakeHub({ script: unknown });
  const world = await outsideWorld(t);
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${first.port}`,
    users: { 'ann@hub.example': 'secret' },
    tls: true,
    listeners: { mx: {}, out: { role: 'submission' } },
    zone: { 'victims.example TXT': ['v=spf1 -all'], 'people.example TXT': ['v=spf1 ?all'] },
    config: {
      outbound: { address: `127.0.0.1:${world.port}` },
      spool: { enabled: true, freeDisk: '0', longestPause: '500ms' },
      quarantine: { freeDisk: '0' },
      quotas: {},
    },
  });
  const warm = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  for (const user of ['ann', 'bob', 'carl', 'gone', 'unknown'])
    assert.equal(
      (await warm.transact({ from: 'x@people.example', to: [`${user}@hub.example`], content: letter() })).end?.code,
      user === 'unknown' ? undefined : 250,
    );
  warm.reset();
  const warmed = first.messages.length;
  await first.close();

  const sent: Sent[] = [];
  let isKilled = false;
  const shares = Array.from({ length: workers }, (_, worker) =>
    Array.from({ length: messages / workers }, (__, index) => index * workers + ((worker + index) % workers)),
  );
  const sending = Promise.all(shares.map((share, worker) => sendShare(t, gateway, share, worker, (each) => sent.push(each))));
  const killing = until('half of it', () => sent.length > messages / 3, 120_000).then(async () => {
    await gateway.kill9();
    isKilled = true;
    await gateway.start();
  });
  await Promise.all([sending, killing]);
  assert.ok(isKilled && sent.length > messages / 2, `${sent.length} acknowledged`);

  // Our own user, who writes to the hub and to the world.
  const user = await SmtpClient.greet(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await user.startTls();
  await user.ask('EHLO client.example');
  await user.ask(`AUTH PLAIN ${Buffer.from('\0ann@hub.example\0secret').toString('base64')}`);
  const own = newToken();
  for (const to of ['bob@hub.example', 'someone@world.example'])
    assert.equal((await user.transact({ from: 'ann@hub.example', to: [to], content: letter({ token: own }) })).end?.code, 250);
  user.reset();

  const status = await gateway.command('status');
  assert.match(status.stdout, /\d+ messages wait for hub/);
  const second = await startFakeHub({ script: { RCPT: ({ line }) => (/<(?:gone|unknown)@/.test(line) ? '550 5.1.1 No such user' : undefined) } }, first.port);
  atEnd(t, () => second.close());
  await until('the spool to be empty', async () => (await gateway.command('spool', 'list')).stdout.startsWith('0 wait'), 120_000);

  const copies = new Map<string, number>();
  for (const { data } of second.messages) copies.set(tokenOf(data) ?? '', (copies.get(tokenOf(data) ?? '') ?? 0) + 1);
  const gone = sent.filter(({ sketch: { to } }) => to.includes('gone@hub.example'));
  const whole = sent.filter(({ sketch: { to } }) => to.some((each) => each !== 'gone@hub.example'));
  assert.deepEqual(
    whole.filter(({ token }) => copies.get(token) !== 1).map(({ token, sketch }) => [token, copies.get(token) ?? 0, sketch]),
    [],
    'each once',
  );
  assert.equal(copies.get(own), 1);
  const held = (await gateway.events()).flatMap((event) => (event.type === 'spool-held' ? [event] : []));
  assert.ok(held.length >= gone.length, `${held.length} of ${gone.length} that could not be delivered are with the postmaster`);
  assert.deepEqual([...new Set(held.map(({ author }) => author))], ['not-told']);
  assert.deepEqual(
    world.messages.map(({ from, to }) => [from, to]),
    [['ann@hub.example', ['someone@world.example']]],
    'of all this the world has heard one message, and no bounce',
  );
  assert.deepEqual([warmed, [...first.messages, ...second.messages].filter(({ from }) => from.startsWith('<>')).length], [4, 0], 'nor has anybody here');
});
