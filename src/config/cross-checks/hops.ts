// The next hops: a hop that is ourselves is a loop, and a hub that trusts us blindly relays for everyone.
import type { Config, ListenerConfig, RelayTarget } from '../options.ts';
import { type CrossCheck, type CrossContext, error, warning } from '../cross-check.ts';
import { isInNetworks, isLoopback, isWildcard } from '../address-space.ts';
import { nearest } from '../../lib/nearest.ts';
import type { OptionPath } from '../problem.ts';

function* nextHops(config: Config): Generator<readonly [path: OptionPath, target: RelayTarget]> {
  yield [['hub'], config.hub];
  if (config.outbound) yield [['outbound'], config.outbound];
  for (const [domain, target] of Object.entries(config.routes)) yield [['routes', domain], target];
}

/** True when mail to `host` comes in at this listener again. */
function reaches(host: string, listener: ListenerConfig, config: Config, context: CrossContext): boolean {
  if (host.toLowerCase() === listener.address.host.toLowerCase()) return true;
  if (host.toLowerCase() === config.site.hostname || isWildcard(host)) return true;
  if (isLoopback(host)) return isWildcard(listener.address.host) || (host === 'localhost' && isLoopback(listener.address.host));
  return isWildcard(listener.address.host) && context.localAddresses.includes(host);
}

const noLoop: CrossCheck = {
  reads: ['hub.address', 'outbound.address', 'routes.*.address', 'listeners.*.address', 'site.hostname'],
  *find(config, context) {
    for (const [path, { address }] of nextHops(config)) {
      if (address.kind === 'maildir') continue;
      const listener = config.listeners.find((one) => one.address.port === address.port && reaches(address.host, one, config, context));
      if (listener)
        yield error(
          [...path, 'address'],
          `is our own listener ${listener.name}: mail would run in a ring`,
          'give the address of the mail server behind the gateway',
        );
    }
  },
};

/** The hub by address in one of our networks; a hub given by name is not looked up here. */
const isHubInside = ({ hub, site }: Config): boolean =>
  hub.address.kind === 'smtp' && isInNetworks(hub.address.host === 'localhost' ? '127.0.0.1' : hub.address.host, site.networks);

const isOnLoopback = ({ hub: { address } }: Config): boolean => address.kind === 'smtp' && (address.host === 'localhost' || isLoopback(address.host));

/** Architecture, "Hub trust": such a hub may have our address in its own networks too. */
const hubTrust: CrossCheck = {
  reads: ['hub', 'site.networks'],
  *find(config) {
    const { xclient, xforward } = config.hub;
    if (isHubInside(config) && !xclient && !xforward) {
      yield warning(
        ['hub', 'address'],
        'is inside site.networks, without xclient or xforward: the hub may take everything we hand over for inside mail',
        'set hub.xforward or hub.xclient, and keep our address out of the networks the hub relays for',
      );
    }
  },
};

/** Architecture, "Routes": without `outbound` insiders' mail to the world goes to the hub, and the hub's own would come back to it. */
const hubSubmits: CrossCheck = {
  reads: ['hub', 'site.networks', 'outbound'],
  *find(config) {
    // On loopback the hub and every other program look alike, and loop-to-hub concludes nothing.
    if (isHubInside(config) && !config.outbound && !isOnLoopback(config)) {
      yield warning(
        ['hub', 'address'],
        'is inside site.networks, and there is no outbound: what the hub itself sends to the world through us is refused as a loop',
        'add outbound: {address: ...}, or let the hub send to the world by itself',
      );
    }
  },
};

/** Passwords that clients gave us go to the hub: never in clear, and better not to whoever answers in its place. */
const hubChecksPasswords: CrossCheck = {
  reads: ['hub', 'auth'],
  *find({ hub, auth }) {
    if (auth?.hub !== true) return;
    const { address } = hub;
    if (address.kind !== 'smtp')
      yield error(['auth', 'hub'], 'needs a hub that speaks SMTP: only that has AUTH', 'use auth.users or auth.dovecot, or give hub.address as host:port');
    else if (isLoopback(address.host)) return;
    else if (hub.tls === 'off') yield error(['auth', 'hub'], 'would send passwords to the hub in clear', 'set hub.tls: must');
    else if (hub.tls === 'may')
      yield warning(['auth', 'hub'], 'sends passwords to whoever answers for the hub: its certificate is not verified', 'set hub.tls: must');
  },
};

/** A slip of the pen would be a spool that is on and never used for that hop. */
const spoolRoutes: CrossCheck = {
  reads: ['spool.routes', 'routes', 'outbound'],
  *find({ spool, routes, outbound }) {
    const known = ['hub', 'outbound', ...Object.keys(routes)];
    for (const [index, name] of spool.routes.entries()) {
      const path = ['spool', 'routes', index];
      const close = nearest(name, known);
      if (!known.includes(name))
        yield error(
          path,
          `${name} is neither hub nor outbound nor a domain of routes: nothing would wait for it`,
          close === null ? 'name a next hop, or leave the list empty for all' : `did you mean ${close}?`,
        );
      else if (name === 'outbound' && outbound === undefined)
        yield error(path, 'there is no outbound: mail to the world goes by the hub', 'name hub, or add outbound: {address: ...}');
    }
  },
};

export const hopChecks: readonly CrossCheck[] = [noLoop, hubTrust, hubSubmits, hubChecksPasswords, spoolRoutes];
