// The operator's side of the spool: what waits, and to try it now.
import type { Spool, SpoolRouteState } from './spool.ts';

/** A message that waits, as lists show it; times are ISO 8601 UTC. */
export interface ShownSpooled {
  readonly id: string;
  readonly store: 'floodgate';
  readonly queuedAt: string;
  readonly expiresAt: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Bytes of the content in wire form. */
  readonly size: number;
  readonly route: string;
  readonly class: string;
  readonly reason: string;
  readonly tries: number;
  readonly nextTryAt: string | null;
  readonly incident: null;
}

export interface SpoolControl {
  list(limit: number): { readonly waiting: number; readonly routes: readonly SpoolRouteState[]; readonly items: readonly ShownSpooled[] };
  /** Tries all that waits for a route, or for any; says how many. */
  retry(route?: string): { readonly ok: true; readonly tried: number };
  waiting(): readonly SpoolRouteState[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const createSpoolDesk = (spool: Spool): SpoolControl => ({
  list: (limit) => ({
    waiting: spool.size,
    routes: spool.routes(),
    items: spool.list(limit).map(({ id, queuedAt, expiresAt, from, to, wireBytes, route, class: ofClass, why, tries, nextTryAt }) => ({
      id,
      store: 'floodgate',
      queuedAt: iso(queuedAt),
      expiresAt: iso(expiresAt),
      from,
      to,
      size: wireBytes,
      route,
      class: ofClass,
      reason: why,
      tries,
      nextTryAt: nextTryAt === null ? null : iso(nextTryAt),
      incident: null,
    })),
  }),
  retry: (route) => ({ ok: true, tried: spool.retryNow(route) }),
  waiting: () => spool.routes(),
});
