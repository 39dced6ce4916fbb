// A keeper's quarantine on folders and an index of its own, with a next hop that answers as told, for tests.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishItem } from '../../src/delivery/quarantine/item-folder.ts';
import { Quarantine } from '../../src/delivery/quarantine/quarantine.ts';
import { noVault, rowSeal, type Vault } from '../../src/delivery/quarantine/vault.ts';
import { SharedStock } from '../../src/lib/shared-stock.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../../src/model/delivery.ts';
import type { EventBody } from '../../src/model/events.ts';
import type { QuarantineItem } from '../../src/model/quarantine.ts';
import { reply } from '../../src/model/reply.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { createQuarantineIndex, type QuarantineRepository } from '../../src/store/quarantine.ts';
import { wireMessage } from './held-item.ts';
import { atEnd, scratchDirectory, type Owner } from './scratch.ts';

/** How long a discarded message can be had back here, in ms. */
export const dayMs = 86_400_000;
/** The next hop takes it. */
export const yes: DeliveryOutcome = { kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null };
/** The next hop refuses it. */
export const no: DeliveryOutcome = { kind: 'refused', hubReply: reply(554, '5.7.1', 'Spam'), at: 'dot' };

export interface QuarantineHouse {
  readonly dir: string;
  readonly quarantine: Quarantine;
  readonly index: QuarantineRepository;
  readonly events: EventBody[];
  readonly sent: DeliveryRequest[];
  /** `jumps`: by what the wall clock has been set forward or back. */
  readonly clock: { ms: number; jumps?: number };
  readonly hub: { answer: (request: DeliveryRequest) => DeliveryOutcome | Promise<DeliveryOutcome> };
  readonly stock: SharedStock;
  readonly refusedStock: SharedStock;
  /** As a door does it. */
  keep(item: QuarantineItem): Promise<void>;
  folders(): readonly (readonly string[])[];
}

/** What may differ from a new house in a usual setting. */
export interface Setting {
  readonly clock?: { ms: number; jumps?: number };
  /** The vault in force; may be changed, as at a reload. */
  readonly safe?: { vault: Vault };
  readonly store?: Store;
  /** Messages whose release was promised. */
  readonly promised?: () => Promise<ReadonlySet<string>>;
}

/** A keeper on these folders, with an index of its own: as after a restart with a lost database. */
export async function startQuarantine(
  t: Owner,
  dir: string = scratchDirectory(t, 'held'),
  { clock = { ms: 2000 }, safe = { vault: noVault }, store = openStore(':memory:'), promised = () => Promise.resolve(new Set()) }: Setting = {},
): Promise<QuarantineHouse> {
  atEnd(t, () => store.close());
  const events: EventBody[] = [];
  const sent: DeliveryRequest[] = [];
  const hub: QuarantineHouse['hub'] = { answer: () => yes };
  const stock = new SharedStock(SharedStock.allocate());
  const index = createQuarantineIndex(
    store.queries,
    rowSeal(() => safe.vault),
  );
  const refusedStock = new SharedStock(SharedStock.allocate());
  const quarantine = new Quarantine({
    dir,
    index,
    stock,
    refusedStock,
    vault: () => safe.vault,
    record: (event) => void events.push(event),
    delivery: {
      deliver: async (request) => {
        sent.push(request);
        return hub.answer(request);
      },
    },
    routeOf: () => ({ key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } }),
    promised,
    undoForMs: () => dayMs,
    now: () => clock.ms + (clock.jumps ?? 0),
    steady: () => clock.ms,
  });
  await quarantine.start();
  atEnd(t, () => quarantine.close());
  const keep = async (item: QuarantineItem): Promise<void> => {
    for (const each of item.refused ? [stock, refusedStock] : [stock]) each.take(item.wireBytes, { pieces: 1000, bytes: 1e9 });
    await publishItem(dir, item, [wireMessage], { vault: safe.vault });
    await quarantine.take(item);
  };
  return {
    dir,
    quarantine,
    index,
    events,
    sent,
    clock,
    hub,
    stock,
    refusedStock,
    keep,
    folders: () => ['new', 'held', 'trash'].map((name) => readdirSync(join(dir, name))),
  };
}

/** Types of the events so far. */
export const typesOf = ({ events }: QuarantineHouse): readonly string[] => events.map(({ type }) => type);
