// The case of a forged sender: what all the reports say that came back of mail somebody sent in our name. A fold over the journal, so that its
// figures are those of the record, whenever it is asked for.
import { networkOf } from '../lib/ip.ts';
import { orgDomain } from '../lib/org-domain.ts';
import type { AlarmKey } from '../model/alarm.ts';
import type { Event } from '../model/events.ts';

export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** Figures are exact; lists name the largest first, and only so many. Times are ISO 8601 UTC. */
export interface ForgedSenderCase {
  /** Reports on mail that was not ours. */
  readonly reports: number;
  /** In the same time to the same addresses: on mail of ours, and such of which it cannot be told. */
  readonly ours: number;
  readonly unproven: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly kinds: readonly Counted[];
  readonly languages: readonly Counted[];
  /** Our addresses that were forged. */
  readonly addresses: readonly Counted[];
  readonly addressesInAll: number;
  /** Groups of returned messages that are alike, by a subject of each. */
  readonly clusters: readonly (Counted & { readonly sample: string })[];
  /** Where the returned messages came from: the first hop outside the server that returned them. */
  readonly origins: readonly (Counted & { readonly host: string | null; readonly country: string | null })[];
  readonly originsInAll: number;
  readonly networks: readonly Counted[];
  /** By the countries of their origins; empty where no table of countries is given. */
  readonly countries: readonly Counted[];
  /** Reports that name no origin. */
  readonly withoutOrigin: number;
  /** Who sends the reports: victims as we are. */
  readonly reporters: readonly Counted[];
  readonly reportersInAll: number;
}

type ReportEvent = Extract<Event, { type: 'report-judged' }>;

/** Entries of each list that are named. */
const named = 20;
/** Different names counted apart, of each sort: strangers choose them. What comes beyond is counted as `others`. */
const mostNames = 50_000;
/** Groups that a new subject is compared with. */
const mostClusters = 500;
/** Words of a subject that count. */
const mostWords = 30;
/** Share of the words that two subjects of one group have in common. */
const alike = 0.6;

class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const known = this.#counts.has(name) || this.#counts.size < mostNames ? name : 'others';
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  get size(): number {
    return this.#counts.size;
  }

  top(most = named): readonly Counted[] {
    return [...this.#counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([name, count]) => ({ name, count }));
  }
}

/** Groups subjects that share most of their words, numbers apart. */
class Clusters {
  readonly #bySubject = new Map<string, number>();
  /** Groups by each word of their first subject. */
  readonly #withWord = new Map<string, readonly number[]>();
  readonly #groups: { readonly words: number; readonly name: string; readonly sample: string; count: number }[] = [];

  add(subject: string, sample: string): void {
    const form = subject
      .toLowerCase()
      .replaceAll(/\p{N}+/gu, '0')
      .replaceAll(/[^\p{L}0]+/gu, ' ')
      .trim();
    const at = this.#bySubject.get(form) ?? this.#groupOf(form, subject, sample);
    const group = this.#groups[at];
    if (group === undefined) return;
    group.count++;
    if (this.#bySubject.size < mostNames) this.#bySubject.set(form, at);
  }

  top(): ForgedSenderCase['clusters'] {
    return this.#groups
      .toSorted((a, b) => b.count - a.count)
      .slice(0, named)
      .map(({ name, count, sample }) => ({ name, count, sample }));
  }

  #groupOf(form: string, subject: string, sample: string): number {
    const words = new Set(form.split(' ').slice(0, mostWords));
    const near = this.#nearest(words);
    if (near !== null) return near;
    if (this.#groups.length > mostClusters) return mostClusters; // the others
    const isLast = this.#groups.length === mostClusters;
    const at = this.#groups.push({ words: words.size, name: isLast ? 'others' : subject, sample, count: 0 }) - 1;
    if (!isLast) for (const word of words) this.#withWord.set(word, [...(this.#withWord.get(word) ?? []), at]);
    return at;
  }

  /** The group whose words are most like these; only those that share one are looked at. */
  #nearest(words: ReadonlySet<string>): number | null {
    const common = new Map<number, number>();
    for (const word of words) for (const at of this.#withWord.get(word) ?? []) common.set(at, (common.get(at) ?? 0) + 1);
    let [best, share] = [-1, 0];
    for (const [at, shared] of common) {
      const of = shared / (words.size + (this.#groups[at]?.words ?? 0) - shared);
      if (of > share) [best, share] = [at, of];
    }
    return share >= alike ? best : null;
  }
}

/** Folds reports into a case about the addresses that an alarm names: one address, or all of a domain. */
export class ForgedSenderFold {
  readonly #key: Pick<AlarmKey, 'recipient' | 'domain'>;
  readonly #countryOf: (ip: string) => string | null;
  readonly #sums = { forged: 0, ours: 0, unproven: 0, withoutOrigin: 0 };
  readonly #tallies = {
    kinds: new Tally(),
    languages: new Tally(),
    addresses: new Tally(),
    origins: new Tally(),
    networks: new Tally(),
    countries: new Tally(),
    reporters: new Tally(),
  };
  readonly #clusters = new Clusters();
  readonly #hosts = new Map<string, string>();
  #first = Infinity;
  #last = -Infinity;

  /** `countryOf` gives a country's code, or null where it is not known. */
  constructor(key: Pick<AlarmKey, 'recipient' | 'domain'>, countryOf: (ip: string) => string | null = () => null) {
    this.#key = key;
    this.#countryOf = countryOf;
  }

  note(event: ReportEvent): void {
    const meant = event.recipients.map((each) => each.toLowerCase()).filter((each) => this.#isMeant(each));
    if (meant.length === 0) return;
    this.#sums[event.returned]++;
    if (event.returned !== 'forged') return;
    this.#first = Math.min(this.#first, event.at);
    this.#last = Math.max(this.#last, event.at);
    const { kinds, languages, addresses, reporters } = this.#tallies;
    kinds.add(event.kind);
    languages.add(event.language ?? 'unknown');
    for (const address of meant) addresses.add(address);
    reporters.add(event.ip);
    this.#clusters.add(event.original.subject ?? '', event.ref);
    this.#origin(event);
  }

  result(): ForgedSenderCase {
    const { kinds, languages, addresses, origins, networks, countries, reporters } = this.#tallies;
    return {
      reports: this.#sums.forged,
      ours: this.#sums.ours,
      unproven: this.#sums.unproven,
      first: isoOf(this.#first),
      last: isoOf(this.#last),
      kinds: kinds.top(),
      languages: languages.top(),
      addresses: addresses.top(),
      addressesInAll: addresses.size,
      clusters: this.#clusters.top(),
      origins: origins.top().map((each) => ({ ...each, host: this.#hosts.get(each.name) ?? null, country: this.#countryOf(each.name) })),
      originsInAll: origins.size,
      networks: networks.top(),
      countries: countries.top(),
      withoutOrigin: this.#sums.withoutOrigin,
      reporters: reporters.top(),
      reportersInAll: reporters.size,
    };
  }

  #origin({ original: { originIp, originName } }: ReportEvent): void {
    if (originIp === null) {
      this.#sums.withoutOrigin++;
      return;
    }
    this.#tallies.origins.add(originIp);
    this.#tallies.networks.add(networkOf(originIp, 24, 48));
    if (originName !== null && this.#hosts.size < mostNames) this.#hosts.set(originIp, orgDomain(originName));
    const country = this.#countryOf(originIp);
    if (country !== null) this.#tallies.countries.add(country);
  }

  #isMeant(address: string): boolean {
    const { recipient, domain } = this.#key;
    return recipient !== undefined ? address === recipient : domain !== undefined && address.endsWith(`@${domain}`);
  }
}

const isoOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
