// A DNS block list for rbldnsd: a file of the type `combined`, so that one zone has both families.
import type { DropEntry } from '../drop-plan.ts';
import { byFamily, expiryRemark, headOf, whyListed, type ExportSheet } from './sheet.ts';
import { zoneTtl } from './zone-names.ts';

/** As `rbldnsd ZONE:combined:FILE` reads it. */
export function toRbldnsd(sheet: ExportSheet): string {
  const { v4, v6 } = byFamily(sheet.networks.entries);
  const words = [
    'Load: rbldnsd ... bl.example.org:combined:FILE; it reads the file again when it changes. Undo: stop asking the list.',
    ...expiryRemark(sheet.networks.entries),
  ];
  return [
    ...headOf(sheet, words).map((line) => `# ${line}`),
    `$SOA ${zoneTtl} localhost. hostmaster.localhost. ${Math.floor(sheet.atMs / 1000)} 300 60 86400 ${zoneTtl}`,
    `$NS ${zoneTtl} localhost.`,
    `$TTL ${zoneTtl}`,
    ...dataset('ip4trie', 'floodgate4', '127.0.0.2', v4),
    ...dataset('ip6trie', 'floodgate6', '::ffff:7f00:2', v6),
    '',
  ].join('\n');
}

/** RFC 5782 5: the test entry comes first. A value of :A:TXT belongs to one entry. */
const dataset = (type: 'ip4trie' | 'ip6trie', name: string, test: string, entries: readonly DropEntry[]): readonly string[] => [
  `$DATASET ${type}:${name} @`,
  `${test} :127.0.0.2:test entry`,
  ...entries.map((entry) => `${entry.text} :127.0.0.2:${whyListed(entry)}`),
];
