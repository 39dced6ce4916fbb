// Whose mail do we handle (mission R1-R3). Pure: the envelope and the configuration decide; no DNS, no list, no sender.
import { canonicalIp } from '../lib/ip.ts';
import type { Config } from '../config/options.ts';
import type { Mailbox } from '../model/mailbox.ts';
import type { HeloInput } from '../model/stage-input.ts';

/** own: one of the site's domains. customer: we relay for it. nowhere: an address at our own address literal that nobody has. */
export type Destination = 'own' | 'customer' | 'outside' | 'nowhere';

export interface RelayRules {
  readonly own: ReadonlySet<string>;
  readonly customers: ReadonlySet<string>;
  /** Our listeners' addresses in canonical text, besides the one the client reached. */
  readonly ownAddresses: ReadonlySet<string>;
}

/** Picks out of the configuration what decides about relaying. */
export function relayRulesOf(config: Config): RelayRules {
  return {
    own: new Set(config.site.domains),
    // A route alone permits nothing: a forgotten entry under routes must not open a domain to the world.
    customers: new Set(config.site.customerDomains),
    ownAddresses: new Set(config.listeners.map(({ address }) => canonicalIp(address.host)).filter((ip) => ip !== '' && ip !== '0.0.0.0' && ip !== '::')),
  };
}

/** Where a recipient's mail would go. `localIp` is the address the client reached: its literal is ours too. */
export function destinationOf(to: Mailbox, localIp: string, rules: RelayRules): Destination {
  const { domain } = to;
  // RFC 5321 4.5.1: `RCPT TO:<postmaster>` without a domain is ours.
  if (domain === '') return isPostmaster(to) ? 'own' : 'nowhere';
  if (rules.own.has(domain)) return 'own';
  if (rules.customers.has(domain)) return 'customer';
  if (!domain.startsWith('[')) return 'outside';
  const ip = addressOfLiteral(domain);
  if (ip !== localIp && !rules.ownAddresses.has(ip)) return 'outside';
  // RFC 1123 5.2.17 wants our own literals understood; only postmaster is reached that way, anything else only serves probes.
  return isPostmaster(to) ? 'own' : 'nowhere';
}

/** Canonical address of `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 4.1.3); '' for anything else in brackets. */
export function addressOfLiteral(domain: string): string {
  const inner = domain.slice(1, domain.endsWith(']') ? -1 : undefined);
  return canonicalIp(/^ipv6:/i.test(inner) ? inner.slice(5) : inner);
}

/** RFC 5321 4.5.1: "postmaster" in any case. */
export const isPostmaster = (to: Mailbox): boolean => to.localPart.length === 10 && to.localPart.toLowerCase() === 'postmaster';

/** Postmaster of one of these domains, or without a domain. */
export const isPostmasterOf = (domains: ReadonlySet<string>, to: Mailbox): boolean => isPostmaster(to) && (to.domain === '' || domains.has(to.domain));

/** Who may send to anyone (mission R2): the network, the user, or the listener permits, alone or together. The sender's address never does. */
export const mayRelay = ({ client, user }: Pick<HeloInput, 'client' | 'user'>): boolean => user !== null || client.inside || client.role === 'smarthost';

/**
 * Whose mail has been taken before it comes to us: a server of ours hands it on, or a user's program has composed it. Refused, it would be
 * bounced to whoever stands in the envelope.
 */
export const bringsTakenMail = (who: Pick<HeloInput, 'client' | 'user'>): boolean => mayRelay(who) || who.client.nextHop === true;

/** RFC 6409 4.3: a submission listener takes mail of authenticated users only, also from inside. */
export const lacksAuthentication = ({ client, user }: Pick<HeloInput, 'client' | 'user'>): boolean => client.role === 'submission' && user === null;

/**
 * A local part that hides another address: `user%domain`, `domain!user`, `user@domain` (quoted). Mail servers of many eras route such
 * mail on to the hidden domain, and they trust us.
 */
export const hidesAddress = (localPart: string): boolean => localPart.includes('@') || /%./s.test(localPart) || /.!./s.test(localPart);
