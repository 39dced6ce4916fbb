// Where accepted mail goes: a customer's own server, the way out, or the hub.
import type { Config } from '../config/options.ts';
import type { Route } from '../model/delivery.ts';
import type { Mailbox } from '../model/mailbox.ts';
import type { RcptInput } from '../model/stage-input.ts';
import { destinationOf, relayRulesOf } from './relay.ts';

export interface Router {
  routeOf(input: Pick<RcptInput, 'to' | 'client'>): Route;
  /** The route whose next hop is asked whether the recipient exists; null where nobody is asked. */
  probeRouteOf(input: Pick<RcptInput, 'to' | 'client'>): Route | null;
}

/** Builds the router of one configuration; routes are shared values, so that equal routes are the same object. */
export function createRouter(config: Config): Router {
  const rules = relayRulesOf(config);
  const hub: Route = { key: 'hub', address: config.hub.address };
  const outbound: Route = config.outbound === undefined ? hub : { key: 'outbound', address: config.outbound.address };
  const own = new Map<string, Route>(Object.entries(config.routes).map(([domain, { address }]) => [domain, { key: domain, address }]));
  const routeTo = (to: Mailbox, localIp: string): Route => own.get(to.domain) ?? (destinationOf(to, localIp, rules) === 'outside' ? outbound : hub);
  const verified = (to: Mailbox, localIp: string): boolean => {
    const routed = own.has(to.domain) ? config.routes[to.domain] : undefined;
    // Of the world's addresses a hub says yes to everything or asks others; neither is worth a probe.
    return routed?.verifyRecipients ?? (config.hub.verifyRecipients && destinationOf(to, localIp, rules) !== 'outside');
  };
  return {
    routeOf: ({ to, client }) => routeTo(to, client.localIp),
    probeRouteOf: ({ to, client }) => {
      const route = routeTo(to, client.localIp);
      // The mailbox store delivers to its own mailboxes only: without a way out the world's addresses are refused at RCPT, not after DATA.
      return verified(to, client.localIp) || route.address.kind === 'maildir' ? route : null;
    },
  };
}
