// Held mail as the keeper has it: the index, what operators do with it, and the way out for what they release.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createDelivery } from '../delivery/delivery.ts';
import { createQuarantineDesk, type QuarantineDesk } from '../delivery/quarantine/desk.ts';
import { Quarantine } from '../delivery/quarantine/quarantine.ts';
import { SharedStock } from '../lib/shared-stock.ts';
import type { Recorder } from '../model/events.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import { createRouter, type Router } from '../policy/router.ts';
import type { Store } from '../store/open.ts';
import { createQuarantineIndex } from '../store/quarantine.ts';

/** The folder in the state directory. */
export const quarantineDir = (state: string): string => join(state, 'quarantine');

export interface QuarantineInForce {
  readonly desk: QuarantineDesk;
  /** What is in store, for all doors to count. */
  readonly stock: SharedArrayBuffer;
  /** A limit that is reached or nearly so, in words; null where there is room. */
  trouble(): string | null;
  /** A door has kept a message. */
  take(item: QuarantineItem): void;
  /** A door has died: it may have kept a message and not told. */
  rescan(): void;
  reconfigure(config: Config): void;
  close(): Promise<void>;
}

/** Share of a limit from which on the operator is told. */
const nearlyFull = 0.9;

/** Opens it; to be called before any door runs. Resolves when every kept message is known. */
export async function openQuarantineInForce({ store, record, config: first }: { store: Store; record: Recorder; config: Config }): Promise<QuarantineInForce> {
  let config = first;
  let router: Router = createRouter(first);
  const stock = SharedStock.allocate();
  const counted = new SharedStock(stock);
  // Releases have connections of their own, a tenth of what may be: mail under way does not wait for them.
  const delivery = createDelivery({ config, record, shareOf: 10, now: Date.now });
  const quarantine = new Quarantine({
    dir: quarantineDir(config.state),
    index: createQuarantineIndex(store.queries),
    stock: counted,
    record,
    delivery,
    routeOf: (input) => router.routeOf(input),
    undoForMs: () => config.quarantine.undoFor,
    now: Date.now,
  });
  await quarantine.start();
  return {
    desk: createQuarantineDesk(quarantine),
    stock,
    trouble: () => {
      const { maxMessages, maxBytes } = config.quarantine;
      const { pieces, bytes } = counted.read();
      const share = Math.max(pieces / maxMessages, maxBytes === 0 ? 1 : bytes / maxBytes);
      if (share < nearlyFull || pieces === 0) return null;
      return `the quarantine is ${Math.floor(share * 100)} % full (${pieces} messages): beyond its limits what should be kept is put off (docs/quarantine.md)`;
    },
    take: (item) => void quarantine.take(item),
    rescan: () => void quarantine.rescan(),
    reconfigure: (next) => {
      config = next;
      router = createRouter(next);
      delivery.reconfigure(next);
    },
    close: async () => {
      quarantine.close();
      await delivery.close();
    },
  };
}
