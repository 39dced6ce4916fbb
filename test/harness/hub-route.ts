// A route of the real kind to a fake hub, with short deadlines, that writes down the events it records.
import type { EventBody } from '../../src/model/events.ts';
import type { Route } from '../../src/model/delivery.ts';
import { HubRoute, type HubRouteSettings } from '../../src/delivery/hub/route.ts';
import type { FakeHub } from './fake-hub.ts';

export interface RouteUnderTest extends AsyncDisposable {
  readonly hubRoute: HubRoute;
  readonly route: Route;
  readonly events: EventBody[];
}

/** Opens nothing until it is used. */
export function routeTo(
  hub: Pick<FakeHub, 'host' | 'port'>,
  settings: Partial<HubRouteSettings> & { readonly protocol?: 'smtp' | 'lmtp' } = {},
  now: () => number = Date.now,
): RouteUnderTest {
  const { protocol = 'smtp', ...rest } = settings;
  const events: EventBody[] = [];
  const hubRoute = new HubRoute({
    key: 'hub',
    settings: {
      target: { protocol, host: hub.host, port: hub.port, tls: 'off' },
      hostname: 'mx.example',
      connections: 4,
      xclient: false,
      xforward: false,
      probeSender: '',
      connectMs: 2000,
      commandMs: 2000,
      finalDotMs: 2000,
      idleMs: 60_000,
      probeMs: 2000,
      ...rest,
    },
    record: (body) => void events.push(body),
    now,
  });
  return {
    hubRoute,
    route: { key: 'hub', address: { kind: protocol, host: hub.host, port: hub.port } },
    events,
    [Symbol.asyncDispose]: () => hubRoute.close(),
  };
}
