// Detector: one party tries names to learn which exist. A walk: a step up for each name nobody has, a step down for each that exists; so a
// newsletter with one stale address in five never arrives, and whoever guesses is there after ten (engineering 2.5).
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { pairHash, sketchHash } from '../../lib/sketch-hash.ts';
import { addScore, type LeakyScore, startScore } from '../../lib/leaky-score.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Caller, MessageSighting, RecipientSighting, Sighting } from '../../model/sighting.ts';
import { callerText, houseOf, networkAlarmKey } from '../caller-keys.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { isRoleAddress } from '../role-addresses.ts';
import { exactly, plural } from '../wording.ts';

const id = 'directory-harvest';
const hourMs = 3_600_000;

const options = {
  walkWatch: { default: 5, min: 1, max: 1000, doc: 'Names nobody has less names that exist, from which the sender is watched.' },
  walkAlert: { default: 10, min: 1, max: 1000, doc: 'Names nobody has less names that exist, from which it is a harvest.' },
  perHourWatch: { default: 15, min: 2, max: 100_000, doc: 'Different names nobody has within an hour, and more than exist, from which the sender is watched.' },
  perHourAlert: { default: 25, min: 2, max: 100_000, doc: 'Different names nobody has within an hour, and more than exist, from which it is a harvest.' },
  senders: { default: 8192, min: 100, max: 1_000_000, doc: 'Networks and sending houses remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Places for pairs of sender and recipient that were counted: only the first of a pair counts. */
const pairPlaces = 1 << 18;
/** Severe is four times an alert. The walk stops there and a little above, so that a reformed sender comes down again. */
const severeFactor = 4;
const mostFactor = 5;
/** Steps that are forgiven an hour: the mistyped addresses of a whole network must not add up over the day. */
const leakPerHour = 2;

interface Sender {
  readonly walk: LeakyScore;
  readonly unknown: DistinctWindow;
  existing: DistinctWindow | null;
}

class DirectoryHarvest implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #senders: HotKeys<Sender>;
  readonly #counted = new FingerprintSet(pairPlaces);

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#senders = new HotKeys({
      detector: id,
      capacity: given.senders,
      quietMs: hourMs,
      fresh: () => ({ walk: startScore(), unknown: new DistinctWindow(hourMs), existing: null }),
    });
  }

  get size(): number {
    return this.#senders.size + this.#counted.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'message') {
      // A log names recipients that exist with their delivery only.
      if (sighting.outcome === 'delivered' && sighting.direction === 'in') this.#exists(sighting);
    } else if (sighting.kind === 'recipient') {
      if (sighting.answer === 'accepted') this.#exists(sighting);
      else if (sighting.answer === 'unknown') this.#isUnknown(sighting, raise);
    }
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#senders.settle(at, calm);
  }

  /** A party is only remembered for what it guessed; but then what it knows speaks for it. */
  #exists({ at, from, to, caller }: RecipientSighting | MessageSighting): void {
    if (caller.user !== null || caller.ip === '') return;
    const key = this.#keyOf(caller);
    const sender = this.#senders.peek(key)?.state;
    // Many write to the same mailbox of a small site: each correspondence counts once. One valid name does not wash a dictionary: the hour's
    // different names are compared as well.
    if (sender === undefined || !this.#isFirst(`${key} ${from}`, to)) return;
    addScore(sender.walk, -1, this.#terms(at));
    sender.existing ??= new DistinctWindow(hourMs);
    sender.existing.add(this.#hash(to), at);
  }

  #isUnknown(sighting: RecipientSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, to } = sighting;
    // A user who mistypes is not harvesting his own site; what he sends to is judged as outgoing mail.
    if (caller.user !== null || caller.ip === '' || isRoleAddress(to) || this.#context.onceExisted?.(to) === true) return;
    const key = this.#keyOf(caller);
    const sender = this.#senders.of(key, at);
    if (!this.#isFirst(key, to)) return;
    sender.note(sighting, callerText(caller));
    const { walkWatch, walkAlert, perHourWatch, perHourAlert } = this.#options;
    // Rounded up: what has leaked since the first of ten in a row is not to make them nine.
    const walk = Math.ceil(addScore(sender.state.walk, 1, this.#terms(at)));
    sender.state.unknown.add(this.#hash(to), at);
    if (walk < walkWatch && sender.count < perHourWatch) return; // no more names than tries
    const unknown = sender.state.unknown.countAt(at);
    const existing = sender.state.existing?.countAt(at) ?? none;
    const byWalk = reached(walk, { watch: walkWatch, alert: walkAlert, severe: severeFactor * walkAlert });
    const perHour =
      unknown.count >= existing.count ? reached(unknown.count, { watch: perHourWatch, alert: perHourAlert, severe: severeFactor * perHourAlert }) : null;
    const isByWalk = ranks[byWalk?.level ?? 'none'] >= ranks[perHour?.level ?? 'none'];
    const hit = isByWalk ? byWalk : perHour;
    if (hit === null || this.#senders.isTold(sender, at, hit.level)) return;
    this.#senders.tell(
      sender,
      at,
      {
        key: this.#alarmKeyOf(caller),
        level: hit.level,
        statistic: isByWalk
          ? { name: 'walk', value: walk, threshold: hit.threshold }
          : { name: 'unknown-per-hour', value: unknown.count, threshold: hit.threshold },
        confidence: hit.level === 'watch' ? 'low' : 'high',
        spoofable: false,
        counts: { unknown: { est: unknown.count, err: unknown.err }, existing: { est: existing.count, err: existing.err }, tried: exactly(sender.count) },
        because: `${plural(sender.count, 'name')} that nobody has were tried, and ${existing.count} that exist`,
      },
      raise,
    );
  }

  /** Big providers are judged by their domain: an address of theirs belongs to thousands. */
  #keyOf(caller: Caller): string {
    return houseOf(caller, this.#context.orgDomain) ?? this.#context.words.network(caller).text;
  }

  #alarmKeyOf(caller: Caller): AlarmKey {
    const house = houseOf(caller, this.#context.orgDomain);
    return house === null ? networkAlarmKey(caller) : { domain: house };
  }

  #terms(at: number): { readonly at: number; readonly perMinute: number; readonly most: number } {
    return { at, perMinute: leakPerHour / 60, most: mostFactor * this.#options.walkAlert };
  }

  #isFirst(key: string, to: string): boolean {
    return !this.#counted.add(pairHash(this.#hash(key), this.#context.words.mailbox(to).hash));
  }

  #hash(text: string): number {
    return sketchHash(this.#context.hashKey, text);
  }
}

const none = { count: 0, err: 0 };
const ranks = { none: 0, watch: 1, alert: 2, severe: 3 } as const;

/** D4: directory harvest from one place. */
export const directoryHarvest: DetectorDefinition<typeof options> = {
  id,
  row: 'D4',
  doc: 'One network or sending house tries many recipients that do not exist: it wants to learn which do.',
  kinds: ['recipient', 'message'],
  options,
  create: (given, context) => new DirectoryHarvest(given, context),
};
