import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleExport } from '../sample-sheet.ts';
import { measureOf } from '../sample-measures.ts';
import { exportFormats, isExportFormat, type ExportFormat } from './catalogue.ts';

/** Lines that a format must have, and one that would hurt. */
const cases: Readonly<Record<ExportFormat, { readonly has: readonly string[]; readonly hasNot: RegExp; readonly comment: RegExp }>> = {
  nftables: {
    has: ['192.0.2.7/32 timeout 3600s,', '198.51.100.0/22 timeout 7200s', '2001:db8:2::5/128 timeout 3600s,', 'tcp dport { 25, 465, 587 }', 'priority raw'],
    hasNot: /198\.51\.101\.128\/25 timeout/, // an interval set holds no network within another
    comment: /^#/,
  },
  iptables: {
    has: [
      'add floodgate4-next 198.51.101.128/25 timeout 10800',
      'add floodgate6-next 2001:db8:1::/48 timeout 3600',
      '--dports 25,465,587',
      'swap floodgate4 floodgate4-next',
    ],
    hasNot: /-P INPUT/,
    comment: /^#/,
  },
  pf: {
    has: ['198.51.101.128/25 # m-0000000003 until 2026-11-21T12:00:00Z', 'block drop in quick proto tcp from <floodgate> to any port { 25, 465, 587 }'],
    hasNot: /^block.*all/m,
    comment: /^#/,
  },
  ios: {
    has: [
      ' deny tcp host 192.0.2.7 any eq 25',
      ' deny tcp 198.51.100.0 0.0.3.255 any eq 587',
      ' deny tcp host 2001:db8:2::5 any eq 465',
      ' permit ip any any',
      ' permit ipv6 any any',
    ],
    hasNot: /deny (?:ip|ipv6) any/,
    comment: /^!/,
  },
  junos: {
    has: ['        198.51.100.0/22;', 'destination-port [ 25 465 587 ];', 'next-header tcp;', 'then accept;'],
    hasNot: /apply-groups/,
    comment: /^\/\*.*\*\/$/,
  },
  exabgp: {
    has: [
      'route 192.0.2.7/32 next-hop 192.0.2.1 community [ 65535:666 no-export ];',
      'match { source 192.0.2.7/32; protocol tcp; destination-port =25; }',
      'match { source 2001:db8:2::5/128; next-header tcp; destination-port =25; }',
      'left out: m-0000000002 198.51.100.0/22 is not one address',
    ],
    hasNot: /^\s*route 198|^neighbor/m, // nothing wide, and nobody to announce it to
    comment: /^#/,
  },
  rpz: {
    has: [
      '32.7.2.0.192.rpz-ip CNAME .',
      '48.zz.1.db8.2001.rpz-ip CNAME .',
      '128.5.zz.2.db8.2001.rpz-ip CNAME .',
      'spam.example.net CNAME .',
      '*.bulk.example.net CNAME .',
    ],
    hasNot: /^example\.org/m,
    comment: /^;/,
  },
  rbldnsd: {
    has: ['$DATASET ip4trie:floodgate4 @', '198.51.101.128/25 :127.0.0.2:m-0000000003', '2001:db8:1::/48 :127.0.0.2:m-0000000004'],
    hasNot: /^127\.0\.0\.1 /m,
    comment: /^#/,
  },
  dnsbl: {
    has: ['7.2.0.192 A 127.0.0.2', '*.100.51.198 A 127.0.0.2', '*.103.51.198 A 127.0.0.2', '*.113.0.203 A 127.0.0.2', '2.0.0.127 A 127.0.0.2'],
    hasNot: /^(?:\*\.)?104\.51\.198|^128\.101|^1\.0\.0\.127/m,
    comment: /^;/,
  },
};

for (const format of exportFormats) {
  const { has, hasNot, comment } = cases[format];
  test(`${format} says what is blocked, and nothing that would hurt`, () => {
    const text = sampleExport(format);
    for (const line of has) assert.ok(text.includes(line), `${line} in:\n${text}`);
    assert.doesNotMatch(text, hasNot);
  });

  test(`${format} names what was left out and why, the next hop it cannot spare, and who wrote it, all in comments`, () => {
    const lines = sampleExport(format).split('\n');
    const head = lines.slice(lines[0]?.startsWith('#!') === true ? 1 : 0);
    for (const said of [
      /Floodgate at mx\.example\.org, 2026-11-21T09:00:00Z/,
      /left out: m-0000000010 touches 10\.20\.0\.0\/16/,
      /left out: m-0000000011 names user/,
      /hub\.internal/,
    ]) {
      const line = head.find((each) => said.test(each));
      assert.match(line ?? `nothing says ${String(said)}`, comment);
    }
  });

  test(`${format} lets no word of a measure out of its comment: a name with a line end is a stranger's`, () => {
    assert.doesNotMatch(sampleExport(format), /drop;$/m);
    assert.doesNotMatch(sampleExport(format), /[^\x0a\x20-\x7e]/);
  });

  test(`${format} never names our own networks as blocked`, () => {
    assert.doesNotMatch(
      sampleExport(format)
        .split('\n')
        .filter((line) => !comment.test(line))
        .join('\n'),
      /10\.20\.3|3\.20\.10/,
    );
  });

  test(`${format} without measures still loads: that is how the last one is taken away`, () => {
    const text = sampleExport(format, []);
    assert.match(text, /Networks of measures in force: 0\./);
    assert.doesNotMatch(text, /Infinity|NaN|undefined|Invalid/);
  });
}

test('a format without expiry says when it must be loaded again', () => {
  for (const format of ['pf', 'ios', 'junos', 'exabgp', 'rpz', 'rbldnsd', 'dnsbl'] as const)
    assert.match(sampleExport(format), /first measure ends at 2026-11-21T10:00:00Z/);
  assert.match(sampleExport('nftables'), /198\.51\.101\.128\/25 is in 198\.51\.100\.0\/22, which ends before it/);
});

test('what ends within the second still has one, and a set of ipset no longer timeout than it takes', () => {
  const soon = measureOf({ expiresAt: Date.UTC(2026, 10, 21, 9) + 1 });
  assert.match(sampleExport('nftables', [soon]), /timeout 1s/);
  const late = measureOf({ expiresAt: Date.UTC(2028, 10, 21) });
  assert.match(sampleExport('iptables', [late]), /timeout 2147483$/m);
});

test('names of formats are known by name only', () => {
  assert.ok(isExportFormat('rpz'));
  assert.equal(isExportFormat('toString'), false);
});
