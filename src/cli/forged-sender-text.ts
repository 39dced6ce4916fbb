// The case of a forged sender as a person reads it.
import type { Counted, ForgedSenderCase } from '../incidents/forged-sender-case.ts';
import { holdMeanwhile, whyNothingIsRefused } from '../model/forged-refusal.ts';

/** Entries of each list that are shown. */
const shown = 5;

/** A few lines, each ended by a line feed. `whose`: the address or domain that is forged. */
export function forgedSenderText(it: ForgedSenderCase, whose: string): string {
  const row = (title: string, counted: readonly Counted[], inAll?: number): readonly string[] => {
    if (counted.length === 0) return [];
    const more = inAll === undefined || inAll <= shown ? '' : ` (${it.inAllError > 0 ? 'about ' : ''}${inAll} in all)`;
    const rest = counted.slice(shown);
    const others = inAll !== undefined || rest.length === 0 ? '' : `, ${rest.length} more ${rest.reduce((sum, { count }) => sum + count, 0)}`;
    return [`  ${title.padEnd(10)} ${counted.slice(0, shown).map(countedText).join(', ')}${others}${more}`];
  };
  return [
    `${it.probable ? 'probably ' : ''}forged mail in our name: ${it.reports} reports on it, ${it.first ?? '-'} to ${it.last ?? '-'}`,
    it.probable
      ? `  beside them ${it.ours} on mail of ours; of none of the ${it.reports} can it be told for certain`
      : `  beside them ${it.ours} on mail of ours, ${it.unproven} that cannot be told`,
    ...nothingRefused(it, whose),
    ...row('kinds', it.kinds),
    ...row('languages', it.languages),
    ...row('of mail', it.mailLanguages),
    ...row('forged', it.addresses, it.addressesInAll),
    ...row('origins', it.origins, it.originsInAll),
    ...row('networks', it.networks),
    ...row('systems', it.systems),
    ...row('countries', it.countries),
    ...row('reporters', it.reporters, it.reportersInAll),
    ...it.clusters.slice(0, shown).flatMap(clusterText),
    '',
  ].join('\n');
}

/** What neither the measure nor the check forged-bounce does just now, why, and what helps until then. */
function nothingRefused(it: ForgedSenderCase, whose: string): readonly string[] {
  const why = whyNothingIsRefused(it, whose);
  return why === null ? [] : [`  ${why}`, `  ${holdMeanwhile(whose)}`];
}

/** With what it is too high by at most. */
const countedText = ({ name, count, error }: Counted): string => `${name} ${count}${error === undefined ? '' : ` (-${error})`}`;

/** A campaign: how many, of what subjects, what they have in common, from where. */
function clusterText({ name, count, sample, subjects, alike, networks }: ForgedSenderCase['clusters'][number]): readonly string[] {
  const others = subjects > 1 ? ` and ${subjects - 1} other subjects` : '';
  const more = [...(alike.length > 0 ? [`alike: ${alike.join(', ')}`] : []), ...(networks.length > 0 ? [`from ${networks.map(countedText).join(', ')}`] : [])];
  return [
    `  ${String(count).padStart(7)} x ${JSON.stringify(name)}${others} (floodgate explain ${sample})`,
    ...(more.length > 0 ? [`            ${more.join('; ')}`] : []),
  ];
}
