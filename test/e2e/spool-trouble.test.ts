// What waits, when the ground under it changes: the domain it is for is taken out of the configuration, or the disk it lies on is full.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { atEnd, freePort, runProgram, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('a reload takes a customer away: his mail waits and says why, the hub is not offered it, and it goes when he is back', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const port = await freePort();
  const recipients = join(scratchDirectory(t, 'intake'), 'customer.txt');
  writeFileSync(recipients, 'ann@customer.example\n');
  const withCustomer = {
    site: { customerDomains: ['customer.example'] },
    routes: { 'customer.example': { address: `127.0.0.1:${port}` } },
    intake: [{ domain: 'customer.example', recipients }],
  };
  const gateway = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { ...withCustomer, spool: { freeDisk: '0', longestPause: '1s' } } });
  const send = (token: string) =>
    deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@client.example', to: ['ann@customer.example'], content: letter({ token }) });
  const token = newToken();
  assert.equal((await send(token)).end?.code, 250);
  gateway.rewrite({ site: { customerDomains: [] }, routes: { 'customer.example': undefined }, intake: [] });
  assert.equal(await gateway.reload(), 'config-loaded');
  assert.equal((await send(newToken())).rcpt[0]?.code, 554, 'nothing more is taken for him');
  await until('the status to say it', async () =>
    /1 messages wait for customer\.example: routes has no customer\.example/.test((await gateway.command('status')).stdout),
  );
  await gateway.restart();
  await until('a restart to say it', async () => /routes has no customer\.example/.test((await gateway.command('spool', 'list')).stdout));
  assert.deepEqual(hub.messages, []);
  const primary = await startFakeHub({}, port);
  atEnd(t, () => primary.close());
  gateway.rewrite(withCustomer);
  assert.equal(await gateway.reload(), 'config-loaded');
  await primary.until(() => primary.messages.length > 0);
  assert.deepEqual(
    primary.messages.map(({ data }) => tokenOf(data)),
    [token],
  );
});

test(
  'the disk of the spool is full: nothing more is acknowledged, nothing acknowledged is lost, and mail is taken again when there is room',
  { skip: missing('mount') },
  async (t) => {
    const first = await startFakeHub();
    const disk = scratchDirectory(t, 'disk');
    const mounted = await runProgram(peerPath('mount'), ['-t', 'tmpfs', '-o', 'size=24m,mode=755', 'tmpfs', disk]);
    assert.equal(mounted.code, 0, mounted.stderr);
    atEnd(t, () => runProgram('umount', ['-l', disk]));
    const gateway = await startGateway(t, {
      hub: `127.0.0.1:${first.port}`,
      state: join(disk, 'state'),
      // No floor: the write itself must fail.
      config: {
        spool: { enabled: true, freeDisk: '0', longestPause: '1s' },
        quarantine: { freeDisk: '0' },
        limits: { freeDisk: '0', messageInMemory: '1 MiB' },
      },
    });
    const acknowledged: string[] = [];
    const send = async (bytes: number): Promise<number> => {
      const token = newToken();
      const content = letter({ token, body: bodyOf(bytes) });
      const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@client.example', to: ['ann@hub.example'], content });
      if (end?.code === 250) acknowledged.push(token);
      return end?.code ?? 0;
    };
    assert.equal(await send(100), 250);
    await first.close();
    let code = 250;
    while (code === 250) code = await send(900_000);
    assert.ok(code === 451 || code === 452, `${code}: put off, not refused`);
    assert.ok(acknowledged.length > 5, 'there was room for some');
    writeFileSync(join(disk, 'filler'), '', { flag: 'a' });
    const filler = join(disk, 'filler');
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: 'a' });
    } catch {
      // full to the last page: not even a mark can be written
    }
    const second = await startFakeHub({}, first.port);
    atEnd(t, () => second.close());
    await second.until(() => second.messages.length === acknowledged.length - 1);
    rmSync(filler);
    await until('mail to be taken again', async () => (await send(100)) === 250);
    const arrived = (): readonly string[] => [...first.messages, ...second.messages].map(({ data }) => tokenOf(data) ?? '').sort();
    await until('all of it', () => arrived().length >= acknowledged.length);
    await gateway.restart();
    assert.deepEqual(arrived(), acknowledged.slice().sort(), 'each once, and not again by the next process');
  },
);

test('the hub is away already: a reload switches the spool on, and those who got mail before are known, through a kill -9 too', async (t) => {
  const first = await startFakeHub();
  const gateway = await startGateway(t, { hub: `127.0.0.1:${first.port}`, config: { quarantine: { freeDisk: '0' } } });
  const send = async (to: string, token = newToken()): Promise<string> => {
    const content = letter({ token });
    const { end, rcpt } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@client.example', to: [to], content });
    return String((end ?? rcpt[0])?.code);
  };
  assert.equal(await send('ann@hub.example'), '250');
  await first.close();
  assert.equal(await send('ann@hub.example'), '451', 'no spool');
  gateway.rewrite({ spool: { enabled: true, freeDisk: '0', longestPause: '1s' } });
  assert.equal(await gateway.reload(), 'config-loaded');
  const [one, two] = [newToken(), newToken()];
  assert.equal(await send('ann@hub.example', one), '250');
  const noted = join(gateway.state, 'recipients');
  await until('who was verified to be on the disk', () =>
    readdirSync(noted).some((file) => readFileSync(join(noted, file), 'utf8').includes('ann@hub.example')),
  );
  await gateway.kill9();
  await gateway.start();
  assert.equal(await send('ann@hub.example', two), '250');
  assert.equal((await send('never.seen@hub.example')).at(0), '4');
  const second = await startFakeHub({}, first.port);
  atEnd(t, () => second.close());
  await second.until(() => second.messages.length === 2);
  assert.deepEqual(
    second.messages.map(({ data }) => tokenOf(data)),
    [one, two],
  );
});
