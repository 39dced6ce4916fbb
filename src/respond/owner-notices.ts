// Tells people about an account of theirs: that its quota is nearly used or used up, or that its outgoing mail is held because it seems stolen.
// The owner hears it at a second address, never at the account itself: whoever has stolen it reads that (mission R5, D7). The postmaster hears it
// with the commands that undo it. One letter a day, account and news; what cannot be sent is tried again.
import { afterOne, waitOf, type Rate } from '../lib/gcra.ts';
import { LruMap } from '../lib/lru-map.ts';
import { nameKey, type NamedLines } from '../lib/named-lines.ts';
import type { Event, EventBody, Recorder } from '../model/events.ts';
import { isOwnMailbox } from '../model/own-mailbox.ts';
import { quotaKey, type QuotaKind } from '../model/quota.ts';
import { letterAbout, type AccountNews, type NewsLetter, type QuotaTreatment } from './owner-letter.ts';

export interface OwnerNoticesParts {
  /** Of the configuration in force. */
  site(): { readonly hostname: string; readonly domains: readonly string[]; readonly postmasters: readonly string[]; readonly contacts: NamedLines | null };
  /** What becomes of mail beyond a quota of such an account. */
  treatment(kind: QuotaKind): QuotaTreatment;
  /** Rejects where it could not be handed over. */
  send(to: readonly string[], raw: string): Promise<void>;
  newId(): string;
  readonly record: Recorder;
  now(): number;
}

/** The same news of the same account again after so long, in ms. */
const againMs = 24 * 3_600_000;
/** News remembered, and letters that may wait for another try, at most. */
const mostTold = 10_000;
const mostWaiting = 500;
/** Letters to the postmaster: so many at once, then one every so often, in ms. The record has all of it. */
const postmasterRate: Rate = { everyMs: 5 * 60_000, burst: 20 };
const firstRetryMs = 60_000;
const lastRetryMs = 30 * 60_000;
const mostTries = 10;

export class OwnerNotices {
  readonly #parts: OwnerNoticesParts;
  readonly #told: LruMap<string, true>;
  readonly #timers = new Set<NodeJS.Timeout>();
  #restAt = 0;
  #leftOut = 0;

  constructor(parts: OwnerNoticesParts) {
    this.#parts = parts;
    this.#told = new LruMap({ capacity: mostTold, now: parts.now });
  }

  /** Letters that wait for another try. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Looks at lines of the journal. */
  take(journal: string): void {
    if (!journal.includes('"type":"quota-reached"') && !journal.includes('"type":"measure-added"')) return;
    for (const line of journal.split('\n')) if (/"type":"(?:quota-reached|measure-added)"/.test(line)) this.hear(JSON.parse(line) as Event); // our own recorder wrote it
  }

  /** Hears of one event. */
  hear(event: EventBody): void {
    const news = this.#newsOf(event);
    if (news === null) return;
    const key = `${news.account} ${news.what}`;
    if (this.#told.get(key) === true) return;
    this.#told.set(key, true, againMs);
    const { hostname, postmasters } = this.#parts.site();
    const owners = news.user === null ? [] : this.#contactsOf(news.user);
    const context = { hostname, reference: this.#parts.newId(), ownerIsTold: owners.length > 0 };
    if (owners.length > 0) this.#post(owners, letterAbout(news, 'owner', context), { news, to: 'owner' });
    if (postmasters.length === 0) return;
    const at = this.#parts.now();
    if (waitOf(this.#restAt, postmasterRate, at) > 0) return void this.#leftOut++;
    this.#restAt = afterOne(this.#restAt, postmasterRate, at);
    this.#post(postmasters, letterAbout(news, 'postmaster', { ...context, leftOut: this.#leftOut }), { news, to: 'postmaster' });
    this.#leftOut = 0;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #newsOf(event: EventBody): AccountNews | null {
    if (event.type === 'quota-reached') {
      const { kind, name, clock, used, limit, state } = event;
      const about = { account: quotaKey(event), user: kind === 'user' ? name : null, clock, used, limit, treatment: this.#parts.treatment(kind) };
      return state === 'nearly' ? { what: 'quota-nearly', ...about } : { what: 'quota-used-up', ...about };
    }
    if (event.type !== 'measure-added' || event.dryRun || event.action !== 'quarantine') return null;
    const user = userOf(event.scope);
    if (user === null) return null;
    const { id: measure, reason, incident, expiresAt } = event;
    return { what: 'outgoing-held', account: quotaKey({ kind: 'user', name: user }), user, measure, reason, incident, expiresAt };
  }

  /** Second addresses of the owner; never a mailbox of the account itself. */
  #contactsOf(user: string): readonly string[] {
    const { contacts, domains } = this.#parts.site();
    return (contacts?.values.get(nameKey(user)) ?? []).filter((address) => !isOwnMailbox(user, address, domains));
  }

  #post(to: readonly string[], letter: NewsLetter, about: { readonly news: AccountNews; readonly to: 'owner' | 'postmaster' }, tries = 1): void {
    const raw = letter.raw({ to, at: this.#parts.now(), id: `${this.#parts.newId()}.notice` });
    this.#parts.send(to, raw).then(
      () => this.#parts.record({ type: 'owner-told', user: about.news.user ?? about.news.account, to: about.to, about: about.news.what }),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        this.#parts.record({ type: 'alert-failed', way: `letter to the ${about.to}`, why, waiting: this.#timers.size + 1 });
        if (tries >= mostTries || this.#timers.size >= mostWaiting) return;
        const timer = setTimeout(
          () => {
            this.#timers.delete(timer);
            this.#post(to, letter, about, tries + 1);
          },
          Math.min(lastRetryMs, firstRetryMs * 2 ** (tries - 1)),
        ).unref();
        this.#timers.add(timer);
      },
    );
  }
}

/** The user a scope is about, where it covers what he sends; null for any other. The words are those of facts/measure-scope.ts. */
export function userOf(scope: string): string | null {
  const match = /(?:^|, )user (.+?)(?=, (?:listener|role|direction) |$)/.exec(scope);
  return match?.[1] === undefined || /(?:^|, )direction in$/.test(scope) ? null : match[1];
}
