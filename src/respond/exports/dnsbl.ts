// A DNS block list (RFC 5782) as a plain zone file, for BIND, NSD and Knot.
import type { DropEntry } from '../drop-plan.ts';
import { expiryRemark, flatten, headOf, whyListed, type ExportSheet } from './sheet.ts';
import { apex, dnsblNames } from './zone-names.ts';

/** RFC 5782 5: an entry by which users see that the list works; 127.0.0.1 is never listed. */
const testEntries = ['2.0.0.127', '2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0'];

/** As a zone file; names are relative, so the zone is called what the operator calls it. */
export function toDnsbl(sheet: ExportSheet): string {
  // A name below a wildcard hides the wildcard from its neighbours (RFC 4592 2.2.2), so nothing may lie within another.
  const { kept, remarks } = flatten(sheet.networks.entries);
  const words = [
    'Load: as the zone of a block list, like bl.example.org; ask it from the hub. Undo: stop asking it.',
    ...remarks,
    ...expiryRemark(sheet.networks.entries),
  ];
  return [
    ...headOf(sheet, words).map((line) => `; ${line}`),
    ...apex(sheet.atMs),
    ...testEntries.flatMap((name) => records(name, 'test entry')),
    ...kept.flatMap((entry: DropEntry) => dnsblNames(entry.network).flatMap((name) => records(name, whyListed(entry)))),
    '',
  ].join('\n');
}

/** RFC 5782 2.1: an address in 127.0.0.0/8 and a text that says why. */
const records = (name: string, why: string): readonly string[] => [`${name} A 127.0.0.2`, `${name} TXT "${why.replaceAll(/["\\]/g, '?')}"`];
