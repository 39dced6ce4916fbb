// Nothing acknowledged is lost: the gateway is killed twenty times under load before a real Postfix (engineering 4.2, check 8).
// A sender that saw its connection break does not know and sends again; only such a message may be there twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing } from '../harness/peer.ts';
import type { Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const kills = 20;
const senders = 6;
/** Acknowledgements between two kills: the gateway is in the middle of work, not at its start. */
const acksBetween = 15;

interface Sent {
  readonly token: string;
  attempts: number;
  acknowledged: boolean;
}

/** Sends message after message until told to stop; one whose fate it does not know it sends again. */
async function sendFor(owner: Owner, port: number, work: { stop: boolean; readonly sent: Sent[]; acks: number }): Promise<void> {
  let client: SmtpClient | null = null;
  let current: Sent | null = null;
  while (!work.stop || current !== null) {
    try {
      client ??= await SmtpClient.greet(owner, { port, from: '127.0.0.2' });
      if (current === null) work.sent.push((current = { token: newToken(), attempts: 0, acknowledged: false }));
      const content = letter({ token: current.token, body: `${'x'.repeat(70)}\r\n`.repeat(20) });
      current.attempts += 1;
      const { rcpt, end } = await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content });
      if (end?.code === 250) {
        current.acknowledged = true;
        work.acks += 1;
        current = null;
      } else if (end?.code === 421 || rcpt[0]?.code === 421) client = null;
    } catch {
      client?.reset();
      client = null;
    }
  }
  await client?.quit().catch(() => undefined);
}

test(`kill -9 ${kills} times under load: everything acknowledged is at the hub`, { skip: missing('postfix'), timeout: 300_000 }, async (t) => {
  const hub = await postfixHub(t);
  const gateway = await startGateway(t, {
    hub: hub.address,
    config: { threads: 2, limits: { messagesPerSession: 100_000 }, site: { networks: ['192.0.2.0/24'] } },
  });
  const work = { stop: false, sent: [] as Sent[], acks: 0 };
  const sending = Array.from({ length: senders }, () => sendFor(t, gateway.port(), work));
  for (let kill = 0; kill < kills; kill += 1) {
    const enough = work.acks + acksBetween;
    await until(`${acksBetween} acknowledgements after kill ${kill}`, () => work.acks >= enough, 30_000);
    await gateway.kill9();
    await gateway.start();
  }
  work.stop = true;
  await Promise.all(sending);

  const acknowledged = work.sent.filter((one) => one.acknowledged).map(({ token }) => token);
  assert.ok(acknowledged.length >= kills * acksBetween, `${acknowledged.length} acknowledged`);
  await hub.delivery('anna', ...acknowledged);
  const copies = new Map<string, number>();
  for (const token of hub.deliveredTokens('anna')) copies.set(token, (copies.get(token) ?? 0) + 1);
  const sureButTwice = work.sent.filter(({ attempts, token }) => attempts === 1 && (copies.get(token) ?? 0) > 1);
  assert.deepEqual(sureButTwice, [], 'what was sent once is there once');
  const tooOften = work.sent.filter(({ attempts, token }) => (copies.get(token) ?? 0) > attempts);
  assert.deepEqual(tooOften, []);
  assert.equal(hub.outside.messages.length, 0, 'and no bounce has left');
  t.diagnostic(
    `${acknowledged.length} acknowledged, ${work.sent.filter(({ attempts }) => attempts > 1).length} sent again, ${[...copies.values()].filter((count) => count > 1).length} there twice`,
  );
});
