// Detector: somebody forged our addresses, and the world's reports on mail we never sent come back to us. Reports are measured against what
// the mailbox really sent: a newsletter with stale addresses gets its own bounces, and those are no attack (engineering 2.7).
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, RecipientSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { domainOf, mailboxOf, steadySender } from '../envelope.ts';
import { type HotKey, HotKeys, reached } from '../hot-keys.ts';
import { exactly, plural } from '../wording.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'backscatter-flood';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const options = {
  watch: { default: 20, min: 2, max: 1_000_000, doc: 'Reports to one address within an hour on mail it did not send, from which it is watched.' },
  alert: { default: 100, min: 2, max: 1_000_000, doc: 'Reports to one address within an hour on mail it did not send, from which it is a flood.' },
  severe: { default: 1000, min: 2, max: 10_000_000, doc: 'Reports to one address within an hour on mail it did not send, from which it is severe.' },
  domainFactor: { default: 3, min: 1, max: 100, doc: 'Times as many for a whole domain, over at least ten addresses.' },
  keys: { default: 8192, min: 100, max: 1_000_000, doc: 'Addresses and domains remembered at most, each.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Bounces come for as long as queues try. */
const sentMs = 5 * dayMs;
const mostSenders = 50_000;
/** Addresses of a domain over which its reports must spread: else the address says it all. */
const leastAddresses = 10;
const quietMs = 2 * hourMs;

interface Target {
  readonly reports: WindowCount;
  readonly addresses: DistinctWindow;
  forged: number;
}

class BackscatterFlood implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #mailboxes: HotKeys<Target>;
  readonly #domains: HotKeys<Target>;
  /** Recipients a sender of ours has written to and that have not been reported on: its credit. */
  readonly #sent = new RecentMap<{ credit: number }>({ capacity: mostSenders, keepMs: sentMs });

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    const fresh = (): Target => ({ reports: new WindowCount(hourMs), addresses: new DistinctWindow(hourMs), forged: 0 });
    this.#mailboxes = new HotKeys({ detector: id, capacity: given.keys, quietMs, fresh });
    this.#domains = new HotKeys({ detector: id, capacity: given.keys, quietMs, fresh });
  }

  get size(): number {
    return this.#mailboxes.size + this.#domains.size + this.#sent.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'recipient') return this.#refused(sighting, raise);
    if (sighting.kind !== 'message' || sighting.retry === true) return;
    if (sighting.direction === 'out') return this.#sentOut(sighting);
    if (sighting.direction === 'in' && isReport(sighting)) this.#report(sighting, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { sent: this.#sent });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#mailboxes.settle(at, calm);
    this.#domains.settle(at, calm);
  }

  #sentOut({ at, from }: MessageSighting): void {
    if (from === '') return;
    const sender = steadySender(from);
    const known = this.#sent.get(sender, at);
    if (known === undefined) this.#sent.set(sender, { credit: 1 }, at);
    else known.credit++;
  }

  /** Reports to names we do not have: the forger made them up, so only their domain is a target. */
  #refused(sighting: RecipientSighting, raise: (alarm: Alarm) => void): void {
    if (sighting.answer !== 'unknown' || sighting.from !== '' || sighting.caller.user !== null || sighting.caller.inside) return;
    this.#weighDomain(sighting, false, raise);
  }

  #report(sighting: MessageSighting, raise: (alarm: Alarm) => void): void {
    const { at, traits, to } = sighting;
    const isForged = traits?.returned === 'forged';
    if (traits?.returned === 'ours' || (!isForged && this.#isCovered(to, at))) return;
    const name = mailboxOf(to);
    const mailbox = this.#mailboxes.of(name, at);
    mailbox.note(sighting, sighting.origin.name);
    if (isForged) mailbox.state.forged++;
    const perHour = mailbox.state.reports.add(at);
    const hit = reached(perHour, this.#options);
    if (hit !== null)
      this.#mailboxes.tell(
        mailbox,
        at,
        {
          key: { recipient: name },
          level: hit.level,
          statistic: { name: 'per-hour', value: perHour, threshold: hit.threshold },
          ...sureOf(mailbox),
          because: `${plural(perHour, 'report')} within an hour to ${name} on mail that it did not send`,
        },
        raise,
      );
    this.#weighDomain(sighting, isForged, raise);
  }

  /** A report that what was really sent accounts for; each recipient may be reported on once. */
  #isCovered(to: string, at: number): boolean {
    const sent = this.#sent.get(steadySender(to), at);
    if (sent === undefined || sent.credit === 0) return false;
    sent.credit--;
    return true;
  }

  #weighDomain(sighting: MessageSighting | RecipientSighting, isForged: boolean, raise: (alarm: Alarm) => void): void {
    const { at, to, origin } = sighting;
    const name = domainOf(to);
    if (name === '') return;
    const domain = this.#domains.of(name, at);
    domain.note(sighting, origin.name);
    if (isForged) domain.state.forged++;
    domain.state.addresses.add(sketchHash(this.#context.hashKey, to), at);
    const perHour = domain.state.reports.add(at);
    const { watch, alert, severe, domainFactor } = this.#options;
    const hit = reached(perHour, { watch: watch * domainFactor, alert: alert * domainFactor, severe: severe * domainFactor });
    if (hit === null) return;
    const addresses = domain.state.addresses.countAt(at);
    if (addresses.count < leastAddresses) return;
    this.#domains.tell(
      domain,
      at,
      {
        key: { domain: name },
        level: hit.level,
        statistic: { name: 'per-hour', value: perHour, threshold: hit.threshold },
        ...sureOf(domain),
        counts: { addresses: { est: addresses.count, err: addresses.err }, forged: exactly(domain.state.forged) },
        because: `${plural(perHour, 'report')} within an hour to ${addresses.count} addresses of ${name} on mail that they did not send`,
      },
      raise,
    );
  }
}

/** Where the content is not seen, what has no sender is a report. */
const isReport = ({ from, traits, caller }: MessageSighting): boolean =>
  caller.user === null && (traits === null ? from === '' : traits.report !== undefined && traits.report !== 'feedback');

/** The servers that report were lied to as we are: nothing is done to them. */
const sureOf = ({ state, count }: HotKey<Target>): Pick<Alarm, 'confidence' | 'spoofable'> => ({
  confidence: state.forged >= count / 2 ? 'high' : 'medium',
  spoofable: true,
});

/** D9: reports on mail that was forged in our name. */
export const backscatterFlood: DetectorDefinition<typeof options> = {
  id,
  row: 'D9',
  doc: 'Reports come back on mail that we never sent: somebody forges our addresses.',
  kinds: ['message', 'recipient'],
  options,
  create: (given, context) => new BackscatterFlood(given, context),
};
