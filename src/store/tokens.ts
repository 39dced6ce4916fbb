// The table of API tokens: names, roles and hashes, never a token.
import type { Queries } from './open.ts';
import type { ApiTokenRow } from './tables.ts';

/** A token as it is kept; times in milliseconds since the epoch. */
export interface StoredToken {
  readonly name: string;
  readonly role: ApiTokenRow['role'];
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly hash: string;
  /** Who made it. */
  readonly by: string;
  readonly createdAt: number;
  /** Null: for good. */
  readonly expiresAt: number | null;
}

export interface TokenRepository {
  /** False, and nothing changes, when the name is taken. */
  add(token: StoredToken): Promise<boolean>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
  /** All of them, expired ones too, by name. */
  all(): Promise<readonly StoredToken[]>;
}

/** The repository over an open store. */
export function createTokens(queries: Queries): TokenRepository {
  return {
    add: async (token) => {
      const result = await queries
        .insertInto('api_tokens')
        .values(toRow(token))
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    remove: async (name) => (await queries.deleteFrom('api_tokens').where('name', '=', name).executeTakeFirst()).numDeletedRows > 0n,
    all: async () => (await queries.selectFrom('api_tokens').selectAll().orderBy('name').execute()).map(fromRow),
  };
}

const toRow = ({ createdAt, expiresAt, ...same }: StoredToken): ApiTokenRow => ({ ...same, created_at: createdAt, expires_at: expiresAt });
const fromRow = ({ created_at: createdAt, expires_at: expiresAt, ...same }: ApiTokenRow): StoredToken => ({ ...same, createdAt, expiresAt });
