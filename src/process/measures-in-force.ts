// Measures as the keeper holds them: the table, the desk that changes it, and the snapshot in force.
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { createMeasureDesk, type MeasureDesk } from '../facts/measure-desk.ts';
import { createMeasureKeeper, type MeasureKeeper } from '../facts/measure-keeper.ts';
import { compileMeasures, type MeasuresSnapshot } from '../facts/measures.ts';
import { createNeverBlock } from '../facts/never-block.ts';
import type { Recorder } from '../model/events.ts';
import type { Measure, MeasureActor } from '../model/measure.ts';
import { createMeasures } from '../store/measures.ts';
import type { Store } from '../store/open.ts';
import { openDropsInForce, type DropsInForce } from './drops-in-force.ts';

export interface MeasuresInForce {
  snapshot(): MeasuresSnapshot;
  /** Commands and queries. */
  readonly desk: MeasureDesk & Pick<DropsInForce, 'export'> & { readonly dropOf: DropsInForce['explain'] };
  /** How the kernel's sets are kept; null where no helper is configured. */
  kernel: DropsInForce['kernel'];
  /** Whether it is in force. */
  holds(id: string): boolean;
  /** How many hold now. */
  inForce(kind: MeasureActor['kind']): number;
  /** Who turned the automatic ones off, and when (milliseconds since the epoch); null where they hold. */
  suspension: MeasureKeeper['suspension'];
  /** Takes what a door has counted. */
  count: MeasureKeeper['count'];
  close(): Promise<void>;
}

export interface MeasuresParts {
  readonly store: Store;
  readonly record: Recorder;
  /** The configuration in force. */
  config(): Config;
  changed(snapshot: MeasuresSnapshot): void;
  /** A measure has been carried out for the first time. */
  met(id: string): void;
  /** The id of an incident by any of its names; null where there never was one. */
  incidentNamed(name: string): Promise<string | null>;
  /** A person's measure is in force for an incident. */
  attach(incident: string, measure: string, text: string): void;
}

/** Reads the measures that were in force before; resolves when the first snapshot is there. */
export async function openMeasuresInForce({ store, record, config, changed, met, incidentNamed, attach }: MeasuresParts): Promise<MeasuresInForce> {
  const repository = createMeasures(store.queries);
  let snapshot = compileMeasures([]);
  let drops: DropsInForce | null = null;
  const keeper = createMeasureKeeper({
    repository,
    record,
    now: Date.now,
    onFirstHit: met,
    onSnapshot: (next) => {
      snapshot = next;
      changed(next);
      drops?.changed();
    },
  });
  await keeper.start();
  const holding = (): readonly Measure[] => keeper.active().filter(({ actor }) => actor.kind === 'person' || keeper.suspension() === null);
  const outside = openDropsInForce({ measures: holding, config, record });
  drops = outside;
  const newId = (): string => `m-${randomBytes(5).toString('hex')}`;
  return {
    snapshot: () => snapshot,
    desk: {
      ...createMeasureDesk({
        repository,
        keeper,
        neverBlock: () => createNeverBlock(config()),
        domains: () => [...config().site.domains, ...config().site.customerDomains],
        incidentNamed,
        attach,
        newId,
        now: Date.now,
      }),
      export: outside.export,
      dropOf: outside.explain,
    },
    kernel: outside.kernel,
    holds: (id) => keeper.active().some((each) => each.id === id),
    inForce: (kind) => (kind === 'auto' && keeper.suspension() !== null ? 0 : keeper.active().filter(({ actor }) => actor.kind === kind).length),
    suspension: keeper.suspension,
    count: keeper.count,
    close: () => {
      outside.close();
      return keeper.stop();
    },
  };
}
