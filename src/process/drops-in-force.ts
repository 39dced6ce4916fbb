// What goes out of the measures in force: exports on request, and the kernel's sets where a helper keeps them (`kernel:`).
import type { Config } from '../config/options.ts';
import { isObserving } from '../config/observing.ts';
import type { Recorder } from '../model/events.ts';
import type { Measure } from '../model/measure.ts';
import { planDrops, withoutNested, type DropEntry } from '../respond/drop-plan.ts';
import { openKernelLink, type KernelLink, type KernelState } from '../respond/kernel/link.ts';
import { createNetworkGuard } from '../respond/network-guard.ts';
import type { MeasureExport } from '../web/house.ts';
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
  /** The measures, or the configuration, are no longer what they were. */
  changed(): void;
  close(): void;
}

/** Milliseconds: next hops that have names are looked up again. */
const lookUpEveryMs = 300_000;

const kernelActions: ReadonlySet<Measure['action']> = new Set<Measure['action']>(['drop']);

export function openDropsInForce({ measures, config, record }: DropsParts): DropsInForce {
  const guarded = createProtectedNetworks({ config });
  const wanted = (): readonly DropEntry[] => {
    const atMs = Date.now();
    const plan = planDrops(measures(), { atMs, guard: createNetworkGuard(guarded.networks()), actions: kernelActions, observing: isObserving(config(), atMs) });
    return withoutNested(plan.entries).kept;
  };
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
    changed: () => link?.changed(),
    close: () => {
      isOver = true;
      clearInterval(again);
      link?.close();
    },
  };
}

const unasked: KernelState = { state: 'lost', why: 'not asked yet', networks: 0, leftOut: 0, leftOutWhy: null, packets: 0, bytes: 0 };
