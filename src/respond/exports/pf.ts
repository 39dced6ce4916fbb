// pf: a table and one rule, for pf.conf of OpenBSD and FreeBSD.
import { expiryRemark, headOf, whyListed, type ExportSheet } from './sheet.ts';

/** As pf.conf holds it; meant to be included before the site's own rules. */
export function toPf(sheet: ExportSheet): string {
  const { entries } = sheet.networks;
  const words = [
    'Load: include "FILE" in pf.conf, before the rules that pass mail; then pfctl -f /etc/pf.conf. Undo: remove the line, and pfctl -f again.',
    'At once, until the next load: pfctl -t floodgate -T delete NETWORK',
    ...expiryRemark(entries),
  ];
  const table = entries.map((entry) => `  ${entry.text} # ${whyListed(entry)}`);
  return [
    ...headOf(sheet, words).map((line) => `# ${line}`),
    ...(table.length === 0 ? ['table <floodgate> persist'] : ['table <floodgate> persist {', ...table, '}']),
    // Connection attempts only, as in nftables.ts; states that exist pass in pf anyway.
    `block drop in quick proto tcp from <floodgate> to any port { ${sheet.ports.join(', ')} } flags S/SAFR`,
    '',
  ].join('\n');
}
