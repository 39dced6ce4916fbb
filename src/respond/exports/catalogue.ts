// The formats of `floodgate measure export`, by name. JSON is not among them: it is the measures themselves.
import type { MeasureAction } from '../../model/measure.ts';
import { firewallActions, zoneActions } from '../drop-plan.ts';
import { toDnsbl } from './dnsbl.ts';
import { toExabgp } from './exabgp.ts';
import { toIos } from './ios.ts';
import { toIptables } from './iptables.ts';
import { toJunos } from './junos.ts';
import { toNftables } from './nftables.ts';
import { toPf } from './pf.ts';
import { toRbldnsd } from './rbldnsd.ts';
import { toRpz } from './rpz.ts';
import type { ExportSheet } from './sheet.ts';

export const exportFormats = ['nftables', 'iptables', 'pf', 'ios', 'junos', 'exabgp', 'rpz', 'rbldnsd', 'dnsbl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportWriter {
  /** Measures with other actions are left out. */
  readonly actions: ReadonlySet<MeasureAction>;
  write(sheet: ExportSheet): string;
}

/** One row a format. */
export const exportWriters: Readonly<Record<ExportFormat, ExportWriter>> = {
  nftables: { actions: firewallActions, write: toNftables },
  iptables: { actions: firewallActions, write: toIptables },
  pf: { actions: firewallActions, write: toPf },
  ios: { actions: firewallActions, write: toIos },
  junos: { actions: firewallActions, write: toJunos },
  exabgp: { actions: firewallActions, write: toExabgp },
  rpz: { actions: zoneActions, write: toRpz },
  rbldnsd: { actions: zoneActions, write: toRbldnsd },
  dnsbl: { actions: zoneActions, write: toDnsbl },
};

export const isExportFormat = (name: string): name is ExportFormat => (exportFormats as readonly string[]).includes(name);
