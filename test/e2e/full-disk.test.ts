// The disk of the state directory is full (mission L7): content is put off with 452, nothing crashes, nothing is lost, and mail flows
// again when there is room. On a real, small tmpfs, which only root can mount.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { outsideWorld } from '../harness/outside-world.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { atEnd, runProgram, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

/** A file system of so many MiB for the state. */
async function smallDisk(t: Owner, mib: number): Promise<string> {
  const directory = scratchDirectory(t, 'disk');
  const mounted = await runProgram(peerPath('mount'), ['-t', 'tmpfs', '-o', `size=${mib}m,mode=755`, 'tmpfs', directory]);
  assert.equal(mounted.code, 0, mounted.stderr);
  atEnd(t, () => runProgram('umount', ['-l', directory]));
  return directory;
}

/** Fills the rest of the disk; gives the way to make room again. */
function fill(directory: string): () => void {
  const path = join(directory, 'filler');
  for (const piece of [1_000_000, 4096]) {
    const chunk = Buffer.alloc(piece);
    try {
      for (;;) writeFileSync(path, chunk, { flag: 'a' });
    } catch {
      // full
    }
  }
  return () => rmSync(path);
}

test('a full state directory: 452, no crash, no loss, and mail flows again', { skip: missing('mount') }, async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const disk = await smallDisk(t, 24);
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    state: join(disk, 'state'),
    config: { limits: { freeDisk: '4 MiB', messageInMemory: '16 KiB' } },
  });
  const send = (bytes: number, token = newToken()) =>
    deliverOnce(
      t,
      { port: gateway.port(), from: '127.0.0.2' },
      { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ token, body: bodyOf(bytes) }) },
    );
  assert.equal((await send(100_000)).end?.code, 250, 'with room');

  const makeRoom = fill(disk);
  // Free space is looked at now and then, not for each message; what slips through meanwhile is delivered from memory, or refused at its end.
  await until('the lack of room to be seen', async () => (await send(100)).end?.code === 452);
  for (const bytes of [100, 100_000]) {
    const refused = await send(bytes);
    assert.equal(refused.end?.code, 452, refused.end?.text);
    assert.match(refused.end.text, /^4\.3\.1 /);
  }
  await until('the operator to be told', async () => /TROUBLE.*limits\.freeDisk.*all mail is put off/.test((await gateway.command('status')).stdout));
  assert.match((await gateway.command('incident', 'list')).stdout, /hub-distress.*disk-level/);
  makeRoom();
  const token = newToken();
  await until('the room to be seen', async () => (await send(100_000, token)).end?.code === 250);
  assert.equal(hub.messages.filter(({ data }) => tokenOf(data) === token).length, 1);
  assert.equal(await gateway.stop(), 0);
  assert.equal(existsSync(join(disk, 'state')), true);
});

test('the disk fills up while content is written: 452 at its end, and the hub hears nothing', { skip: missing('mount') }, async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const disk = await smallDisk(t, 12);
  // No floor: the write itself must fail.
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    state: join(disk, 'state'),
    config: { limits: { freeDisk: '0', messageInMemory: '16 KiB', message: '50 MiB' } },
  });
  const options = { port: gateway.port(), from: '127.0.0.2' };
  const big = await deliverOnce(t, options, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ body: bodyOf(20_000_000) }) });
  assert.equal(big.end?.code, 452, big.end?.text);
  assert.equal(hub.messages.length, 0);
  const small = await deliverOnce(t, options, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() });
  assert.equal(small.end?.code, 250, 'what fits goes through: the torn file is gone');
});

/** On a disk that does not fill up. */
function keyFileFor(t: Owner): string {
  const path = join(scratchDirectory(t, 'keys'), 'held.keys');
  writeFileSync(path, `k-1: ${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
  return path;
}

for (const sealed of [false, true]) {
  test(
    `the disk fills up while a message is put into the quarantine${sealed ? ', encrypted' : ''}: 452, nothing half written, and what was held stays`,
    { skip: missing('mount') },
    async (t) => {
      const hub = await startFakeHub();
      atEnd(t, () => hub.close());
      const disk = await smallDisk(t, 24);
      const gateway = await startGateway(t, {
        hub: `127.0.0.1:${hub.port}`,
        state: join(disk, 'state'),
        config: {
          limits: { freeDisk: '0', messageInMemory: '1 MiB' }, // the content itself waits in memory
          quarantine: { freeDisk: '0', ...(sealed && { keyFile: keyFileFor(t) }) },
          rules: [{ id: 'all', when: { from: 'x' }, action: 'quarantine' }],
        },
      });
      const send = (bytes: number) =>
        deliverOnce(
          t,
          { port: gateway.port(), from: '127.0.0.2' },
          { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ body: bodyOf(bytes) }) },
        );
      const held = (): string[] => readdirSync(join(disk, 'state', 'quarantine', 'held'));
      assert.equal((await send(1000)).end?.code, 250, 'with room');

      const makeRoom = fill(disk);
      const refused = await send(100_000);
      assert.deepEqual([refused.end?.code, refused.end?.text.slice(0, 6)], [452, '4.3.1 ']);
      assert.deepEqual([held().length, readdirSync(join(disk, 'state', 'quarantine', 'new'))], [1, []], 'no trace of it');
      makeRoom();
      assert.equal((await send(100_000)).end?.code, 250, 'and again when there is room');
      assert.equal(held().length, 2);
      assert.equal(hub.messages.length, 0);
      await gateway.restart();
      assert.equal((await gateway.command('quarantine', 'release', '--all')).code, 0);
      assert.equal(hub.messages.length, 2);
    },
  );
}

test(
  'no room for the journal: mail goes on, what happened is written when there is room, and nobody in the world hears anything',
  { skip: missing('mount') },
  async (t) => {
    const [hub, world, disk] = [await startFakeHub(), await outsideWorld(t), await smallDisk(t, 24)];
    atEnd(t, () => hub.close());
    const gateway = await startGateway(t, {
      hub: `127.0.0.1:${hub.port}`,
      state: join(disk, 'state'),
      config: {
        outbound: { address: `127.0.0.1:${world.port}` },
        limits: { freeDisk: '0', messageInMemory: '1 MiB' },
        quarantine: { freeDisk: '0' },
        rules: [{ id: 'held', when: { from: '^held@' }, action: 'quarantine' }],
      },
    });
    const send = (from: string, token = newToken(), bytes = 100) =>
      deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['anna@hub.example'], content: letter({ token, body: bodyOf(bytes) }) });
    assert.equal((await send('x@sender.example')).end?.code, 250, 'with room');

    const makeRoom = fill(disk);
    const tokens = Array.from({ length: 20 }, newToken);
    for (const token of tokens) assert.equal((await send('x@sender.example', token)).end?.code, 250, 'it needs no disk');
    assert.equal((await send('held@sender.example', newToken(), 100_000)).end?.code, 452, 'this would need it');
    assert.deepEqual(new Set(hub.messages.slice(1).map(({ data }) => tokenOf(data))), new Set(tokens));
    makeRoom();
    const written = async (): Promise<number> => (await gateway.events()).filter((event) => event.type === 'message-finished').length;
    await until('the journal to hold all of it', async () => (await written()) === 22);
    assert.equal(await gateway.stop(), 0);
    assert.deepEqual(world.messages, [], 'neither a bounce nor a letter to anybody outside');
  },
);
