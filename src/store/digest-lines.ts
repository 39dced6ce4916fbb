// Which held messages recipients have been told of by letter, and until when that holds. Recipients are prints, not addresses.
import type { Queries } from './open.ts';

/** A held message and a recipient's print. */
export interface DigestLine {
  readonly item: string;
  readonly recipient: string;
}

export interface DigestLines {
  /** Those of these messages that somebody has been told of, and still is at `now`. */
  told(items: readonly string[], now: number): Promise<readonly DigestLine[]>;
  /** They are told of until `until`; both in milliseconds since the epoch. */
  note(lines: readonly DigestLine[], until: number): Promise<void>;
  /** Forgets what is over. */
  sweep(now: number): Promise<void>;
}

export function createDigestLines(queries: Queries): DigestLines {
  return {
    told: async (items, now) => {
      if (items.length === 0) return [];
      const rows = await queries.selectFrom('digest_lines').select(['item', 'recipient']).where('item', 'in', items).where('told_until', '>', now).execute();
      return rows.map(({ item, recipient }) => ({ item, recipient }));
    },
    note: async (lines, until) => {
      if (lines.length === 0) return;
      const rows = lines.map((line) => ({ ...line, told_until: until }));
      await queries
        .insertInto('digest_lines')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['item', 'recipient']).doUpdateSet({ told_until: until }))
        .execute();
    },
    sweep: async (now) => {
      await queries.deleteFrom('digest_lines').where('told_until', '<=', now).execute();
    },
  };
}
