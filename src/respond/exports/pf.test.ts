// pfctl is not to be had here, so the output is held against the grammar of pf.conf(5): a table of addresses and one rule.
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { sampleExport } from '../sample-sheet.ts';

/** Reads `table <NAME> persist { ADDRESS ... }` and the rule; throws on anything else. */
function parse(text: string): { readonly networks: readonly string[]; readonly ports: readonly number[] } {
  const bare = text.replaceAll(/#.*$/gm, '').replaceAll(/\s+/g, ' ').trim();
  const rule = String.raw`block drop in quick proto tcp from <floodgate> to any port \{ ([\d, ]+) \} flags S/SAFR`;
  const [, list = '', ports] = new RegExp(`^table <floodgate> persist (?:\\{ ([^{}<>]*) \\} )?${rule}$`).exec(bare) ?? [];
  assert.ok(ports !== undefined, bare);
  const networks = list === '' ? [] : list.split(' ');
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    assert.ok(isIP(address) !== 0 && Number(bits) <= (isIP(address) === 4 ? 32 : 128), network);
  }
  return { networks, ports: ports.split(', ').map(Number) };
}

test('the table and the rule are ones that pf takes, also when the table is empty', () => {
  const { networks, ports } = parse(sampleExport('pf'));
  assert.deepEqual(ports, [25, 465, 587]);
  assert.equal(networks.length, 7);
  assert.ok(networks.includes('2001:db8:18::/45'));
  assert.deepEqual(parse(sampleExport('pf', [])).networks, []);
});

test('the grammar refuses what pf refuses, or this test would say nothing', () => {
  const good = sampleExport('pf');
  for (const [from, to] of [
    ['192.0.2.7/32', '192.0.2.777/32'],
    ['port { 25', 'port 25'],
    ['<floodgate> persist', 'floodgate persist'],
  ] as const)
    assert.throws(() => parse(good.replace(from, to)), Error, to);
});
