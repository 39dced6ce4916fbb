// Everything behind the gate: one way in for all next hops, whatever they speak.
import type { Config, RelayTarget } from '../config/options.ts';
import type { Delivery, HubAbilities, Route } from '../model/delivery.ts';
import type { Recorder } from '../model/events.ts';
import { HubRoute, type HubRouteSettings, type RouteSnapshot } from './hub/route.ts';
import { createMaildirStore, type MaildirStore } from './maildir/store.ts';

export type { RouteSnapshot } from './hub/route.ts';
/** Figures of every next hop that was used so far. */
export type DeliverySnapshot = readonly RouteSnapshot[];

export interface DeliveryOptions {
  readonly config: Config;
  readonly record: Recorder;
  /** Door threads: each has its share of the connections to a next hop. */
  readonly shareOf: number;
  /** See hub/route.ts. */
  readonly handsOn?: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface DeliveryDesk extends Delivery {
  /** Cuts all connections. To be called when no message is under way any more. */
  close(): Promise<void>;
  /** Takes over a new configuration: connections whose settings changed end after what is under way. */
  reconfigure(config: Config): void;
  /** What next hops that were met so far can do, by the key of their route. */
  met(): readonly { readonly key: string; readonly abilities: HubAbilities }[];
  /** Figures of every next hop that was used. */
  snapshot(): DeliverySnapshot;
}

type HubPlace = Exclude<Route['address'], { kind: 'maildir' }>;

/** Makes the one implementation of `Delivery`. Connections are made when they are needed. */
export function createDelivery(options: DeliveryOptions): DeliveryDesk {
  const { record, shareOf, now } = options;
  let { config } = options;
  /** By route and place; bounded by what the configuration names. */
  const routes = new Map<string, HubRoute>();
  const stores = new Map<string, MaildirStore>();

  const hubRoute = (key: string, place: HubPlace): HubRoute => {
    const id = `${key} ${place.kind}://${place.host}:${place.port}`;
    let route = routes.get(id);
    if (route === undefined) {
      route = new HubRoute({ key, settings: settingsOf(config, key, place, shareOf), record, now, handsOn: options.handsOn === true });
      routes.set(id, route);
    }
    return route;
  };
  const store = (path: string): MaildirStore => {
    let found = stores.get(path);
    if (found === undefined) stores.set(path, (found = createMaildirStore(path)));
    return found;
  };
  const placeOf = ({ key, address }: Route): HubRoute | MaildirStore => (address.kind === 'maildir' ? store(address.path) : hubRoute(key, address));

  return {
    deliver: (request) => placeOf(request.route).deliver(request),
    probe: (route, recipient, smtputf8) => placeOf(route).probe(recipient, smtputf8),
    abilities: (route) => placeOf(route).abilities(),
    reconfigure(next) {
      config = next;
      stores.clear();
      for (const [id, route] of routes) {
        if (isInForce(config, route, shareOf)) continue;
        routes.delete(id);
        route.retire();
      }
    },
    met: () => [...routes.values()].flatMap(({ key, met }) => (met === null ? [] : [{ key, abilities: met }])),
    snapshot: () => [...routes.values()].map((route) => route.snapshot()),
    async close() {
      await Promise.all([...routes.values()].map((route) => route.close()));
    },
  };
}

/** Still the place that the configuration names for the route, with the settings it has now. */
function isInForce(config: Config, { key, settings }: HubRoute, shareOf: number): boolean {
  const { address } = targetOf(config, key);
  if (address.kind === 'maildir') return false;
  return JSON.stringify(settingsOf(config, key, address, shareOf)) === JSON.stringify(settings);
}

function targetOf(config: Config, key: string): RelayTarget {
  if (key === 'outbound') return config.outbound ?? config.hub;
  return Object.hasOwn(config.routes, key) ? (config.routes[key] ?? config.hub) : config.hub;
}

function settingsOf(config: Config, key: string, { kind, host, port }: HubPlace, shareOf: number): HubRouteSettings {
  const { timeouts, smtp, site } = config;
  const { tls, connections, xclient, xforward } = targetOf(config, key);
  return {
    target: { protocol: kind, host, port, tls },
    hostname: site.hostname,
    connections: Math.ceil(connections / Math.max(1, shareOf)),
    xclient,
    xforward,
    probeSender: smtp.probeSender,
    connectMs: timeouts.hubConnect,
    commandMs: timeouts.hubCommand,
    finalDotMs: timeouts.hubFinalDot,
    idleMs: timeouts.hubIdle,
    probeMs: timeouts.probe,
  };
}
