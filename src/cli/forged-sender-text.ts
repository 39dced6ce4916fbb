// The case of a forged sender as a person reads it.
import type { Counted, ForgedSenderCase } from '../incidents/forged-sender-case.ts';

/** Entries of each list that are shown. */
const shown = 5;

/** A few lines, each ended by a line feed. */
export function forgedSenderText(it: ForgedSenderCase): string {
  const row = (title: string, counted: readonly Counted[], inAll?: number): readonly string[] => {
    if (counted.length === 0) return [];
    const more = inAll === undefined || inAll <= shown ? '' : ` (${inAll} in all)`;
    return [
      `  ${title.padEnd(10)} ${counted
        .slice(0, shown)
        .map(({ name, count }) => `${name} ${count}`)
        .join(', ')}${more}`,
    ];
  };
  return [
    `forged mail in our name: ${it.reports} reports on it, ${it.first ?? '-'} to ${it.last ?? '-'}`,
    `  beside them ${it.ours} on mail of ours, ${it.unproven} that cannot be told`,
    ...row('kinds', it.kinds),
    ...row('languages', it.languages),
    ...row('forged', it.addresses, it.addressesInAll),
    ...row('origins', it.origins, it.originsInAll),
    ...row('networks', it.networks),
    ...row('countries', it.countries),
    ...row('reporters', it.reporters, it.reportersInAll),
    ...it.clusters.slice(0, shown).map(({ name, count, sample }) => `  ${String(count).padStart(7)} x ${JSON.stringify(name)} (floodgate explain ${sample})`),
    '',
  ].join('\n');
}
