// ipset and iptables: a shell script, because the two have files of their own. Sets are filled aside and swapped in at once.
import type { DropEntry } from '../drop-plan.ts';
import { byFamily, headOf, secondsLeft, type ExportSheet } from './sheet.ts';

/** The kernel's bound on the timeout of a set's element, in seconds. */
const longestTimeout = 2_147_483;

/** As `sh` runs it, as root. Running it again replaces what was loaded before. */
export function toIptables(sheet: ExportSheet): string {
  const { v4, v6 } = byFamily(sheet.networks.entries);
  const words = [
    'Load: sh FILE, as root. Undo: for x in iptables ip6tables; do $x -t raw -D PREROUTING -j FLOODGATE; $x -t raw -F FLOODGATE; $x -t raw -X FLOODGATE; done',
    '      ipset destroy floodgate4; ipset destroy floodgate6',
  ];
  return [
    '#!/bin/sh',
    ...headOf(sheet, words).map((line) => `# ${line}`),
    'set -e',
    "ipset -exist restore <<'END'",
    ...restoreLines('floodgate4', 'inet', v4, sheet.atMs),
    ...restoreLines('floodgate6', 'inet6', v6, sheet.atMs),
    'END',
    ...rules('iptables', 'floodgate4', sheet.ports),
    ...rules('ip6tables', 'floodgate6', sheet.ports),
    '',
  ].join('\n');
}

function restoreLines(name: string, family: 'inet' | 'inet6', entries: readonly DropEntry[], atMs: number): readonly string[] {
  const shape = `hash:net family ${family} hashsize 4096 maxelem 131072 timeout 3600`;
  return [
    `create ${name} ${shape}`,
    `create ${name}-next ${shape}`,
    `flush ${name}-next`,
    ...entries.map((entry) => `add ${name}-next ${entry.text} timeout ${Math.min(longestTimeout, secondsLeft(entry, atMs))}`),
    `swap ${name} ${name}-next`,
    `destroy ${name}-next`,
  ];
}

/** The chain is replaced, and hung in once. Connection attempts only: see nftables.ts. */
const rules = (program: 'iptables' | 'ip6tables', set: string, ports: readonly number[]): readonly string[] => [
  `${program}-restore --noflush <<'END'`,
  '*raw',
  ':FLOODGATE - [0:0]',
  `-A FLOODGATE -p tcp --syn -m multiport --dports ${ports.join(',')} -m set --match-set ${set} src -j DROP`,
  'COMMIT',
  'END',
  `${program} -t raw -C PREROUTING -j FLOODGATE 2>/dev/null || ${program} -t raw -I PREROUTING -j FLOODGATE`,
];
