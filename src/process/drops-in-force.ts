// What goes out of the measures in force: exports on request, and the kernel's sets where a helper keeps them (`kernel:`).
import type { Config } from '../config/options.ts';
import { isObserving } from '../config/observing.ts';
import { parseCidr } from '../lib/ip.ts';
import type { Recorder } from '../model/events.ts';
import type { Measure } from '../model/measure.ts';
import { planDrops, withoutNested, type DropEntry } from '../respond/drop-plan.ts';
import { openKernelLink, type KernelLink, type KernelState } from '../respond/kernel/link.ts';
import { createNetworkGuard, holds } from '../respond/network-guard.ts';
import type { KernelDrop, MeasureExport } from '../web/house.ts';
import { exportMeasures } from './measure-exports.ts';
import { createProtectedNetworks } from './protected-networks.ts';

export interface DropsParts {
  /** Measures that hold now; suspended ones do not. */
  measures(): readonly Measure[];
  /** The configuration in force. */
  config(): Config;
  readonly record: Recorder;
}

export interface DropsInForce {
  export(asked: { readonly format: string; readonly ports?: string }): Promise<MeasureExport>;
  /** Null where the configuration names no helper. */
  kernel(): KernelState | null;
  /** What drops an address that `isIP` knows; null where no `drop` holds for it, or no helper is configured. */
  explain(ip: string): Promise<KernelDrop | null>;
  /** The measures, or the configuration, are no longer what they were. */
  changed(): void;
  close(): void;
}

/** Milliseconds: next hops that have names are looked up again. */
const lookUpEveryMs = 300_000;

const kernelActions: ReadonlySet<Measure['action']> = new Set<Measure['action']>(['drop']);

export function openDropsInForce({ measures, config, record }: DropsParts): DropsInForce {
  const guarded = createProtectedNetworks({ config });
  const planned = (): readonly DropEntry[] => {
    const atMs = Date.now();
    const terms = { atMs, guard: createNetworkGuard(guarded.networks()), actions: kernelActions, observing: isObserving(config(), atMs) };
    return planDrops(measures(), terms).entries;
  };
  const wanted = (): readonly DropEntry[] => withoutNested(planned()).kept;
  const { kernel } = config();
  let link: KernelLink | null = null;
  let isOver = false;
  // A next hop whose address is not known yet could be dropped: the link waits for the first look-up.
  if (kernel !== undefined) {
    void guarded.refresh().then(() => {
      if (!isOver) link = openKernelLink({ path: kernel.socket, wanted, record, now: Date.now });
    });
  }
  const again = kernel === undefined ? undefined : setInterval(() => void guarded.refresh().then(() => link?.changed()), lookUpEveryMs).unref();
  return {
    export: (asked) => exportMeasures({ measures, config, guarded, now: Date.now }, asked),
    kernel: () => (kernel === undefined ? null : (link?.state() ?? unasked)),
    explain: (ip) => (kernel === undefined ? Promise.resolve(null) : explainDrop(ip, { planned: planned(), measures: measures(), link })),
    changed: () => link?.changed(),
    close: () => {
      isOver = true;
      clearInterval(again);
      link?.close();
    },
  };
}

interface Dropping {
  readonly planned: readonly DropEntry[];
  readonly measures: readonly Measure[];
  readonly link: Pick<KernelLink, 'state' | 'count'> | null;
}

/** Which measures drop an address, and what the kernel has counted of the network that stands in its set for them. */
export async function explainDrop(ip: string, { planned, measures, link }: Dropping): Promise<KernelDrop | null> {
  const client = parseCidr(ip);
  const around = client === null ? [] : planned.filter(({ network }) => holds(network, client));
  const kept = withoutNested(around).kept[0];
  if (kept === undefined) return null;
  const ids = new Set(around.flatMap((entry) => entry.measures));
  const count = (await link?.count(kept.text)) ?? 'absent';
  const inKernel = count !== 'absent';
  const state = link?.state() ?? unasked;
  const why = state.why ?? state.leftOutWhy ?? 'the kernel has not been told yet';
  return {
    address: ip,
    network: kept.text,
    where: inKernel ? 'kernel' : 'banner',
    why: inKernel ? null : why,
    measures: measures
      .filter(({ id }) => ids.has(id))
      .map(({ id, scope, actor, reason, createdAt, expiresAt, incident }) => ({
        id,
        client: scope.client ?? '',
        by: `${actor.kind} ${actor.name}`,
        reason,
        since: iso(createdAt),
        expiresAt: iso(expiresAt),
        incident,
      })),
    count: count === 'absent' || count === 'uncounted' ? null : { packets: count.packets, bytes: count.bytes, since: iso(count.since) },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

const unasked: KernelState = { state: 'lost', why: 'not asked yet', networks: 0, leftOut: 0, leftOutWhy: null, packets: 0, bytes: 0 };
