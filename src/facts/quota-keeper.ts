// Outgoing quotas as the keeper has them: who has sent, what an operator has raised, and what of it outlives a restart. The commands behind
// `floodgate quota` and /api/v1/quotas.
import type { SharedMeters } from '../lib/shared-meters.ts';
import { z } from '../lib/zod.ts';
import type { Recorder } from '../model/events.ts';
import { quotaClocks, quotaKey, type QuotaAccount, type QuotaClock, type QuotaKind, type QuotaRaise } from '../model/quota.ts';
import type { DeskAnswer } from './list-desk.ts';
import { meterOf, meterSize, type QuotaRules } from './quota-limits.ts';

/** One account as shown; a limit of 0 is none. Times are ISO 8601 UTC with milliseconds. */
export type ShownQuota = {
  /** Like `user bob`. */
  readonly account: string;
  readonly kind: QuotaKind;
  readonly name: string;
  readonly raised: { readonly times: number | null; readonly until: string; readonly by: string } | null;
} & { readonly [C in QuotaClock]: { readonly used: number; readonly limit: number } };

export interface QuotaCommands {
  /** Who has used something or was given more, the fullest first. */
  show(): readonly ShownQuota[];
  find(account: QuotaAccount): ShownQuota;
  /** Gives a user more for a while. `by` names who asked. */
  raise(raw: unknown, by: string): DeskAnswer<{ readonly quota: ShownQuota }>;
  /** Ends that before its time. */
  lower(user: string, by: string): DeskAnswer<{ readonly quota: ShownQuota }>;
}

export interface QuotaKeeper {
  readonly desk: QuotaCommands;
  /** A door has met an account. */
  met(account: QuotaAccount): void;
  /** In force now. */
  raises(): readonly QuotaRaise[];
  /** Ends what has run out; to be called now and then. */
  tidy(): void;
  /** All that outlives a restart, as text. */
  toText(): string;
  /** Puts back what `toText` gave; false where it is not understood. */
  addText(text: string): boolean;
}

export interface QuotaKeeperParts {
  readonly meters: SharedMeters;
  /** Of the configuration in force, with what is raised. */
  rules(): QuotaRules;
  readonly record: Recorder;
  /** To every door. */
  changed(raises: readonly QuotaRaise[]): void;
  now(): number;
}

/** Accounts remembered by name at most: as many as there are meters. The one met first goes first. */
export const mostAccounts = 32_768;
const mostRaises = 1000;
/** What must last longer belongs into the configuration. */
const longestRaiseMs = 31 * 86_400_000;

const raiseToRead = z.strictObject({
  user: z.string().min(1, 'is missing').max(320),
  until: z.iso.datetime('is a time like 2026-09-01T06:00:00Z'),
  times: z.number().int().min(2).max(1000).nullable().default(10),
});

const saved = z.object({
  accounts: z.array(z.object({ kind: z.enum(['user', 'host', 'network', 'customer']), name: z.string().max(400), used: z.array(z.number().int().min(0)) })),
  at: z.number(),
  raises: z.array(z.object({ user: z.string(), times: z.number().nullable(), until: z.number(), by: z.string() })),
});

export function createQuotaKeeper({ meters, rules, record, changed, now }: QuotaKeeperParts): QuotaKeeper {
  const accounts = new Map<string, QuotaAccount>();
  const raises = new Map<string, QuotaRaise>();

  const met = (account: QuotaAccount): void => {
    accounts.set(quotaKey(account), account);
    if (accounts.size > mostAccounts) accounts.delete(accounts.keys().next().value ?? '');
  };
  const usedOf = (account: QuotaAccount, clock: QuotaClock, at: number): { readonly used: number; readonly limit: number } => {
    const limits = rules().limitsOf(account);
    const size = meterSize(clock, limits);
    return { used: size === null ? 0 : meters.read(quotaKey(account), meterOf(clock), size, at), limit: limits[clock] };
  };
  const shown = (account: QuotaAccount): ShownQuota => {
    const key = quotaKey(account);
    const raise = raises.get(key);
    const at = now();
    return {
      account: key,
      ...account,
      externalRecipientsPerHour: usedOf(account, 'externalRecipientsPerHour', at),
      internalRecipientsPerHour: usedOf(account, 'internalRecipientsPerHour', at),
      recipientsPerDay: usedOf(account, 'recipientsPerDay', at),
      raised: raise === undefined || raise.until <= at ? null : { times: raise.times, until: new Date(raise.until).toISOString(), by: raise.by },
    };
  };
  const end = (raise: QuotaRaise, by: string): void => {
    raises.delete(raise.user);
    record({ type: 'quota-changed', account: raise.user, what: 'raise-ended', times: raise.times, until: raise.until, by });
    changed([...raises.values()]);
  };

  return {
    met,
    raises: () => [...raises.values()],
    tidy: () => {
      for (const raise of raises.values()) if (raise.until <= now()) end(raise, 'floodgate');
    },
    desk: {
      show: () => {
        const names = new Map(accounts);
        for (const { user } of raises.values()) names.set(user, names.get(user) ?? { kind: 'user', name: user.slice('user '.length) });
        return worthShowing([...names.values()].map(shown));
      },
      find: (account) => shown(accounts.get(quotaKey(account)) ?? account),
      raise: (raw, by) => {
        const read = raiseOf(raw, by, now());
        if (typeof read === 'string') return refused(read);
        const { name, raise } = read;
        const { user, times, until } = raise;
        if (raises.size >= mostRaises && !raises.has(user)) return refused(`there are ${raises.size} raised quotas; raise quotas.user instead`);
        raises.set(user, raise);
        record({ type: 'quota-changed', account: user, what: 'raised', times, until, by });
        changed([...raises.values()]);
        return { ok: true, quota: shown(accounts.get(user) ?? { kind: 'user', name }) };
      },
      lower: (name, by) => {
        const account = { kind: 'user', name } as const;
        const raise = raises.get(quotaKey(account));
        if (raise === undefined) return refused(`the quota of ${name} is not raised`);
        end(raise, by);
        return { ok: true, quota: shown(accounts.get(quotaKey(account)) ?? account) };
      },
    },
    toText: () => {
      const at = now();
      const used = [...accounts.values()].map((account) => ({ ...account, used: quotaClocks.map((clock) => usedOf(account, clock, at).used) }));
      return JSON.stringify({ at, accounts: used.filter((each) => each.used.some((count) => count > 0)), raises: [...raises.values()] });
    },
    addText: (text) => {
      const read = saved.safeParse(parsed(text));
      if (!read.success) return false;
      for (const account of read.data.accounts.slice(0, mostAccounts)) met(putBack(meters, account, Math.min(read.data.at, now())));
      for (const raise of read.data.raises.slice(0, mostRaises)) if (raise.until > now()) raises.set(raise.user, raise);
      return true;
    },
  };
}

/** Fills the meters of an account as they were. `at` is not in the future: such a clock would never leak. */
function putBack(meters: SharedMeters, { used, ...account }: z.output<typeof saved>['accounts'][number], at: number): QuotaAccount {
  for (const [meter, level] of used.slice(0, quotaClocks.length).entries()) meters.restore(quotaKey(account), meter, { level, at });
  return account;
}

/** What an operator asks for, or what is wrong with it. */
function raiseOf(raw: unknown, by: string, now: number): { readonly name: string; readonly raise: QuotaRaise } | string {
  const read = raiseToRead.safeParse(raw);
  if (!read.success) return firstProblem(read.error);
  const { user: name, times } = read.data;
  const until = Date.parse(read.data.until);
  if (until <= now) return 'it would be over already';
  if (until > now + longestRaiseMs) return 'a quota is raised for 31 days at most; a larger one for good belongs into quotas.users';
  return { name, raise: { user: quotaKey({ kind: 'user', name }), times, until, by } };
}

/** Those that have used something or have more than usual, the fullest first. */
const worthShowing = (quotas: readonly ShownQuota[]): readonly ShownQuota[] =>
  quotas.filter((quota) => quota.raised !== null || quotaClocks.some((clock) => quota[clock].used > 0)).toSorted((a, b) => fullest(b) - fullest(a));

const fullest = (quota: ShownQuota): number => Math.max(...quotaClocks.map((clock) => (quota[clock].limit === 0 ? 0 : quota[clock].used / quota[clock].limit)));

const refused = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

function firstProblem({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? 'is not understood' : `${issue.path.join('.')} ${issue.message}`.trim();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
