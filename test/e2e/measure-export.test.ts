// `measure export` of a running gateway: what is in force goes out, what must not be dropped does not, and both are told.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import type { Owner } from '../harness/scratch.ts';

const whole: Owner = { after };
const gateway = await startGateway(whole, {
  hub: '203.0.113.9:25',
  config: { site: { networks: ['127.0.0.1/32', '10.20.0.0/16'] }, neverBlock: { networks: ['198.51.100.0/28'] }, kernel: { socket: './no-helper.sock' } },
});
const floodgate = async (...words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await gateway.command('measure', ...words);
  assert.equal(code, 0, stderr);
  return stdout;
};
const add = (client: string, action: string, ...more: readonly string[]) =>
  floodgate('add', '--client', client, '--action', action, '--for', '1h', '--reason', 'a test', ...more);

test('what drops or refuses at the banner goes out; what only defers, and what is ours, does not, and both are told', async () => {
  await add('198.18.7.0/24', 'drop');
  await add('2001:db8:5::/48', 'refuse-at-banner');
  await add('198.18.7.200', 'defer');
  await add('203.0.113.0/24', 'drop'); // the hub is in it
  await add('198.51.100.0/24', 'drop', '--force'); // somebody insists, at the gateway
  const text = await floodgate('export', '--format', 'nftables', '--ports', '25,2525');
  assert.match(text, /198\.18\.7\.0\/24 timeout 3[56]\d\ds/);
  assert.match(text, /2001:db8:5::\/48 timeout/);
  assert.match(text, /tcp dport \{ 25, 2525 \}/);
  assert.doesNotMatch(text, /(?:198\.18\.7\.200|203\.0\.113\.0|198\.51\.100\.0)\S* timeout/);
  for (const said of [/defer is done by the gateway/, /touches 203\.0\.113\.9 \(a next hop\)/, /touches 198\.51\.100\.0\/28 \(neverBlock/])
    assert.match(text, said);
  const { networks, leftOut } = JSON.parse(await floodgate('export', '--format', 'rpz', '--json')) as { networks: number; leftOut: readonly unknown[] };
  assert.deepEqual([networks, leftOut.length], [2, 3]);
  assert.equal((await floodgate('export')).trim().split('\n').length, 5, 'JSON has them all');
});

test('wrong ports and formats are named, and nothing is written', async () => {
  for (const [words, exit, said] of [
    [['--format', 'nftables', '--ports', '25;drop'], 1, /ports are up to 15 numbers/],
    [['--format', 'xml'], 2, /--format xml is not known/],
  ] as const) {
    const { code, stdout, stderr } = await gateway.command('measure', 'export', ...words);
    assert.deepEqual([code, stdout], [exit, '']);
    assert.match(stderr, said);
  }
});

test('without its kernel helper the gateway runs, says so once, and shows it', async () => {
  const { socket } = await gateway.event('kernel-helper-lost');
  assert.match(socket, /no-helper\.sock$/);
  const { stdout } = await gateway.command('status');
  assert.match(stdout, /TROUBLE the kernel helper cannot be used: connect ENOENT/);
  assert.equal((await gateway.events()).filter(({ type }) => type === 'kernel-helper-lost').length, 1);
});
