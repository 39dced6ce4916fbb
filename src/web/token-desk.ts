// Tokens of the API: made, shown and removed by the operator at control.sock; looked up for each request over TCP.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Recorder } from '../model/events.ts';
import type { StoredToken, TokenRepository } from '../store/tokens.ts';
import type { CommandAnswer } from './house.ts';

/** reader: what reads; operator: what changes lists and measures, too. */
export type TokenRole = StoredToken['role'];

/** Who asks, by the token that came along. */
export interface Bearer {
  readonly name: string;
  readonly role: TokenRole;
}

/** A token as it is shown: times in ISO 8601 UTC, never the secret. */
export interface ShownToken {
  readonly name: string;
  readonly role: TokenRole;
  readonly by: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly expired: boolean;
}

export interface TokenDesk {
  show(): { readonly tokens: readonly ShownToken[] };
  /** The answer holds the token itself: the only time that it is told. */
  add(raw: unknown, by: string): Promise<CommandAnswer>;
  remove(name: string, by: string): Promise<CommandAnswer>;
  /** Whose token this is; null when it is nobody's or has expired. */
  bearerOf(secret: string): Bearer | null;
}

export interface TokenDeskParts {
  readonly repository: TokenRepository;
  readonly record: Recorder;
  now(): number;
}

/** Every request looks at each of them. */
const maxTokens = 100;
const namePattern = /^[a-z0-9][a-z0-9._-]{0,39}$/i;
/** Tells our tokens from other secrets in a leaked file. */
const prefix = 'fgt_';

/** Reads what is kept; from then on memory answers, and the table follows each change. */
export async function openTokenDesk({ repository, record, now }: TokenDeskParts): Promise<TokenDesk> {
  let tokens = await repository.all();
  const isOver = ({ expiresAt }: StoredToken): boolean => expiresAt !== null && expiresAt <= now();
  const shown = (token: StoredToken): ShownToken => ({
    name: token.name,
    role: token.role,
    by: token.by,
    createdAt: new Date(token.createdAt).toISOString(),
    expiresAt: token.expiresAt === null ? null : new Date(token.expiresAt).toISOString(),
    expired: isOver(token),
  });
  return {
    show: () => ({ tokens: tokens.map(shown) }),
    add: async (raw, by) => {
      const wanted = parseWanted(raw, now());
      if (typeof wanted === 'string') return { ok: false, error: wanted };
      if (tokens.length >= maxTokens) return { ok: false, error: `there are ${maxTokens} tokens already; remove one` };
      const secret = prefix + randomBytes(32).toString('base64url');
      const token: StoredToken = { ...wanted, hash: hashOf(secret).toString('hex'), by, createdAt: now() };
      if (!(await repository.add(token))) return { ok: false, error: `there is a token ${token.name} already; remove it first or choose another name` };
      tokens = await repository.all();
      record({ type: 'token-changed', name: token.name, role: token.role, what: 'added', by });
      return { ok: true, token: secret, ...shown(token) };
    },
    remove: async (name, by) => {
      const token = tokens.find((each) => each.name === name);
      if (token === undefined || !(await repository.remove(name))) return { ok: false, error: `there is no token ${name.slice(0, 100)}` };
      tokens = await repository.all();
      record({ type: 'token-changed', name, role: token.role, what: 'removed', by });
      return { ok: true };
    },
    bearerOf: (secret) => {
      const hash = hashOf(secret);
      // Every token is looked at, whichever fits: the time tells nothing.
      const found = tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.hash, 'hex')) && !isOver(token));
      return found.length === 0 || found[0] === undefined ? null : { name: found[0].name, role: found[0].role };
    },
  };
}

/** 256 random bits need no salt and no slow hash: there is nothing to guess. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** What is asked for, or what is wrong with it in one sentence. */
function parseWanted(raw: unknown, at: number): Pick<StoredToken, 'name' | 'role' | 'expiresAt'> | string {
  if (typeof raw !== 'object' || raw === null) return 'a token has a name and a role';
  const { name, role, expiresAt = null, ...more } = raw as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return `"${unknown.slice(0, 40)}" is not known; a token has name, role and expiresAt`;
  if (typeof name !== 'string' || !namePattern.test(name)) return 'the name is 1 to 40 letters, digits, dots, hyphens or underscores';
  if (role !== 'reader' && role !== 'operator') return 'the role is reader or operator';
  if (expiresAt === null) return { name, role, expiresAt };
  const moment = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(moment)) return 'expiresAt is a time like 2026-09-01T06:00:00Z';
  return moment > at ? { name, role, expiresAt: moment } : 'expiresAt is in the past';
}
