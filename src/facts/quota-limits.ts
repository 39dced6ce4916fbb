// Who counts for a recipient that goes out, and how much each may send: the configuration, and what an operator has raised for a while.
import { networkOf } from '../lib/ip.ts';
import type { MeterSize } from '../lib/shared-meters.ts';
import type { Config } from '../config/options.ts';
import { quotaClocks, quotaKey, type QuotaAccount, type QuotaClock, type QuotaLimits, type QuotaRaise } from '../model/quota.ts';
import type { RcptInput } from '../model/stage-input.ts';

const hourMs = 3_600_000;
const windowMs: Readonly<Record<QuotaClock, number>> = {
  externalRecipientsPerHour: hourMs,
  internalRecipientsPerHour: hourMs,
  recipientsPerDay: 24 * hourMs,
};

/** The meter of a clock; null where there is no limit. */
export const meterSize = (clock: QuotaClock, limits: QuotaLimits): MeterSize | null =>
  limits[clock] === 0 ? null : { most: limits[clock], windowMs: windowMs[clock] };

/** Its place among the meters of a key. */
export const meterOf = (clock: QuotaClock): number => quotaClocks.indexOf(clock);

export interface QuotaRules {
  /** Who counts for this recipient; nobody, where a stranger writes to us. */
  accountsOf(input: Pick<RcptInput, 'client' | 'user' | 'from'>): readonly QuotaAccount[];
  /** The clocks that run for it. */
  clocksOf(input: Pick<RcptInput, 'to'>): readonly QuotaClock[];
  limitsOf(account: QuotaAccount): QuotaLimits;
}

const nobody: readonly QuotaAccount[] = [];
const outward: readonly QuotaClock[] = ['externalRecipientsPerHour', 'recipientsPerDay'];
const inward: readonly QuotaClock[] = ['internalRecipientsPerHour', 'recipientsPerDay'];

/** The rules of one configuration. `raiseOf` knows, by `quotaKey`, what is raised at the moment. */
export function quotaRules({ quotas, site }: Pick<Config, 'quotas' | 'site'>, raiseOf: (key: string) => QuotaRaise | null): QuotaRules {
  const ours = new Set([...site.domains, ...site.customerDomains]);
  const customers = new Set(site.customerDomains);
  // Who may write to many has no quota he was not given: a newsletter must not be held by a default.
  const bulk = new Set(site.bulkSenders.map((name) => quotaKey({ kind: 'user', name })));
  const own = new Map(Object.entries(quotas.users).map(([name, limits]) => [quotaKey({ kind: 'user', name }), limits]));
  return {
    accountsOf: ({ client, user, from }) => {
      if (user === null && !client.inside && client.role !== 'smarthost') return nobody;
      const sender = from === null || !customers.has(from.domain) ? [] : [{ kind: 'customer', name: from.domain } as const];
      if (user !== null) return [{ kind: 'user', name: user }, ...sender];
      const { ip } = client;
      return [{ kind: 'host', name: ip.includes(':') ? networkOf(ip, 32, 64) : ip }, { kind: 'network', name: networkOf(ip, 24, 56) }, ...sender];
    },
    // RFC 5321 4.5.1: `RCPT TO:<postmaster>` without a domain is ours.
    clocksOf: ({ to }) => (to.domain === '' || ours.has(to.domain) ? inward : outward),
    limitsOf: (account) => {
      if (account.kind !== 'user') return quotas[account.kind];
      const key = quotaKey(account);
      const limits = { ...(bulk.has(key) ? noLimits : quotas.user), ...definedOnly(own.get(key) ?? {}) };
      const raise = raiseOf(key);
      return raise === null ? limits : raised(limits, raise);
    },
  };
}

const definedOnly = (limits: { readonly [C in QuotaClock]?: number | undefined }): Partial<QuotaLimits> =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));

const noLimits: QuotaLimits = { externalRecipientsPerHour: 0, internalRecipientsPerHour: 0, recipientsPerDay: 0 };

/** A raised quota stays one that a meter can hold. */
const mostRaised = 4_000_000;

function raised(limits: QuotaLimits, { times }: QuotaRaise): QuotaLimits {
  const limit = (clock: QuotaClock): number => (times === null ? 0 : Math.min(mostRaised, limits[clock] * times));
  return {
    externalRecipientsPerHour: limit('externalRecipientsPerHour'),
    internalRecipientsPerHour: limit('internalRecipientsPerHour'),
    recipientsPerDay: limit('recipientsPerDay'),
  };
}
