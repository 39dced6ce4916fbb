// Who may come in, before a byte is read: caps on sessions at once, in all and for one outside address or network, exact over all
// door threads. Strangers can fill their share of the places only; the rest stays free for known correspondents and for the site's own.
import type { Config } from '../../config/options.ts';
import { hostKey, networkKey } from '../../lib/ip-origin.ts';
import type { SharedCounters } from '../../lib/shared-counters.ts';
import type { ClientClass } from './client-class.ts';
import type { AdmissionDesk } from './services.ts';

export interface AdmissionParts {
  readonly limits: Pick<Config['limits'], 'sessions' | 'sessionsPerAddress' | 'sessionsPerNetwork' | 'reservedShare' | 'reservedForKnown'>;
  readonly counters: Pick<SharedCounters, 'increment' | 'decrement' | 'raise' | 'lower'>;
}

/** Tallies of the shared counters used here: all sessions, those of outside clients, and those of clients that are not known to be good. */
export const sessionTally = { all: 0, outside: 1, unproven: 2 } as const;

/** Places that clients of a kind may take: all of them, those of clients outside, those of clients not known to be good. */
export function placesOf({ sessions, reservedShare, reservedForKnown }: Pick<Config['limits'], 'sessions' | 'reservedShare' | 'reservedForKnown'>): {
  readonly outside: number;
  readonly unproven: number;
} {
  const share = (part: number): number => Math.max(1, Math.floor(sessions * part + 1e-9));
  return { outside: share(1 - reservedShare), unproven: share(1 - reservedShare - reservedForKnown) };
}

/** Counts first, then looks: of two doors that race for the last place both may find it taken, never both free. */
export function createAdmission({ limits, counters }: AdmissionParts): AdmissionDesk {
  const places = placesOf(limits);
  const isInside = (inside: boolean, standing: ClientClass): boolean => inside || standing === 0;
  // Whoever comes to submit is not known before he has authenticated: the places of insiders are not his, those of known ones are.
  const isUnproven = (standing: ClientClass): boolean => standing >= 3;

  function leavePlace(inside: boolean, standing: ClientClass): void {
    if (isUnproven(standing)) counters.lower(sessionTally.unproven);
    if (!isInside(inside, standing)) counters.lower(sessionTally.outside);
    counters.lower(sessionTally.all);
  }

  function hasPlace(inside: boolean, standing: ClientClass): boolean {
    const all = counters.raise(sessionTally.all);
    const outside = isInside(inside, standing) ? 0 : counters.raise(sessionTally.outside);
    const unproven = isUnproven(standing) ? counters.raise(sessionTally.unproven) : 0;
    if (all <= limits.sessions && outside <= places.outside && unproven <= places.unproven) return true;
    leavePlace(inside, standing);
    return false;
  }

  /** Caps of one outside address and network. Insiders have none: a site's own mail server is one address with many sessions. */
  function originCap(ip: string): null | 'sessionsPerAddress' | 'sessionsPerNetwork' {
    const address = hostKey(ip);
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
    enter({ ip, inside }, standing) {
      if (!hasPlace(inside, standing)) return 'sessions';
      const cap = isInside(inside, standing) ? null : originCap(ip);
      if (cap !== null) leavePlace(inside, standing);
      return cap;
    },
    leave({ ip, inside }, standing) {
      if (!isInside(inside, standing)) {
        counters.decrement(networkKey(ip));
        counters.decrement(hostKey(ip));
      }
      leavePlace(inside, standing);
    },
  };
}
