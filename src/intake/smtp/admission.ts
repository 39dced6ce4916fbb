// Who may come in, before a byte is read: caps on sessions at once, in all and for one outside address or network, exact over all
// door threads. Strangers can fill their share of the places only; the rest stays free for clients inside the site.
import type { Config } from '../../config/options.ts';
import { parseIpv6 } from '../../lib/ip-words.ts';
import type { SharedCounters } from '../../lib/shared-counters.ts';
import type { AdmissionDesk } from './services.ts';

export interface AdmissionParts {
  readonly limits: Pick<Config['limits'], 'sessions' | 'sessionsPerAddress' | 'sessionsPerNetwork' | 'reservedShare'>;
  readonly counters: Pick<SharedCounters, 'increment' | 'decrement' | 'raise' | 'lower'>;
}

/** Tallies of the shared counters used here: all sessions, and those of outside clients. */
export const sessionTally = { all: 0, outside: 1 } as const;

/** Counts first, then looks: of two doors that race for the last place both may find it taken, never both free. */
export function createAdmission({ limits, counters }: AdmissionParts): AdmissionDesk {
  const outsidePlaces = Math.max(1, Math.floor(limits.sessions * (1 - limits.reservedShare)));

  function leavePlace(inside: boolean): void {
    if (!inside) counters.lower(sessionTally.outside);
    counters.lower(sessionTally.all);
  }

  function hasPlace(inside: boolean): boolean {
    const all = counters.raise(sessionTally.all);
    const outside = inside ? 0 : counters.raise(sessionTally.outside);
    if (all <= limits.sessions && outside <= outsidePlaces) return true;
    leavePlace(inside);
    return false;
  }

  /** Caps of one outside address and network. Insiders have none: a site's own mail server is one address with many sessions. */
  function originCap(ip: string): null | 'sessionsPerAddress' | 'sessionsPerNetwork' {
    const address = addressKey(ip);
    if (counters.increment(address) > limits.sessionsPerAddress) {
      counters.decrement(address);
      return 'sessionsPerAddress';
    }
    const network = networkKey(ip);
    if (counters.increment(network) <= limits.sessionsPerNetwork) return null;
    counters.decrement(network);
    counters.decrement(address);
    return 'sessionsPerNetwork';
  }

  return {
    enter(ip, inside) {
      if (!hasPlace(inside)) return 'sessions';
      const cap = inside ? null : originCap(ip);
      if (cap !== null) leavePlace(inside);
      return cap;
    },
    leave(ip, inside) {
      if (!inside) {
        counters.decrement(networkKey(ip));
        counters.decrement(addressKey(ip));
      }
      leavePlace(inside);
    },
  };
}

const isV6 = (ip: string): boolean => ip.includes(':');

/** IPv4: the address. IPv6: its /64, which is what one host is given (RFC 6177, RFC 4291 2.5.1). */
function addressKey(ip: string): string {
  if (!isV6(ip)) return ip;
  const words = parseIpv6(ip);
  return `${words?.[0]}:${words?.[1]}`;
}

/** IPv4: the /24. IPv6: the /56, the smallest thing usually given to one customer (RFC 6177). */
function networkKey(ip: string): string {
  if (!isV6(ip)) return ip.slice(0, ip.lastIndexOf('.'));
  const words = parseIpv6(ip);
  return `${words?.[0]}/${(words?.[1] ?? 0) >>> 8}`;
}
