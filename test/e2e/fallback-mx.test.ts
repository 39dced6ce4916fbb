// A backup MX that takes what the primary will refuse has to bounce it. Ours asks the primary first (mission B1): what that refuses is refused
// here, and while it is away only those are taken at RCPT whom it has named before, and no message without it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';

test('what the primary refuses the backup refuses, also while the primary is away', async (context) => {
  const [hub, primary] = [
    await startFakeHub(),
    await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user here' : undefined) } }),
  ];
  atEnd(context, () => Promise.all([hub.close(), primary.close()]));
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    config: { routes: { 'customer.example': { address: `127.0.0.1:${primary.port}` } }, timeouts: { hubIdle: '100ms', probe: '1s' } },
  });
  const send = async (to: string, from = 'forged@victim.example') => {
    const { rcpt, end } = await deliverOnce(context, { port: gateway.port(), from: '127.0.0.51' }, { from, to: [to], content: letter() });
    return { rcpt: rcpt[0], end };
  };

  const refused = await send('nobody@customer.example');
  assert.equal(refused.rcpt?.code, 550);
  assert.match(refused.rcpt?.text ?? '', /No such user here/, "in the primary's own words");
  assert.equal((await send('carl@customer.example')).end?.code, 250);
  assert.equal(primary.messages.length, 1);

  await primary.close();
  assert.equal((await send('nobody@customer.example')).rcpt?.code, 550, 'what it has refused is still refused');
  assert.equal((await send('stranger@customer.example')).rcpt?.code, 450, 'whom it has never named has to wait');
  const waits = await send('carl@customer.example');
  assert.deepEqual([waits.rcpt?.code, Math.floor((waits.end?.code ?? 0) / 100)], [250, 4], 'a callout sees that he exists; his mail stays with its sender');
  assert.equal((await send('nobody@customer.example', '')).rcpt?.code, 550, 'a forged bounce to nobody makes no second one');
  assert.equal(hub.messages.length, 0, 'and the hub is not asked to keep it');
});
