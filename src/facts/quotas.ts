// Outgoing quotas at one door (mission R5). A recipient is counted when RCPT is judged and given back when it is refused after all, or the
// message does not come: so the retries of a client that was told to wait count for nothing (engineering 2.9). The meters are in shared memory.
import { LruMap } from '../lib/lru-map.ts';
import type { MeterSize, SharedMeters } from '../lib/shared-meters.ts';
import type { EventBody } from '../model/events.ts';
import { quotaKey, type QuotaAccount, type QuotaClock, type QuotaUse } from '../model/quota.ts';
import type { RcptInput } from '../model/stage-input.ts';
import { meterOf, meterSize, type QuotaRules } from './quota-limits.ts';

/** What a door asks of the quotas, and tells them. */
export interface QuotaDesk {
  /** Counts the recipient, or names the quota that has no room for it. */
  stand(input: Pick<RcptInput, 'session' | 'client' | 'user' | 'from' | 'to'>): QuotaUse | null;
  /** What became of the recipient that was counted last in a session. */
  judged(session: string, became: 'accepted' | 'refused'): void;
  /** A transaction begins: what an earlier one had reserved and not used is free again. */
  begin(session: string): void;
  /** What the record says of messages and sessions: delivered or kept mail has been sent, all else has not. */
  hear(event: EventBody): void;
  /** Sessions that have something reserved. */
  readonly open: number;
}

export interface QuotaDeskParts {
  readonly meters: SharedMeters;
  /** Of the configuration in force. */
  rules(): QuotaRules;
  /** Most of a quota is used, or all of it; told at most once an hour and quota. */
  reached(use: QuotaUse, state: 'nearly' | 'used-up'): void;
  /** An account that has no place among the meters yet. */
  met(account: QuotaAccount): void;
  now(): number;
  /** Sessions with something reserved, at most; the one that began first gives it back. More than a door has sessions. */
  readonly capacity?: number;
}

const capacityDefault = 100_000;

/** Share of a quota from which on it is nearly used up. */
const nearlyShare = 0.8;
/** Quotas whose news is remembered at most, and for how long in ms. */
const mostTold = 10_000;
const tellAgainMs = 3_600_000;

interface Reserved {
  readonly key: string;
  readonly clock: QuotaClock;
  /** The size when it was taken. */
  readonly size: MeterSize;
  /** When the first was taken, in ms. */
  readonly since: number;
  count: number;
}

interface Ledger {
  /** Of the recipient that is being judged. */
  pending: readonly Reserved[];
  /** Of the transaction, by key and clock. */
  readonly kept: Map<string, Reserved>;
}

export function createQuotaDesk({ meters, rules, reached, met, now, capacity = capacityDefault }: QuotaDeskParts): QuotaDesk {
  // A client may go while its recipient is being judged: its ledger is then opened behind its last event, and only room ends it.
  const ledgers = new Map<string, Ledger>();
  const told = new LruMap<string, true>({ capacity: mostTold, now });

  const tell = (use: QuotaUse, state: 'nearly' | 'used-up'): void => {
    const what = `${state} ${use.clock} ${quotaKey(use)}`;
    if (told.get(what) === true) return;
    told.set(what, true, tellAgainMs);
    reached(use, state);
  };
  const giveBack = (reserved: Iterable<Reserved>, at: number): void => {
    for (const { key, clock, size, count, since } of reserved) meters.giveBack(key, meterOf(clock), size, { count, since }, at);
  };
  const release = (session: string): void => {
    const ledger = ledgers.get(session);
    if (ledger === undefined) return;
    ledgers.delete(session);
    giveBack([...ledger.pending, ...ledger.kept.values()], now());
  };

  /** One of each clock of each account; all of them, or none and the one that is full. */
  const takeAll = (accounts: readonly QuotaAccount[], clocks: readonly QuotaClock[], at: number): readonly Reserved[] | QuotaUse => {
    const taken: Reserved[] = [];
    for (const account of accounts) {
      const limits = rules().limitsOf(account);
      for (const clock of clocks) {
        const size = meterSize(clock, limits);
        if (size === null) continue;
        const key = quotaKey(account);
        if (!meters.knows(key)) met(account);
        const used = meters.take(key, meterOf(clock), size, at);
        if (used === null) {
          giveBack(taken, at);
          return { ...account, clock, used: meters.read(key, meterOf(clock), size, at), limit: size.most };
        }
        taken.push({ key, clock, size, since: at, count: 1 });
        if (used >= nearlyShare * size.most && used - 1 < nearlyShare * size.most) tell({ ...account, clock, used, limit: size.most }, 'nearly');
      }
    }
    return taken;
  };

  return {
    stand: (input) => {
      const accounts = rules().accountsOf(input);
      if (accounts.length === 0) return null;
      const taken = takeAll(accounts, rules().clocksOf(input), now());
      if ('clock' in taken) {
        tell(taken, 'used-up');
        return taken;
      }
      if (taken.length === 0) return null;
      const ledger = ledgers.get(input.session) ?? { pending: [], kept: new Map<string, Reserved>() };
      giveBack(ledger.pending, now());
      ledger.pending = taken;
      ledgers.set(input.session, ledger);
      if (ledgers.size > capacity) release(ledgers.keys().next().value ?? '');
      return null;
    },
    judged: (session, became) => {
      const ledger = ledgers.get(session);
      if (ledger === undefined) return;
      if (became === 'refused') giveBack(ledger.pending, now());
      else for (const reserved of ledger.pending) keep(ledger.kept, reserved);
      ledger.pending = [];
    },
    begin: release,
    hear: (event) => {
      if (event.type === 'message-finished') {
        const isSent = event.outcome !== 'refused' && event.outcome !== 'deferred' && event.reason !== 'answered-before';
        if (isSent) ledgers.delete(event.session);
        else release(event.session);
      } else if (event.type === 'transaction-aborted' || event.type === 'session-closed') release(event.session);
    },
    get open() {
      return ledgers.size;
    },
  };
}

function keep(kept: Map<string, Reserved>, reserved: Reserved): void {
  const name = `${reserved.clock} ${reserved.key}`;
  const known = kept.get(name);
  if (known === undefined) kept.set(name, reserved);
  else known.count += reserved.count;
}
