// ExaBGP: proposals for a router of the site's own, never announced by us. A blackhole takes a whole host off the net, shared or not;
// flowspec takes mail alone. Single addresses only: nobody accepts, and nobody should, what a mistake could make wide.
import type { DropEntry } from '../drop-plan.ts';
import { expiryRemark, headOf, moment, secondsLeft, type ExportSheet } from './sheet.ts';

/** Where a router of ours sends what is to vanish: RFC 5737 192.0.2.1 and the discard prefix of RFC 6666. Both need a route to null there. */
const nowhere = { 4: '192.0.2.1', 6: '100::1' } as const;
const single = { 4: 32, 6: 128 } as const;

/** As a configuration file of ExaBGP 4; a neighbour that inherits the template announces it. */
export function toExabgp(sheet: ExportSheet): string {
  const { entries } = sheet.networks;
  const hosts = entries.filter(({ network }) => network.bits === single[network.family]);
  const wide = entries
    .filter((entry) => !hosts.includes(entry))
    .map(({ text, measures }) => ({ measure: measures.join(' '), why: `${text} is not one address` }));
  const words = [
    'PROPOSALS. Nothing is announced before a neighbour of yours says "inherit floodgate;" or "inherit floodgate-blackhole;".',
    'floodgate: flowspec (RFC 8955), TCP to port 25 from the host, discarded. The host may be shared: its other users lose their mail to you as well.',
    'floodgate-blackhole: community 65535:666 (RFC 7999). As a source it takes unicast RPF on your routers (RFC 5635); the host loses EVERYTHING with you.',
    'To routers of your own only: the prefixes are not yours, and a peer would be right to call it a hijack. no-export is set.',
    'Blackholing an address that is under attack completes the attack.',
    ...expiryRemark(hosts),
  ];
  return [
    ...headOf(sheet, words, [...sheet.networks.leftOut, ...wide]).map((line) => `# ${line}`),
    'template {',
    '  neighbor floodgate {',
    '    family { ipv4 flow; ipv6 flow; }',
    ...section(
      'flow',
      hosts.flatMap((entry, index) => [remarkOf(entry, sheet.atMs), ...flow(entry, index)]),
    ),
    '  }',
    '  neighbor floodgate-blackhole {',
    '    family { ipv4 unicast; ipv6 unicast; }',
    ...section(
      'static',
      hosts.flatMap((entry) => [remarkOf(entry, sheet.atMs), blackhole(entry)]),
    ),
    '  }',
    '}',
    '',
  ].join('\n');
}

const section = (name: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [`    ${name} {`, ...lines, '    }']);

const remarkOf = (entry: DropEntry, atMs: number): string =>
  `      # ${entry.measures[0] ?? ''}: withdraw at ${moment(entry.expiresAt)}, in ${secondsLeft(entry, atMs)} s`;

const blackhole = ({ network, text }: DropEntry): string => `      route ${text} next-hop ${nowhere[network.family]} community [ 65535:666 no-export ];`;

const flow = ({ network, text }: DropEntry, index: number): readonly string[] => [
  `      route floodgate-${index + 1} {`,
  `        match { source ${text}; ${network.family === 4 ? 'protocol' : 'next-header'} tcp; destination-port =25; }`,
  '        then { discard; community [ no-export ]; }',
  '      }',
];
