// Cisco IOS and IOS XE: one extended access list for each family, to be hung on the interface that faces the world.
import type { Cidr } from '../../lib/ip.ts';
import type { DropEntry } from '../drop-plan.ts';
import { byFamily, expiryRemark, headOf, whyListed, type ExportSheet } from './sheet.ts';

/** Characters: IOS cuts a remark there. */
const maxRemark = 100;

/** As a configuration session takes it. */
export function toIos(sheet: ExportSheet): string {
  const { v4, v6 } = byFamily(sheet.networks.entries);
  const words = [
    'Load: copy into a configuration session, or copy tftp: running-config. It replaces the two lists.',
    'Hang it on the interface that faces the world, once: ip access-group FLOODGATE in / ipv6 traffic-filter FLOODGATE6 in',
    'Where that interface has a list already, put the deny lines at its head instead: an interface has one list for each direction.',
    'Undo: no ip access-group FLOODGATE in / no ipv6 traffic-filter FLOODGATE6 in, on the interface.',
    ...expiryRemark(sheet.networks.entries),
  ];
  return [
    ...headOf(sheet, words).map((line) => `! ${line}`),
    'no ip access-list extended FLOODGATE',
    'ip access-list extended FLOODGATE',
    ...v4.flatMap((entry) => denyLines(entry, wildcard(entry.network), sheet.ports)),
    // An access list ends with an unwritten "deny everything".
    ' permit ip any any',
    'no ipv6 access-list FLOODGATE6',
    'ipv6 access-list FLOODGATE6',
    ...v6.flatMap((entry) => denyLines(entry, entry.network.bits === 128 ? `host ${addressOf(entry)}` : entry.text, sheet.ports)),
    ' permit ipv6 any any',
    'end',
    '',
  ].join('\n');
}

const denyLines = (entry: DropEntry, source: string, ports: readonly number[]): readonly string[] => [
  ` remark ${whyListed(entry).slice(0, maxRemark)}`,
  ...ports.map((port) => ` deny tcp ${source} any eq ${port}`),
];

const addressOf = ({ text }: DropEntry): string => text.slice(0, text.indexOf('/'));

/** IPv4 source with the bits that do not matter set. */
function wildcard({ words, bits }: Cidr): string {
  const address = dotted(words[0] ?? 0);
  return bits === 32 ? `host ${address}` : `${address} ${dotted(2 ** (32 - bits) - 1)}`;
}

const dotted = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
