// The spool as the keeper has it: what waits, the way out for it, and what becomes of mail that cannot be delivered.
import { mkdirSync } from 'node:fs';
import type { Config } from '../config/options.ts';
import { createDelivery, type DeliverySnapshot } from '../delivery/delivery.ts';
import { createHoldingPlace } from '../delivery/quarantine/holding-place.ts';
import { keptOnce } from '../delivery/spool/kept-once.ts';
import { createSpoolDesk, type SpoolControl } from '../delivery/spool/desk.ts';
import { createSpoolPlace } from '../delivery/spool/spool-place.ts';
import { Spool, type SpoolParts } from '../delivery/spool/spool.ts';
import { SharedStock } from '../lib/shared-stock.ts';
import type { Recorder } from '../model/events.ts';
import type { SpoolItem } from '../model/spool.ts';
import { keepForMs, spoolDir } from './door-spool.ts';
import type { OwnPost } from './own-post.ts';
import { quarantineDir, type QuarantineInForce } from './quarantine-in-force.ts';
import { createSpoolReports } from './spool-reports.ts';

export interface SpoolInForce {
  readonly desk: SpoolControl;
  /** What waits, for all doors to count. */
  readonly stock: SharedArrayBuffer;
  /** Figures of its own connections to the next hops. */
  hops(): DeliverySnapshot;
  /** What waits for a next hop that is away, or a limit that is nearly reached, in words. */
  trouble(): readonly string[];
  /** A door has kept messages. */
  take(items: readonly SpoolItem[]): void;
  /** A door has died: it may have kept messages and not told. */
  rescan(writer: string): void;
  reconfigure(config: Config): void;
  close(): Promise<void>;
}

export interface SpoolGround {
  readonly config: Config;
  readonly record: Recorder;
  readonly quarantine: Pick<QuarantineInForce, 'stock' | 'take' | 'desk' | 'vault'>;
  readonly post: Pick<OwnPost, 'newId'>;
}

/** The keeper's own name as a writer of segments: no door has it. */
const ownWriter = 'keeper';
/** One is on it; the other is read, and its envelope leaves with the final dot of the first. */
const messagesPerConnection = 2;
/** How often what is due is looked for, in ms. */
const tickMs = 500;
/** Share of a limit from which on the operator is told. */
const nearlyFull = 0.9;

/** Opens it; to be called before any door runs. Resolves when everything that waits is known. */
export async function openSpoolInForce({ config: first, record, quarantine, post }: SpoolGround): Promise<SpoolInForce> {
  let config = first;
  const dir = spoolDir(first.state);
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  const stock = SharedStock.allocate();
  const counted = new SharedStock(stock);
  const delivery = createDelivery({ config: forWaiting(config), record, shareOf: 1, now: Date.now, handsOn: true });
  // Reports are written by the keeper, which has a place in the spool as a door has.
  const reports = createSpoolPlace({
    dir,
    name: ownWriter,
    stock: counted,
    limits: () => config.spool,
    keepForMs: (route) => keepForMs(config, route),
    record,
    kept: (items) => spool.take(items),
    now: Date.now,
    steady: () => performance.now(),
  });
  const spool = new Spool({
    dir,
    stock: counted,
    delivery,
    routeOf: (key) => routeOf(config, key),
    quarantine: keptOnce(
      createHoldingPlace({
        dir: quarantineDir(first.state),
        stock: new SharedStock(quarantine.stock),
        vault: quarantine.vault,
        limits: () => config.quarantine,
        record,
        kept: (item) => quarantine.take(item),
        now: Date.now,
      }),
      quarantine.desk,
    ),
    tellAuthor: createSpoolReports({ config: () => config, place: reports, post, now: Date.now }),
    record,
    settings: () => ({
      atOnce: messagesPerConnection * config.spool.connections,
      longestPauseMs: config.spool.longestPause,
    }),
    now: Date.now,
    steady: () => performance.now(),
  });
  await spool.start();
  const ticking = setInterval(() => spool.tick(), tickMs);
  return {
    desk: createSpoolDesk(spool),
    stock,
    hops: () => delivery.snapshot(),
    trouble: () => troubleOf(spool, counted, config),
    take: (items) => spool.take(items),
    rescan: (writer) => {
      spool.rescan(writer).catch((error: unknown) => record({ type: 'spool-broken', why: `${writer} could not be looked through: ${String(error)}` }));
    },
    reconfigure: (next) => {
      config = next;
      delivery.reconfigure(forWaiting(next));
    },
    close: async () => {
      clearInterval(ticking);
      await spool.close(config.timeouts.drain);
      await reports.close();
      await delivery.close();
    },
  };
}

function troubleOf(spool: Spool, stock: SharedStock, { spool: { maxMessages, maxBytes } }: Config): readonly string[] {
  const { pieces, bytes } = stock.read();
  const share = Math.max(pieces / maxMessages, maxBytes === 0 ? 1 : bytes / maxBytes);
  return [
    ...spool
      .routes()
      .flatMap(({ route, messages, away }) => (away === null || messages === 0 ? [] : [`${messages} messages wait for ${route}: ${away} (docs/spool.md)`])),
    ...(pieces > 0 && share >= nearlyFull ? [`the spool is ${Math.floor(share * 100)} % full: beyond its limits mail is put off (docs/spool.md)`] : []),
  ];
}

/** Mail that waited has connections of its own: mail under way does not wait for them. */
function forWaiting(config: Config): Config {
  const { connections } = config.spool;
  return {
    ...config,
    hub: { ...config.hub, connections },
    routes: Object.fromEntries(Object.entries(config.routes).map(([domain, target]) => [domain, { ...target, connections }])),
    ...(config.outbound && { outbound: { ...config.outbound, connections } }),
  };
}

/**
 * Where the mail of a route goes today. A customer's route that has been removed leads nowhere: the hub might take his mail as a relay, and send it back to
 * strangers when that fails.
 */
function routeOf({ hub, outbound, routes }: Config, key: string): ReturnType<SpoolParts['routeOf']> {
  const address = key === 'hub' ? hub.address : key === 'outbound' ? (outbound ?? hub).address : Object.hasOwn(routes, key) ? routes[key]?.address : undefined;
  return address === undefined
    ? { route: { key, address: hub.address }, away: `routes has no ${key} any more; put it back, or discard what waits for it` }
    : { route: { key, address }, away: null };
}
