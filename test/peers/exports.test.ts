// Exports as the programs they are for read them. IOS, Junos and pf are not to be had on this system: their grammars are held in
// src/respond/exports/.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportFormats, type ExportFormat } from '../../src/respond/exports/catalogue.ts';
import { sampleExport, sampleMeasures } from '../../src/respond/sample-sheet.ts';
import { measureOf } from '../../src/respond/sample-measures.ts';
import { makeHost } from '../harness/netns.ts';
import { requirePeers, peerPath } from '../harness/peer.ts';
import { runProgram, scratchDirectory, type Finished, type Owner } from '../harness/scratch.ts';

/** The export in a file of its own, with something more below it. */
function fileOf(owner: Owner, format: ExportFormat, { measures = sampleMeasures, more = '' } = {}): string {
  const path = join(scratchDirectory(owner, format), format);
  writeFileSync(path, sampleExport(format, measures) + more);
  return path;
}

test('nft takes the table, twice over, and shows what is in it; also when it is empty', (t) => {
  if (!requirePeers(t, 'ip', 'nft')) return;
  const host = makeHost(t, 'nft');
  const file = fileOf(t, 'nftables');
  host.run('nft', '-c', '-f', file);
  host.run('nft', '-f', file);
  host.run('nft', '-f', file);
  const listed = host.run('nft', 'list', 'table', 'inet', 'floodgate');
  for (const element of ['192.0.2.7', '198.51.100.0/22', '203.0.113.0/24', '2001:db8:1::/48', '2001:db8:18::/45'])
    assert.match(listed, new RegExp(`${element.replaceAll('.', '\\.')} timeout [12]h expires`));
  assert.match(listed, /hook prerouting priority raw/);
  host.run('nft', '-f', fileOf(t, 'nftables', { measures: [] }));
  assert.doesNotMatch(host.run('nft', 'list', 'table', 'inet', 'floodgate'), /elements/);
});

test('nft takes many networks, one within another and all', (t) => {
  if (!requirePeers(t, 'ip', 'nft')) return;
  const host = makeHost(t, 'many');
  const measures = Array.from({ length: 5000 }, (_, at) =>
    measureOf({ id: `m-${at}`, scope: { client: `198.${at >>> 8}.${at & 255}.${at % 7}/${24 + (at % 9)}` }, expiresAt: Date.UTC(2026, 10, 21, 10) }),
  );
  host.run(
    'nft',
    '-f',
    fileOf(t, 'nftables', { measures: [...measures, measureOf({ scope: { client: '198.3.0.0/16' }, expiresAt: Date.UTC(2026, 10, 21, 10) })] }),
  );
});

test('ipset and iptables take the script, twice over, and one network within another', (t) => {
  if (!requirePeers(t, 'ip', 'ipset', 'iptables')) return;
  const host = makeHost(t, 'ipset');
  const file = fileOf(t, 'iptables');
  host.run('sh', file);
  host.run('sh', file);
  host.run('ipset', 'test', 'floodgate4', '203.0.113.99');
  host.run('ipset', 'test', 'floodgate6', '2001:db8:1::7');
  assert.throws(() => host.run('ipset', 'test', 'floodgate4', '10.20.3.1'));
  const listed = host.run('ipset', 'list', 'floodgate4');
  assert.match(listed, /^198\.51\.101\.128\/25 timeout 10[78]\d\d$/m);
  for (const program of ['iptables', 'ip6tables']) {
    const rules = host.run(`${program}-save`, '-t', 'raw');
    assert.equal(rules.match(/^-A PREROUTING -j FLOODGATE$/gm)?.length, 1, 'hung in once');
    assert.equal(rules.match(/^-A FLOODGATE .*--dports 25,465,587 .*-j DROP$/gm)?.length, 1);
  }
  host.run('sh', fileOf(t, 'iptables', { measures: [] }));
  assert.match(host.run('ipset', 'list', '-t', 'floodgate4'), /Number of entries: 0/);
});

for (const format of ['rpz', 'dnsbl'] as const) {
  test(`named-checkzone takes the zone of ${format}, also when it is empty`, async (t) => {
    if (!requirePeers(t, 'named-checkzone')) return;
    for (const measures of [sampleMeasures, []]) {
      const { code, stdout } = await runProgram(peerPath('named-checkzone'), ['-i', 'local', 'zone.example', fileOf(t, format, { measures })]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /loaded serial 1795251600\nOK/);
    }
  });
}

test('rbldnsd reads the list, and has in it what it should', async (t) => {
  if (!requirePeers(t, 'rbldnsd')) return;
  const dump = async (path: string): Promise<Finished> => runProgram(peerPath('rbldnsd'), ['-d', '-f', `bl.example:combined:${path}`]);
  const { code, stdout, stderr } = await dump(fileOf(t, 'rbldnsd'));
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /warning|invalid|error/i);
  assert.doesNotMatch(stdout, /\$ORIGIN\s+floodgate4/, 'the name of a part is no subzone');
  for (const name of ['7.2.0.192', '*.113.0.203', '2.0.0.127', '*.1.0.0.0.8.b.d.0.1.0.0.2', '2.0.0.0.0.0.f.7.f.f.f.f.0'])
    assert.ok(stdout.includes(name), `${name} in\n${stdout}`);
  const empty = await dump(fileOf(t, 'rbldnsd', { measures: [] }));
  assert.equal(empty.code, 0, empty.stderr);
});

for (const [template, expected] of [
  ['floodgate', /recoded route flow source-ipv4 192\.0\.2\.7\/32 protocol =tcp destination-port =25 .*rate-limit:0/],
  ['floodgate-blackhole', /recoded route 192\.0\.2\.7\/32 next-hop 192\.0\.2\.1 .*community \[ blackhole no-export \]/],
] as const) {
  test(`exabgp takes the template ${template}, and encodes single addresses alone`, async (t) => {
    if (!requirePeers(t, 'exabgp')) return;
    const neighbour = `neighbor 127.0.0.1 {\n  inherit ${template};\n  router-id 127.0.0.2;\n  local-address 127.0.0.2;\n  local-as 65000;\n  peer-as 65000;\n}\n`;
    for (const measures of [sampleMeasures, []]) {
      const { code, stdout, stderr } = await runProgram(peerPath('exabgp'), ['--test', '--debug', fileOf(t, 'exabgp', { measures, more: neighbour })]);
      assert.equal(code, 0, stdout + stderr);
      const routes = (stdout + stderr).split('\n').filter((line) => /recoded route/.test(line));
      assert.equal(routes.length, measures.length === 0 ? 0 : 2, 'one address of each family');
      if (measures.length > 0)
        assert.ok(
          routes.some((line) => expected.test(line)),
          routes.join('\n'),
        );
    }
  });
}

test('each format is read here by its own program, or held against its grammar beside it', () => {
  const here: readonly ExportFormat[] = ['nftables', 'iptables', 'rpz', 'dnsbl', 'rbldnsd', 'exabgp'];
  const beside: readonly ExportFormat[] = ['ios', 'junos', 'pf'];
  assert.deepEqual([...here, ...beside].toSorted(), [...exportFormats].toSorted());
});
