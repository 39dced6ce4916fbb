// A response policy zone: a resolver that has it says NXDOMAIN for blocked sender domains, and for names that lead to blocked networks.
import { expiryRemark, headOf, whyListed, type ExportSheet } from './sheet.ts';
import { apex, rpzName } from './zone-names.ts';

/** As a zone file for `response-policy` of BIND, or for Unbound, PowerDNS and Knot Resolver. */
export function toRpz(sheet: ExportSheet): string {
  const { networks, domains } = sheet;
  const words = [
    'Load: as the zone of a response-policy statement of the resolver that the mail hub asks. Undo: take the zone out of that statement.',
    'It acts on every program that asks this resolver, the web browsers as well: give the hub a resolver of its own.',
    `Sender domains: ${domains.entries.length}.`,
    ...expiryRemark([...networks.entries, ...domains.entries]),
  ];
  // A measure is told once, however it was looked at: what names no network may name a domain.
  const planned = new Set(domains.entries.flatMap(({ measures }) => measures));
  const told = new Map(networks.leftOut.filter(({ measure }) => !planned.has(measure)).map((each) => [each.measure, each]));
  for (const each of domains.leftOut) told.set(each.measure, each);
  return [
    ...headOf(sheet, words, [...told.values()]).map((line) => `; ${line}`),
    ...apex(sheet.atMs),
    ...networks.entries.map((entry) => `${rpzName(entry.text)} CNAME . ; ${whyListed(entry)}`),
    ...domains.entries.map((entry) => `${entry.reach === 'below' ? '*.' : ''}${entry.domain} CNAME . ; ${whyListed(entry)}`),
    '',
  ].join('\n');
}
