// nft -f: a table of its own with two sets whose elements end by themselves, and a chain before connection tracking.
import type { DropEntry } from '../drop-plan.ts';
import { byFamily, flatten, headOf, secondsLeft, type ExportSheet } from './sheet.ts';

/** As `nft -f` reads it. Loading it again replaces the table in one transaction. */
export function toNftables(sheet: ExportSheet): string {
  const { kept, remarks } = flatten(sheet.networks.entries);
  const { v4, v6 } = byFamily(kept);
  const words = ['Load: nft -f FILE (replaces what was loaded before). Undo: nft delete table inet floodgate', ...remarks];
  return [
    ...headOf(sheet, words).map((line) => `# ${line}`),
    // A table that is not there cannot be deleted, so it is made first.
    'table inet floodgate',
    'delete table inet floodgate',
    'table inet floodgate {',
    setOf('blocked4', 'ipv4_addr', v4, sheet.atMs),
    setOf('blocked6', 'ipv6_addr', v6, sheet.atMs),
    '  chain arriving {',
    '    type filter hook prerouting priority raw; policy accept;',
    ...dropRules(sheet.ports, 'counter').map((rule) => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n');
}

/**
 * The rules that drop connection attempts from both sets. Attempts only: whoever is in a session hears a reply at the next command and
 * goes, instead of holding a place until a deadline.
 */
export const dropRules = (ports: readonly number[], counter: string): readonly string[] =>
  (['ip saddr @blocked4', 'ip6 saddr @blocked6'] as const).map(
    (from) => `tcp dport { ${ports.join(', ')} } tcp flags & (fin | syn | rst | ack) == syn ${from} ${counter} drop`,
  );

function setOf(name: string, type: string, entries: readonly DropEntry[], atMs: number): string {
  const elements = entries.map((entry) => `      ${entry.text} timeout ${secondsLeft(entry, atMs)}s`).join(',\n');
  return [
    `  set ${name} {`,
    `    type ${type}`,
    '    flags interval, timeout',
    ...(elements === '' ? [] : [`    elements = {\n${elements}\n    }`]),
    '  }',
  ].join('\n');
}
