// `measure export` as the running gateway answers it: measures, configuration and guard of this moment, in the words of a format.
import type { Config } from '../config/options.ts';
import { isObserving } from '../config/observing.ts';
import type { Measure } from '../model/measure.ts';
import { planDomains } from '../respond/domain-plan.ts';
import { planDrops } from '../respond/drop-plan.ts';
import { exportFormats, exportWriters, isExportFormat } from '../respond/exports/catalogue.ts';
import { maxPorts } from '../respond/exports/sheet.ts';
import { createNetworkGuard } from '../respond/network-guard.ts';
import type { MeasureExport } from '../web/house.ts';
import type { ProtectedNetworks } from './protected-networks.ts';

export interface ExportParts {
  /** Measures that hold now; suspended ones do not. */
  measures(): readonly Measure[];
  /** The configuration in force. */
  config(): Config;
  readonly guarded: ProtectedNetworks;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Ports on which strangers and users bring mail. */
const mailPorts = '25,465,587';

/** Writes what holds now in a format. `ports` as in `25,465,587`; undefined: these three. */
export async function exportMeasures(
  { measures, config, guarded, now }: ExportParts,
  asked: { readonly format: string; readonly ports?: string },
): Promise<MeasureExport> {
  const { format } = asked;
  if (!isExportFormat(format)) return { ok: false, error: `format is one of ${exportFormats.join(', ')}` };
  const ports = portsOf(asked.ports ?? mailPorts);
  if (ports === null) return { ok: false, error: `ports are up to ${maxPorts} numbers from 1 to 65535, like ${mailPorts}` };
  await guarded.refresh();
  const { site, neverBlock } = config();
  const [atMs, held, { actions, write }] = [now(), measures(), exportWriters[format]];
  const observing = isObserving(config(), atMs);
  const networks = planDrops(held, { atMs, observing, actions, guard: createNetworkGuard(guarded.networks()) });
  const spared = [...site.domains, ...site.domains.map((each) => `.${each}`), ...site.customerDomains, ...neverBlock.senders];
  const domains = planDomains(held, { atMs, observing, spared });
  const text = write({ atMs, hostname: site.hostname, ports, networks, domains, unresolved: guarded.unresolved() });
  return { ok: true, format, text, networks: networks.entries.length, leftOut: networks.leftOut };
}

function portsOf(text: string): readonly number[] | null {
  const ports = text.split(',').map((each) => (/^[1-9]\d{0,4}$/.test(each) ? Number(each) : 0));
  return ports.length <= maxPorts && ports.every((port) => port > 0 && port <= 65_535) ? [...new Set(ports)] : null;
}
