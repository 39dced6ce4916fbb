// Held mail as the keeper has it: the index, what operators do with it, and the way out for what they release.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createDelivery } from '../delivery/delivery.ts';
import { createQuarantineDesk, type QuarantineDesk } from '../delivery/quarantine/desk.ts';
import { Quarantine, type Unreadable } from '../delivery/quarantine/quarantine.ts';
import { rowSeal, Vault } from '../delivery/quarantine/vault.ts';
import { SharedStock, type Stock } from '../lib/shared-stock.ts';
import type { Recorder } from '../model/events.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import { createLetterBook } from '../respond/digest/letter-book.ts';
import { promisedIds } from '../respond/digest/order-queue.ts';
import type { DoorSettings } from './messages.ts';
import { digestDir } from './release-ground.ts';
import { createRouter, type Router } from '../policy/router.ts';
import type { Store } from '../store/open.ts';
import { createQuarantineIndex } from '../store/quarantine.ts';

/** The folder in the state directory. */
export const quarantineDir = (state: string): string => join(state, 'quarantine');

export interface QuarantineInForce {
  readonly desk: QuarantineDesk;
  /** What is held, for whoever tells recipients of it. */
  readonly held: Pick<Quarantine, 'select' | 'find' | 'waitingFor' | 'release' | 'header'>;
  /** What is in store, for all doors to count. */
  readonly stock: SharedArrayBuffer;
  /** The part of it that copies of refused mail take. */
  readonly refusedStock: SharedArrayBuffer;
  /** With what it is encrypted now. */
  vault(): Vault;
  /** What cannot be opened, or a limit that is reached or nearly so, in words. */
  trouble(): readonly string[];
  /** A door has kept a message. */
  take(item: QuarantineItem): void;
  /** A door has died: it may have kept a message and not told. */
  rescan(): void;
  reconfigure(settings: Pick<DoorSettings, 'config' | 'heldKeys'>): void;
  close(): Promise<void>;
}

export interface QuarantineGround {
  readonly store: Store;
  readonly record: Recorder;
  readonly settings: Pick<DoorSettings, 'config' | 'heldKeys'>;
  /** Whether there is or was such an incident. */
  knowsIncident(name: string): Promise<boolean>;
}

/** Share of a limit from which on the operator is told. */
const nearlyFull = 0.9;

/** Opens it; to be called before any door runs. Resolves when every kept message is known. */
export async function openQuarantineInForce({ store, record, settings, knowsIncident }: QuarantineGround): Promise<QuarantineInForce> {
  let { config } = settings;
  let vault = new Vault(settings.heldKeys);
  let router: Router = createRouter(config);
  const [stock, refusedStock] = [SharedStock.allocate(), SharedStock.allocate()];
  const counted = new SharedStock(stock);
  const book = createLetterBook(digestDir(config.state));
  // Releases have connections of their own, a tenth of what may be: mail under way does not wait for them.
  const delivery = createDelivery({ config, record, shareOf: 10, now: Date.now });
  const quarantine = new Quarantine({
    dir: quarantineDir(config.state),
    index: createQuarantineIndex(
      store.queries,
      rowSeal(() => vault),
    ),
    stock: counted,
    refusedStock: new SharedStock(refusedStock),
    vault: () => vault,
    record,
    delivery,
    routeOf: (input) => router.routeOf(input),
    promised: () => promisedIds(book, Date.now()),
    undoForMs: () => config.quarantine.undoFor,
    now: Date.now,
    steady: () => performance.now(),
  });
  await quarantine.start();
  return {
    desk: createQuarantineDesk(quarantine, knowsIncident),
    held: quarantine,
    stock,
    refusedStock,
    vault: () => vault,
    trouble: () => [...unreadableTrouble(quarantine.unreadable()), ...fullTrouble(counted.read(), config)],
    take: (item) => void quarantine.take(item),
    rescan: () => void quarantine.rescan(),
    reconfigure: (next) => {
      ({ config } = next);
      vault = new Vault(next.heldKeys);
      router = createRouter(config);
      delivery.reconfigure(config);
      void quarantine.rescan(); // with other keys other messages can be opened
    },
    close: async () => {
      quarantine.close();
      await delivery.close();
    },
  };
}

function fullTrouble({ pieces, bytes }: Stock, { quarantine: { maxMessages, maxBytes } }: Config): readonly string[] {
  const share = Math.max(pieces / maxMessages, maxBytes === 0 ? 1 : bytes / maxBytes);
  if (share < nearlyFull || pieces === 0) return [];
  return [`the quarantine is ${Math.floor(share * 100)} % full (${pieces} messages): beyond its limits what should be kept is put off (docs/quarantine.md)`];
}

const unreadableTrouble = (found: Unreadable | null): readonly string[] =>
  found === null ? [] : [`${found.messages} kept messages cannot be opened, and stay: ${found.why} (docs/quarantine.md)`];
