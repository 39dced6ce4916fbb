// The case of a forged sender: what all the reports say that came back of mail somebody sent in our name. A fold over the journal, so that its
// figures are those of the record, whenever it is asked for.
import { networkOf } from '../lib/ip.ts';
import { orgDomain } from '../lib/org-domain.ts';
import type { AlarmKey } from '../model/alarm.ts';
import type { Event } from '../model/events.ts';
import type { ForgedRefusal } from '../model/forged-refusal.ts';
import { ReturnedClusters, type ReturnedCluster } from './returned-clusters.ts';
import { Tally, type Counted } from './tally.ts';

export type { Counted } from './tally.ts';

/** Sums are exact; lists name the largest first, only so many, and each with its error where it has one. Times are ISO 8601 UTC. */
export interface ForgedSenderCase extends ForgedRefusal {
  /** Reports on mail that was not ours; with `probable` on mail of which that cannot be told. */
  readonly reports: number;
  /** None could be told: all that follows is of the reports that cannot be, most of which are forged in a flood. */
  readonly probable: boolean;
  /** In the same time to the same addresses: on mail of ours, and such of which it cannot be told. */
  readonly ours: number;
  readonly unproven: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly kinds: readonly Counted[];
  /** Of the reports. */
  readonly languages: readonly Counted[];
  /** Of the mail that they return, as far as its text or subject came back. */
  readonly mailLanguages: readonly Counted[];
  /** Our addresses that were forged. */
  readonly addresses: readonly Counted[];
  readonly addressesInAll: number;
  /** Groups of returned messages that are alike: campaigns. */
  readonly clusters: readonly ReturnedCluster[];
  /** Where the returned messages came from: the first hop outside the server that returned them. */
  readonly origins: readonly (Counted & { readonly host: string | null; readonly country: string | null; readonly system: string | null })[];
  readonly originsInAll: number;
  /** Blocks of addresses (/24, /48) of the origins. */
  readonly networks: readonly Counted[];
  /** Autonomous systems of the origins, `AS64500`; empty where no database of networks is given. */
  readonly systems: readonly Counted[];
  /** By the countries of their origins; empty where no table of countries is given. */
  readonly countries: readonly Counted[];
  /** Reports that name no origin. */
  readonly withoutOrigin: number;
  /** Who sends the reports: victims as we are. */
  readonly reporters: readonly Counted[];
  readonly reportersInAll: number;
  /** How far the figures `...InAll` may be off, as a share of them; 0 while they are exact. */
  readonly inAllError: number;
}

/** Where an address is; null where nobody knows. */
export interface OriginPlace {
  /** ISO 3166, upper case. */
  readonly country: string | null;
  /** `AS64500`. */
  readonly system: string | null;
}

type ReportEvent = Extract<Event, { type: 'report-judged' }>;

/** Entries of each list that are named. */
const named = 20;
/** Different names that are counted exactly, of what strangers choose and of what they cannot. */
const manyNames = 20_000;
const fewNames = 400;
/** Host names of origins that are kept. */
const mostHosts = 20_000;
/** Of no worth to a stranger: nobody else sees the figures that are made with it. */
const countKey = { k0: 0x5bd1_e995, k1: 0x9e37_79b1 };
const nowhere: OriginPlace = { country: null, system: null };

const many = (): Tally => new Tally(manyNames, countKey);
const few = (): Tally => new Tally(fewNames, countKey);

/** What all reports of one verdict say. */
class Figures {
  readonly #placeOf: (ip: string) => OriginPlace;
  readonly #tallies = {
    kinds: few(),
    languages: few(),
    mailLanguages: few(),
    addresses: many(),
    origins: many(),
    networks: many(),
    systems: few(),
    countries: few(),
    reporters: many(),
  };
  readonly #clusters = new ReturnedClusters();
  readonly #hosts = new Map<string, string>();
  reports = 0;
  #withoutOrigin = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(placeOf: (ip: string) => OriginPlace) {
    this.#placeOf = placeOf;
  }

  /** `meant`: the forged addresses to which it came. */
  note(event: ReportEvent, meant: readonly string[]): void {
    this.reports++;
    this.#first = Math.min(this.#first, event.at);
    this.#last = Math.max(this.#last, event.at);
    const { kinds, languages, mailLanguages, addresses, reporters } = this.#tallies;
    const { traits = {}, subject, originIp } = event.original;
    kinds.add(event.kind);
    languages.add(event.language ?? 'unknown');
    for (const address of meant) addresses.add(address);
    reporters.add(event.ip);
    if (traits.language !== undefined) mailLanguages.add(traits.language);
    this.#clusters.add({ subject: subject ?? '', traits, network: originIp === null ? null : networkOf(originIp, 24, 48), ref: event.ref });
    this.#origin(event);
  }

  result(): Omit<ForgedSenderCase, keyof ForgedRefusal | 'probable' | 'ours' | 'unproven'> {
    const { kinds, languages, mailLanguages, addresses, origins, networks, systems, countries, reporters } = this.#tallies;
    return {
      reports: this.reports,
      first: isoOf(this.#first),
      last: isoOf(this.#last),
      kinds: kinds.top(named),
      languages: languages.top(named),
      mailLanguages: mailLanguages.top(named),
      addresses: addresses.top(named),
      addressesInAll: addresses.size,
      clusters: this.#clusters.top(named),
      origins: origins.top(named).map((each) => ({ ...each, host: this.#hosts.get(each.name) ?? null, ...this.#placeOf(each.name) })),
      originsInAll: origins.size,
      networks: networks.top(named),
      systems: systems.top(named),
      countries: countries.top(named),
      withoutOrigin: this.#withoutOrigin,
      reporters: reporters.top(named),
      reportersInAll: reporters.size,
      inAllError: Math.max(addresses.sizeError, origins.sizeError, reporters.sizeError),
    };
  }

  #origin({ original: { originIp, originName } }: ReportEvent): void {
    if (originIp === null) {
      this.#withoutOrigin++;
      return;
    }
    this.#tallies.origins.add(originIp);
    this.#tallies.networks.add(networkOf(originIp, 24, 48));
    if (originName !== null && this.#hosts.size < mostHosts) this.#hosts.set(originIp, orgDomain(originName));
    const { country, system } = this.#placeOf(originIp);
    if (country !== null) this.#tallies.countries.add(country);
    if (system !== null) this.#tallies.systems.add(system);
  }
}

/** Folds reports into a case about the addresses that an alarm names: one address, or all of a domain. */
export class ForgedSenderFold {
  readonly #key: Pick<AlarmKey, 'recipient' | 'domain'>;
  readonly #forged: Figures;
  readonly #unproven: Figures;
  #ours = 0;

  constructor(key: Pick<AlarmKey, 'recipient' | 'domain'>, placeOf: (ip: string) => OriginPlace = () => nowhere) {
    this.#key = key;
    this.#forged = new Figures(placeOf);
    this.#unproven = new Figures(placeOf);
  }

  note(event: ReportEvent): void {
    const meant = event.recipients.map((each) => each.toLowerCase()).filter((each) => this.#isMeant(each));
    if (meant.length === 0) return;
    if (event.returned === 'ours') this.#ours++;
    else (event.returned === 'forged' ? this.#forged : this.#unproven).note(event, meant);
  }

  result(refusal: ForgedRefusal = { untold: null, toldFrom: null, observing: null }): ForgedSenderCase {
    // Where nothing could be told in the first days, what came in a flood all the same is what a person wants to see.
    const probable = this.#forged.reports === 0 && this.#unproven.reports > 0;
    return {
      ...(probable ? this.#unproven : this.#forged).result(),
      probable,
      ours: this.#ours,
      unproven: this.#unproven.reports,
      ...refusal,
    };
  }

  #isMeant(address: string): boolean {
    const { recipient, domain } = this.#key;
    return recipient !== undefined ? address === recipient : domain !== undefined && address.endsWith(`@${domain}`);
  }
}

const isoOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
