// `floodgate queue` on the gateway's own spool: what waits for a hub that is away is listed, looked into, held, thrown away and had back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { atEnd, startProcess } from '../harness/scratch.ts';
import { deliverOnce, referenceIn } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const actionIn = (stdout: string): string => /q-[0-9a-f]{10}/.exec(stdout)?.[0] ?? '';

test('mail of a stolen account waits: shown, held, discarded, brought back; the rest is delivered when the hub is back', async (t) => {
  const first = await startFakeHub();
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${first.port}`,
    config: { spool: { enabled: true, freeDisk: '0', longestPause: '60s' }, quarantine: { freeDisk: '0' } },
  });
  const send = async (from: string, subject: string, token = newToken()): Promise<string> => {
    const content = letter({ token, subject });
    const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['ann@hub.example'], content });
    assert.equal(end?.code, 250, end?.text);
    return referenceIn(end) ?? '';
  };
  const queue = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await gateway.command('queue', ...args, '--store', 'floodgate');
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const listed = async (...args: readonly string[]): Promise<readonly Record<string, unknown>[]> =>
    (await queue('list', '--json', ...args)).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  const undo = async (action: string): Promise<void> => {
    const { code, stderr } = await gateway.command('queue', 'undo', action);
    assert.equal(code, 0, stderr);
  };

  await send('x@client.example', 'verifies the recipient');
  await first.close();
  const [good, bad, worse] = [newToken(), newToken(), newToken()];
  const honest = await send('friend@client.example', 'Lunch', good);
  const spam = await send('thief@client.example', 'A great prize', bad);
  const more = await send('thief@client.example', 'Another great prize', worse);

  const items = await listed();
  assert.deepEqual(Object.keys(items[0] ?? {}), ['id', 'store', 'queuedAt', 'from', 'to', 'size', 'reason', 'incident']);
  assert.deepEqual(
    items.map(({ id, store }) => [id, store]),
    [honest, spam, more].map((id) => [id, 'floodgate']),
  );
  assert.deepEqual(
    (await listed('--subject', 'great PRIZE', '--origin', '127.0.0.2')).map(({ id }) => id),
    [spam, more],
  );
  assert.match(await queue('show', spam), /Subject: A great prize/);

  assert.match(await queue('discard', '--sender', 'thief@client.example'), /discard would concern 2 messages/);
  assert.equal((await listed()).length, 3, 'a preview changes nothing');
  const thrown = actionIn(await queue('discard', '--sender', 'thief@client.example', '--yes'));
  assert.deepEqual(
    (await listed()).map(({ id }) => id),
    [honest],
  );
  await gateway.kill9();
  await gateway.start();
  assert.equal((await listed()).length, 1, 'a crash does not bring it back');
  await undo(thrown);
  assert.equal((await listed()).length, 3);

  const held = actionIn(await queue('hold', spam, '--yes'));
  await queue('discard', more, '--yes');
  const second = await startFakeHub({}, first.port);
  atEnd(t, () => second.close());
  assert.equal((await gateway.command('spool', 'retry', 'hub')).code, 0);
  await second.until(() => second.messages.length === 1);
  assert.deepEqual(
    (await listed()).map(({ id, reason }) => [id, String(reason).startsWith('held; ')]),
    [[spam, true]],
  );
  await undo(held);
  await second.until(() => second.messages.length === 2);
  assert.deepEqual(
    second.messages.map(({ data }) => tokenOf(data)),
    [good, bad],
    'what was thrown away is not delivered',
  );
  await gateway.event('spool-changed', ({ what }) => what === 'released');
  const changes = (await gateway.events()).flatMap((event) => (event.type === 'spool-changed' ? [event.what] : []));
  assert.deepEqual(changes, ['discarded', 'discarded', 'restored', 'restored', 'stopped', 'discarded', 'released']);
});

test('a standing order takes what still arrives out of the spool', async (t) => {
  const hub = await startFakeHub();
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: { spool: { enabled: true, freeDisk: '0', longestPause: '60s' }, quarantine: { freeDisk: '0' } },
  });
  const send = (from: string) =>
    deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['ann@hub.example'], content: letter({ subject: 'Great prize' }) });
  assert.equal((await send('x@client.example')).end?.code, 250);
  await hub.close();
  const args = ['queue', 'discard', '--store', 'floodgate', '--subject', 'great prize', '--for', '1h', '--yes', '--state', gateway.state];
  const order = startProcess(t, process.execPath, [bin, ...args]);
  let stdout = '';
  order.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await until('the order to stand', () => stdout.includes('the same is done to what arrives'));
  const { end } = await send('thief@client.example');
  const reference = (end && referenceIn(end)) ?? '';
  await gateway.event('spool-changed', ({ ref, what }) => ref === reference && what === 'discarded');
  order.kill('SIGINT');
  await until('the order to end', () => order.exitCode !== null);
  const undone = await gateway.command('queue', 'undo', actionIn(stdout));
  assert.equal(undone.code, 0, undone.stderr);
  assert.ok((await gateway.command('spool', 'list', '--json')).stdout.includes(reference));
});
