// The operator's side of the spool: what waits, a look into it, to try it now, to stop it, to throw it away and have it back.
import { z } from '../../lib/zod.ts';
import { previewOf, type Preview } from '../quarantine/preview.ts';
import type { SpoolHandled } from './operators-hand.ts';
import type { Spool, SpoolRouteState, SpooledShown } from './spool.ts';

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
  /** A person has stopped it: it is not tried until it is released. */
  readonly held: boolean;
}

export interface SpooledList {
  readonly waiting: number;
  readonly routes: readonly SpoolRouteState[];
  readonly items: readonly ShownSpooled[];
  /** The next portion begins behind this number; null: that was all. */
  readonly next: number | null;
}

/** A look into one message: header and beginning as of held mail, and who brought it. */
export interface SpooledPreview extends Pick<Preview, 'header' | 'text' | 'more'> {
  readonly user: string | null;
  readonly ip: string;
}

export type SpoolVerb = 'hold' | 'release' | 'discard' | 'restore';
export type SpoolActed =
  | {
      readonly ok: true;
      readonly results: readonly ({ readonly id: string; readonly ok: true } | { readonly id: string; readonly ok: false; readonly error: string })[];
    }
  | { readonly ok: false; readonly error: string };

export interface SpoolControl {
  /** So many, oldest first, behind the one of that number. */
  list(limit: number, after?: number): SpooledList;
  /** Null where no such message waits. */
  preview(id: string): Promise<SpooledPreview | null>;
  /** Does it to the messages that are named; `by` is who asked. */
  act(verb: SpoolVerb, raw: unknown, by: string): SpoolActed;
  /** Tries all that waits for a route, or for any; says how many. */
  retry(route?: string): { readonly ok: true; readonly tried: number };
  waiting(): readonly SpoolRouteState[];
}

const idsToRead = z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1000) });
/** Bytes of a message that are looked at: a header has at most 100 KiB. */
const lookBytes = 128 * 1024;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The desk of a spool. */
export const createSpoolDesk = (spool: Spool): SpoolControl => ({
  list: (limit, after = 0) => {
    const found = spool.list(limit + 1, after);
    const items = found.slice(0, limit);
    return { waiting: spool.size, routes: spool.routes(), items: items.map(shown), next: found.length > limit ? (items.at(-1)?.number ?? null) : null };
  },
  preview: async (id) => {
    const looked = await spool.look(id, lookBytes);
    if (looked === null) return null;
    const { item, envelope, wire } = looked;
    const { header, text, more } = previewOf(wire, item.wireBytes > wire.length);
    return { header, text, more, user: envelope.handover.user, ip: item.ip };
  },
  act: (verb, raw, by) => {
    const read = idsToRead.safeParse(raw);
    if (!read.success) return { ok: false, error: 'name 1 to 1000 ids' };
    return { ok: true, results: spool[verb](read.data.ids, by).map(resultOf) };
  },
  retry: (route) => ({ ok: true, tried: spool.retryNow(route) }),
  waiting: () => spool.routes(),
});

const resultOf = ({ id, error }: SpoolHandled) => (error === null ? { id, ok: true as const } : { id, ok: false as const, error });

function shown({ id, queuedAt, expiresAt, from, to, wireBytes, route, class: ofClass, why, tries, nextTryAt, held }: SpooledShown): ShownSpooled {
  return {
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
    held,
  };
}
