// Mail with the EICAR test file through a real clamd (mission Q1): held encrypted, nothing of it on the disk, and on its way byte for byte when it is
// released, by hash; refused and kept as a copy where that is wanted.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { infected, startClamd } from '../harness/clamd.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type RawConfig } from '../harness/gateway.ts';
import { onTheWire } from '../harness/letter.ts';
import { requirePeers } from '../harness/peer.ts';
import { atEnd, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function start(t: Owner, { viruses, quarantine = {} }: { viruses: RawConfig; quarantine?: RawConfig }) {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const keyFile = join(scratchDirectory(t, 'keys'), 'held.keys');
  writeFileSync(keyFile, `k-1: ${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: { quarantine: { freeDisk: '0', keyFile, ...quarantine }, viruses: { clamd: await startClamd(t), ...viruses } },
  });
  const content = infected();
  const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@client.example', to: ['ann@hub.example'], content });
  const id = (end === null ? null : referenceIn(end)) ?? assert.fail(end?.text);
  const file = join(gateway.state, 'quarantine', 'held', id, 'message');
  /** The content as the hub has it, behind the traces of the gateway. */
  const wire = onTheWire(content).subarray(0, -3);
  const arrived = (): Buffer | undefined => hub.messages.find(({ from }) => from.startsWith('<x@client.example>'))?.data;
  const assertReleased = async (): Promise<void> => {
    await until(
      'it to be listed',
      async () =>
        (await gateway.command('quarantine', 'list', '--refused')).stdout.includes(id) || (await gateway.command('quarantine', 'list')).stdout.includes(id),
    );
    assert.equal(arrived(), undefined);
    const { code, stderr } = await gateway.command('quarantine', 'release', id);
    assert.equal(code, 0, stderr);
    assert.equal(hash(arrived()?.subarray(-wire.length) ?? Buffer.alloc(0)), hash(wire), 'byte for byte');
  };
  return { end, id, file, wire, assertReleased, gateway };
}

test('held: encrypted on the disk, and released as it came', async (t) => {
  if (!requirePeers(t, 'clamd')) return;
  const { end, file, wire, assertReleased } = await start(t, { viruses: { action: 'quarantine' } });
  assert.equal(end?.code, 250);
  const kept = readFileSync(file);
  assert.ok(!kept.includes(wire.subarray(0, 40)) && !kept.includes('invoice.com'), 'nothing of it can be read');
  await assertReleased();
});

test('refused, with a copy: 550 in the session, the copy encrypted, and whole when a person wants it', async (t) => {
  if (!requirePeers(t, 'clamd')) return;
  const { end, file, id, wire, assertReleased, gateway } = await start(t, { viruses: { action: 'reject' }, quarantine: { keepRefused: ['virus-found'] } });
  assert.equal(end?.code, 550);
  assert.equal((await gateway.event('refused-copy', ({ ref }) => ref === id)).outcome, 'kept');
  assert.ok(!readFileSync(file).includes(wire.subarray(0, 40)));
  await assertReleased();
});
