// Which held messages recipients have been told of by letter, and until when that holds. Recipients are prints, not addresses. It is noted before
// a letter is handed over and settled afterwards: what is under way at a start is what a crash has left.
import type { Queries } from './open.ts';

/** A held message and a recipient's print. */
export interface DigestLine {
  readonly item: string;
  readonly recipient: string;
}

/** A letter that was being handed over, and what it names. */
export interface LetterUnderWay {
  readonly letter: string;
  readonly recipient: string;
  readonly items: readonly string[];
}

export interface DigestLines {
  /** Those of these messages that somebody has been told of, and still is at `now`. */
  told(items: readonly string[], now: number): Promise<readonly DigestLine[]>;
  /** They are told of until `until`; both in milliseconds since the epoch. With `letter` it is under way, without it is settled. */
  note(lines: readonly DigestLine[], until: number, letter?: string): Promise<void>;
  /** Letters that were noted as under way and never settled. */
  underWay(): Promise<readonly LetterUnderWay[]>;
  /** Settles a letter as it stands: what was noted of its lines holds for as long as it was noted. */
  settle(letter: string): Promise<void>;
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
    note: async (lines, until, letter) => {
      if (lines.length === 0) return;
      const state = { told_until: until, under_way: letter ?? null };
      await queries
        .insertInto('digest_lines')
        .values(lines.map((line) => ({ ...line, ...state })))
        .onConflict((conflict) => conflict.columns(['item', 'recipient']).doUpdateSet(state))
        .execute();
    },
    underWay: async () => {
      const rows = await queries.selectFrom('digest_lines').select(['item', 'recipient', 'under_way']).where('under_way', 'is not', null).execute();
      const letters = new Map<string, { letter: string; recipient: string; items: string[] }>();
      for (const { item, recipient, under_way: letter } of rows) {
        if (letter === null) continue;
        const found = letters.get(letter) ?? { letter, recipient, items: [] };
        found.items.push(item);
        letters.set(letter, found);
      }
      return [...letters.values()];
    },
    settle: async (letter) => {
      await queries.updateTable('digest_lines').set({ under_way: null }).where('under_way', '=', letter).execute();
    },
    sweep: async (now) => {
      await queries.deleteFrom('digest_lines').where('told_until', '<=', now).execute();
    },
  };
}
