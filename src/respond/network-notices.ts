// Tells the abuse contact of a network of the viruses that came from it (mission B2): of all within a while at once, at most once a day and
// network. Whoever connected is known by his connection; nobody else is told, least of all the envelope sender, whom a virus makes up.
import { afterOne, waitOf, type Rate } from '../lib/gcra.ts';
import { networkOf } from '../lib/ip.ts';
import { LruMap } from '../lib/lru-map.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { AbuseContact, AbuseContacts } from '../model/abuse-contact.ts';
import type { Event, Recorder } from '../model/events.ts';
import { networkLetter, type InfectedMessage } from './network-letter.ts';
import type { ToldNetworks } from './told-networks.ts';

export interface NetworkNoticesSettings {
  readonly hostname: string;
  readonly postmaster: string;
  /** Domains of ours: they are no contact of a stranger's network. */
  readonly domains: readonly string[];
  readonly tellAfterMs: number;
  readonly perHour: number;
}

export interface NetworkNoticesParts {
  /** Of the configuration in force; null: nobody is told. */
  settings(): NetworkNoticesSettings | null;
  /** Neither ours nor private nor protected. */
  mayTell(ip: string): boolean;
  readonly contacts: AbuseContacts;
  readonly told: ToldNetworks;
  /** Rejects where it could not be handed over. */
  send(to: readonly string[], raw: string): Promise<void>;
  newId(): string;
  readonly record: Recorder;
  now(): number;
}

interface Pool {
  count: number;
  allStopped: boolean;
  readonly since: number;
  /** Newest last. */
  readonly latest: InfectedMessage[];
  tries: number;
  timer: NodeJS.Timeout;
}

/** Networks that wait to be told, at most; newcomers beyond it are not told (the record has them). */
const mostPools = 1000;
const mostNamed = 10;
const dayMs = 24 * 3_600_000;
/** Where the contact could not be asked for, or the letter not sent. */
const retryMs = 10 * 60_000;
const mostTries = 6;
/** Letters to one mailbox: a provider with many networks gets no more than these a day. */
const perContact: Rate = { everyMs: dayMs / 10, burst: 10 };
const mostContacts = 1000;

export class NetworkNotices {
  readonly #parts: NetworkNoticesParts;
  readonly #pools = new Map<string, Pool>();
  /** By mailbox; and for all together. */
  readonly #restAt: LruMap<string, number>;
  #restOfAll = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: NetworkNoticesParts) {
    this.#parts = parts;
    this.#restAt = new LruMap({ capacity: mostContacts, now: parts.now });
  }

  /** Networks that wait to be told. */
  get waiting(): number {
    return this.#pools.size;
  }

  /** Looks at lines of the journal. */
  take(journal: string): void {
    if (this.#parts.settings() === null || !journal.includes('"check":"virus-found"')) return; // nearly always
    for (const line of journal.split('\n')) {
      if (!line.includes('"type":"stage-judged"') || !line.includes('"check":"virus-found"')) continue;
      const infected = infectedOf(JSON.parse(line) as Event); // a recorder of ours wrote it
      if (infected !== null) this.hear(infected);
    }
  }

  /** A message with a virus came from outside. */
  hear(message: InfectedMessage): void {
    const settings = this.#parts.settings();
    if (settings === null || !this.#parts.mayTell(message.ip)) return;
    const key = networkOf(message.ip, 24, 48);
    const pool = this.#pools.get(key);
    if (pool === undefined) {
      if (this.#pools.size < mostPools)
        this.#pools.set(key, {
          count: 1,
          allStopped: message.stopped,
          since: message.at,
          latest: [message],
          tries: 0,
          timer: this.#later(key, settings.tellAfterMs),
        });
      return;
    }
    pool.count += 1;
    pool.allStopped &&= message.stopped;
    pool.latest.push(message);
    if (pool.latest.length > mostNamed) pool.latest.shift();
  }

  /** Resolves when all that was due has been dealt with. */
  settled(): Promise<void> {
    return this.#work;
  }

  stop(): void {
    for (const { timer } of this.#pools.values()) clearTimeout(timer);
    this.#pools.clear();
  }

  /** One after the other: what one finds out the next can use. */
  #later(key: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      // Whatever one network throws, the next ones have their turn.
      this.#work = this.#work.then(() => this.#tell(key)).catch((error: unknown) => this.#again(key, error instanceof Error ? error.message : String(error)));
    }, ms).unref();
  }

  #postpone(key: string, ms: number): void {
    const pool = this.#pools.get(key);
    if (pool !== undefined) pool.timer = this.#later(key, ms);
  }

  async #tell(key: string): Promise<void> {
    const settings = this.#parts.settings();
    const latest = this.#pools.get(key)?.latest.at(-1);
    if (settings === null || latest === undefined || !this.#parts.mayTell(latest.ip)) return void this.#pools.delete(key);
    const contact = await this.#parts.contacts.of(latest.ip);
    if (contact.kind === 'unknown') return this.#again(key, contact.why);
    const waitMs = this.#parts.told.waitOf(contact.network);
    if (waitMs > 0) return this.#postpone(key, waitMs);
    if (contact.kind === 'none') return this.#untold(key, contact.network, contact.why);
    const to = contact.mailboxes.filter((mailbox) => !settings.domains.includes(mailbox.slice(mailbox.lastIndexOf('@') + 1)));
    if (to.length === 0) return this.#untold(key, contact.network, 'its abuse contact is ours');
    const restMs = this.#restOf(to, settings.perHour);
    if (restMs > 0) return this.#postpone(key, restMs);
    await this.#write(key, { contact, to, settings });
  }

  async #write(
    key: string,
    {
      contact,
      to,
      settings,
    }: { readonly contact: Extract<AbuseContact, { kind: 'found' }>; readonly to: readonly string[]; readonly settings: NetworkNoticesSettings },
  ): Promise<void> {
    const { hostname, postmaster, perHour } = settings;
    const keys = this.#poolsWithin(contact.network, key);
    const pools = keys.flatMap((each) => this.#pools.get(each) ?? []);
    const [at, reference] = [this.#parts.now(), this.#parts.newId()];
    const news = {
      network: contact.network,
      count: pools.reduce((sum, { count }) => sum + count, 0),
      allStopped: pools.every(({ allStopped }) => allStopped),
      since: Math.min(...pools.map(({ since }) => since)),
      latest: pools
        .flatMap((pool) => pool.latest)
        .toSorted((one, other) => one.at - other.at)
        .slice(-mostNamed),
    };
    try {
      await this.#parts.send(to, networkLetter(news, { to, hostname, postmaster, reference, at }));
    } catch (error) {
      return this.#again(key, error instanceof Error ? error.message : String(error));
    }
    this.#countLetter(to, perHour);
    for (const each of keys) this.#forget(each);
    this.#parts.told.note(contact.network);
    this.#parts.record({ type: 'network-told', ref: reference, network: contact.network, to, found: news.count, source: contact.source, why: '' });
  }

  #again(key: string, why: string): void {
    const pool = this.#pools.get(key);
    if (pool === undefined) return;
    pool.tries += 1;
    if (pool.tries < mostTries) this.#postpone(key, retryMs);
    else this.#untold(key, key, why);
  }

  #untold(key: string, network: string, why: string): void {
    const found = this.#pools.get(key)?.count ?? 0;
    this.#forget(key);
    this.#parts.told.note(network); // or each message would ask again
    this.#parts.record({ type: 'network-told', ref: this.#parts.newId(), network, to: [], found, source: null, why });
  }

  #forget(key: string): void {
    clearTimeout(this.#pools.get(key)?.timer);
    this.#pools.delete(key);
  }

  /** This one and all others whose address lies in the network that is told. */
  #poolsWithin(network: string, key: string): readonly string[] {
    const inside = PrefixSet.build([network]);
    return [...this.#pools].flatMap(([each, { latest }]) => (each === key || inside.has(latest.at(-1)?.ip ?? '') ? [each] : []));
  }

  /** Milliseconds until these may be written to. */
  #restOf(to: readonly string[], perHour: number): number {
    const now = this.#parts.now();
    const waits = to.map((mailbox) => waitOf(this.#restAt.get(mailbox) ?? 0, perContact, now));
    return Math.max(...waits, waitOf(this.#restOfAll, rateOf(perHour), now));
  }

  #countLetter(to: readonly string[], perHour: number): void {
    const now = this.#parts.now();
    for (const mailbox of to) this.#restAt.set(mailbox, afterOne(this.#restAt.get(mailbox) ?? 0, perContact, now), dayMs);
    this.#restOfAll = afterOne(this.#restOfAll, rateOf(perHour), now);
  }
}

const rateOf = (perHour: number): Rate => ({ everyMs: 3_600_000 / perHour, burst: perHour });

/** With any other action it went on. */
const stopping: ReadonlySet<string> = new Set(['refuse-at-banner', 'reject', 'defer', 'quarantine', 'discard']);

/** What an event says of a message with a virus that came from outside; null for any other. */
function infectedOf(event: Event): InfectedMessage | null {
  if (event.type !== 'stage-judged') return null;
  const outcome = event.findings.find(({ check }) => check === 'virus-found')?.outcome;
  if (outcome?.kind !== 'finding' || typeof outcome.evidence['virus'] !== 'string' || outcome.evidence['leaves'] !== false) return null;
  const { virus, port } = outcome.evidence;
  return {
    at: event.at,
    ip: event.ip,
    port: typeof port === 'number' && port > 0 ? port : null,
    helo: event.input.helo ?? '',
    messageId: event.input.messageId ?? '',
    virus,
    stopped: stopping.has(event.action),
    ref: event.ref ?? event.session,
  };
}
