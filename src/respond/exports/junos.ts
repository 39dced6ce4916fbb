// Junos: a prefix list and a firewall filter for each family, for `load replace`.
import type { DropEntry } from '../drop-plan.ts';
import { byFamily, expiryRemark, headOf, type ExportSheet } from './sheet.ts';

/** As `load replace terminal` takes it. */
export function toJunos(sheet: ExportSheet): string {
  const { v4, v6 } = byFamily(sheet.networks.entries);
  const words = [
    'Load: load replace terminal, commit confirmed 5. It replaces the two lists and the two filters.',
    'Hang it on the interface that faces the world, once: set interfaces NAME unit 0 family inet filter input-list floodgate4 (inet6: floodgate6)',
    'Undo: delete that line, commit.',
    ...expiryRemark(sheet.networks.entries),
  ];
  return [
    ...headOf(sheet, words).map((line) => `/* ${line} */`),
    'policy-options {',
    ...prefixList('floodgate4', v4),
    ...prefixList('floodgate6', v6),
    '}',
    'firewall {',
    ...filter({ family: 'inet', name: 'floodgate4', protocol: 'protocol', isEmpty: v4.length === 0 }, sheet.ports),
    ...filter({ family: 'inet6', name: 'floodgate6', protocol: 'next-header', isEmpty: v6.length === 0 }, sheet.ports),
    '}',
    '',
  ].join('\n');
}

const prefixList = (name: string, entries: readonly DropEntry[]): readonly string[] => [
  '    replace:',
  `    prefix-list ${name} {`,
  ...entries.map(({ text }) => `        ${text};`),
  '    }',
];

interface Filter {
  readonly family: 'inet' | 'inet6';
  readonly name: string;
  readonly protocol: 'protocol' | 'next-header';
  /** A term with an empty list matches everything on some releases, so there is none. */
  readonly isEmpty: boolean;
}

const filter = ({ family, name, protocol, isEmpty }: Filter, ports: readonly number[]): readonly string[] => [
  `    family ${family} {`,
  '        replace:',
  `        filter ${name} {`,
  ...(isEmpty
    ? []
    : [
        '            term blocked {',
        '                from {',
        '                    source-prefix-list {',
        `                        ${name};`,
        '                    }',
        `                    ${protocol} tcp;`,
        `                    destination-port [ ${ports.join(' ')} ];`,
        '                }',
        '                then {',
        `                    count ${name};`,
        '                    discard;',
        '                }',
        '            }',
      ]),
  // A filter ends with an unwritten "discard everything".
  '            term rest {',
  '                then accept;',
  '            }',
  '        }',
  '    }',
];
