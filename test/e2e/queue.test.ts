// `floodgate queue` on the gateway's own quarantine: the same verbs as on a mail server's queue, and a standing order that holds what still arrives.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { atEnd, startProcess, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: { quarantine: { freeDisk: '0' }, rules: [{ id: 'held-sender', when: { from: '@held\\.example$' }, action: 'quarantine', because: 'a trial' }] },
});
const bin = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));

const queue = (...args: readonly string[]) => gateway.command('queue', ...args);
const list = async (...args: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
  const { code, stdout, stderr } = await queue('list', '--json', '--store', 'quarantine', ...args);
  assert.equal(code, 0, stderr);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
};
async function send(t: Owner, from: string, token = newToken()): Promise<string> {
  const content = letter({ token, subject: 'A great prize' });
  const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['anna@hub.example'], content });
  assert.equal(end?.code, 250, end?.text);
  return referenceIn(end) ?? '';
}
const isListed = (id: string) => until(`${id} to be listed`, async () => (await list()).some((item) => item['id'] === id));
const actionIn = (stdout: string): string => /q-[0-9a-f]{10}/.exec(stdout)?.[0] ?? '';

test('held mail is listed, thrown away after a preview, brought back, and released to the hub', async (t) => {
  const token = newToken();
  const id = await send(t, 'x@held.example', token);
  await isListed(id);
  const [item] = await list('--subject', 'great PRIZE', '--origin', '127.0.0.2');
  assert.deepEqual(Object.keys(item ?? {}), ['id', 'store', 'queuedAt', 'from', 'to', 'size', 'reason', 'incident']);
  assert.deepEqual([item?.['id'], item?.['store'], item?.['from']], [id, 'quarantine', 'x@held.example']);
  const preview = await queue('discard', '--store', 'quarantine', '--sender', 'held.example');
  assert.match(preview.stdout, /discard would concern 1 message.*\n.*\n.*\n.*<x@held\.example>/);
  assert.equal((await list()).length, 1);
  const discarded = await queue('discard', '--store', 'quarantine', '--sender', 'held.example', '--yes');
  assert.equal(discarded.code, 0, discarded.stderr);
  assert.equal((await list()).length, 0);
  const undone = await queue('undo', actionIn(discarded.stdout));
  assert.equal(undone.code, 0, undone.stderr);
  const released = await queue('release', id, '--store', 'quarantine', '--yes');
  assert.equal(released.code, 0, released.stderr);
  assert.equal(hub.messages.filter(({ data }) => tokenOf(data) === token).length, 1);
});

test('a standing order puts a measure in force, takes what arrives, and both end with its undo', async (t) => {
  const order = startProcess(t, process.execPath, [
    bin,
    'queue',
    'discard',
    '--store',
    'quarantine',
    '--sender',
    'x@wave.example',
    '--for',
    '1h',
    '--yes',
    '--state',
    gateway.state,
  ]);
  let stdout = '';
  order.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const measure = await until('the measure', () => /measure (m-[0-9a-f]{10}) holds it/.exec(stdout)?.[1] ?? null);
  await until('the doors to know it', async () => (await gateway.command('measure', 'show', measure)).stdout.includes('x@wave.example'));
  const id = await send(t, 'x@wave.example');
  const other = newToken();
  await send(t, 'y@wave.example', other);
  assert.equal(hub.messages.filter(({ data }) => tokenOf(data) === other).length, 1, 'a neighbour is not touched');
  await until('it to be thrown away', async () => (await gateway.command('quarantine', 'list', '--trash')).stdout.includes(id));
  order.kill('SIGINT');
  await once(order, 'exit');
  assert.equal(order.exitCode, 0);
  assert.match(stdout, /1 message discarded/);
  const undone = await queue('undo', actionIn(stdout));
  assert.equal(undone.code, 0, undone.stderr);
  assert.deepEqual(
    (await list()).map((item) => item['id']),
    [id],
  );
  assert.equal((await gateway.command('measure', 'list')).stdout.includes(measure), false, 'the measure has ended');
});
