// Detector: somebody else sends as one of our users. No single sign proves it, so evidence is added up (engineering 2.6): strangers as
// recipients, failures, the same text to many, new networks, a foreign author, guesses before. A person who writes to many known customers at
// the month's end has one of these, a thief most.
import { RecentMap, RecentSet } from '../../lib/recent-map.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import { networkOf } from '../../lib/ip.ts';
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey, Estimate } from '../../model/alarm.ts';
import type { AuthSighting, Caller, MessageSighting, RecipientSighting, Sighting } from '../../model/sighting.ts';
import { addressText, netOf } from '../caller-keys.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { domainOf } from '../envelope.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { exactly } from '../wording.ts';
import { learnedOf, type Kept, type Learned } from '../learned.ts';

const id = 'stolen-account';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const options = {
  watch: { default: 4, min: 0.5, max: 100, doc: 'Sum of evidence from which a user is watched.' },
  alert: { default: 8, min: 0.5, max: 100, doc: 'Sum of evidence from which the account is taken for stolen.' },
  severe: { default: 12, min: 0.5, max: 100, doc: 'Sum of evidence from which it is severe.' },
  recipients: { default: 50, min: 1, max: 1_000_000, doc: 'Different outside recipients an hour that are nothing unusual for anybody.' },
  strangers: { default: 30, min: 1, max: 1_000_000, doc: 'Recipients an hour whom nobody of ours wrote to before, from which their share says something.' },
  users: { default: 20_000, min: 100, max: 1_000_000, doc: 'Users remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** What each sign adds, in units of log-odds. */
const signs = {
  moreThanUsual: 2,
  strangers: 2,
  manyStrangers: 2.5,
  crowdOfStrangers: 4,
  failures: 3,
  sameText: 1.5,
  newNetwork: 1.5,
  manyCountries: 3,
  manyNetworks: 2,
  foreignAuthor: 1.5,
  guessedBefore: 1,
  bulkSender: -4,
} as const;
type Sign = keyof typeof signs;

/** How many times a user's own busiest hour is unusual; a busiest hour fades to half in a month. */
const habitFactor = 3;
const habitHalfLifeMs = 30 * dayMs;
const strangersShare = 0.8;
/** Strangers an hour that are many, and a crowd, in multiples of `recipients`: 200 and 500. */
const manyFactor = 4;
const crowdFactor = 10;
/** Failed recipients: a fifth of at least twenty, or a hundred an hour. */
const failedShare = 0.2;
const failedLeast = 20;
const failedMost = 100;
const sameTextStrangers = 30;
const networksPerHour = 6;
const countriesPerDay = 3;
const guessesPerDay = 3;
/** Bounds of what is remembered beside users: recipients of the hour, networks and texts of users, and everybody we ever wrote to. */
const mostPairs = 100_000;
const networksMs = 60 * dayMs;
const addressPlaces = 1 << 20;

interface Account {
  readonly recipients: WindowCount;
  readonly strangers: WindowCount;
  readonly failed: WindowCount;
  readonly tried: WindowCount;
  readonly networks: WindowCount;
  readonly countries: WindowCount;
  readonly guesses: WindowCount;
  /** Most recipients within an hour so far, fading, and when that was set. */
  busiest: number;
  busiestAt: number;
  /** Most strangers that had one text. */
  sameText: number;
  sameTextAt: number;
  newNetworkAt: number;
  foreignAuthorAt: number;
  hasNetwork: boolean;
}

const freshAccount = (): Account => ({
  recipients: new WindowCount(hourMs),
  strangers: new WindowCount(hourMs),
  failed: new WindowCount(hourMs),
  tried: new WindowCount(hourMs),
  networks: new WindowCount(hourMs),
  countries: new WindowCount(dayMs),
  guesses: new WindowCount(dayMs),
  busiest: 0,
  busiestAt: 0,
  sameText: 0,
  sameTextAt: Number.NEGATIVE_INFINITY,
  newNetworkAt: Number.NEGATIVE_INFINITY,
  foreignAuthorAt: Number.NEGATIVE_INFINITY,
  hasNetwork: false,
});

class StolenAccount implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #users: HotKeys<Account>;
  readonly #everWritten = new FingerprintSet(addressPlaces);
  readonly #hourly = new RecentSet({ capacity: mostPairs, keepMs: hourMs });
  readonly #places = new RecentSet({ capacity: mostPairs, keepMs: networksMs });
  readonly #daily = new RecentSet({ capacity: mostPairs, keepMs: dayMs });
  readonly #texts = new RecentMap<{ strangers: number }>({ capacity: mostPairs, keepMs: hourMs });

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    this.#users = new HotKeys({ detector: id, capacity: given.users, quietMs: 2 * hourMs, keepsState: true, fresh: freshAccount });
  }

  get size(): number {
    return this.#users.size + this.#everWritten.size + this.#hourly.size + this.#places.size + this.#daily.size + this.#texts.size;
  }

  /** How busy users are, and whether it is known where they come from. */
  get #keptUsers(): Kept {
    return {
      save: () =>
        [...this.#users.states()].flatMap(([user, { busiest, busiestAt, hasNetwork }]) =>
          busiest > 0 || hasNetwork ? [[user, busiest, busiestAt, hasNetwork]] : [],
        ),
      load: (saved: readonly (readonly [user: string, busiest: number, busiestAt: number, hasNetwork: boolean])[]) => {
        for (const [user, busiest, busiestAt, hasNetwork] of saved) Object.assign(this.#users.of(user, busiestAt).state, { busiest, busiestAt, hasNetwork });
      },
    };
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'auth') return this.#auth(sighting);
    if (sighting.kind === 'recipient') return this.#refused(sighting, raise);
    if (sighting.kind !== 'message' || sighting.direction !== 'out' || sighting.retry === true) return;
    const { user } = sighting.caller;
    // Whom the servers of ours write to are no strangers to the users.
    if (user === null) this.#isStranger(sighting.to);
    else this.#sent(sighting, user, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { everWritten: this.#everWritten, places: this.#places, users: this.#keptUsers });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#users.settle(at, calm);
  }

  #auth({ at, caller, user, ok, secret }: AuthSighting): void {
    if (user === '') return;
    if (ok) this.#place(user, caller, at);
    else {
      // Names that are made up are not remembered. The same wrong password again is a device that was forgotten.
      const account = this.#users.peek(user)?.state;
      if (account !== undefined && (secret === null || this.#daily.isNew(`${user} tried ${secret}`, at))) account.guesses.add(at);
    }
  }

  #place(user: string, caller: Caller, at: number): void {
    if (caller.ip === '' || caller.inside) return;
    const account = this.#users.of(user, at).state;
    if (this.#hourly.isNew(`${user} in ${netOf(caller)}`, at)) account.networks.add(at);
    const place = this.#context.placeOf?.(caller.ip) ?? null;
    if (place !== null && place.country !== '' && this.#daily.isNew(`${user} from ${place.country}`, at)) account.countries.add(at);
    const isNew = this.#places.isNew(`${user} ${networkOf(caller.ip, 16, 32)}`, at);
    const isKnownProvider = place !== null && place.network !== '' && !this.#places.isNew(`${user} ${place.network}`, at);
    // The first place of all is not a new one: nothing was known.
    if (isNew && !isKnownProvider && account.hasNetwork) account.newNetworkAt = at;
    account.hasNetwork = true;
  }

  #refused(sighting: RecipientSighting, raise: (alarm: Alarm) => void): void {
    const { caller, answer, at, to } = sighting;
    if (caller.user === null || this.#context.isOurDomain(domainOf(to)) || (answer !== 'unknown' && answer !== 'refused')) return;
    const hot = this.#users.of(caller.user, at);
    hot.note(sighting, addressText(caller));
    hot.state.tried.add(at);
    hot.state.failed.add(at);
    this.#weigh(caller.user, at, raise);
  }

  #sent(sighting: MessageSighting, user: string, raise: (alarm: Alarm) => void): void {
    const { at, caller, to, traits, outcome } = sighting;
    this.#place(user, caller, at);
    const hot = this.#users.of(user, at);
    const account = hot.state;
    hot.note(sighting, addressText(caller));
    account.tried.add(at);
    if (outcome === 'refused' || outcome === 'bounced') account.failed.add(at);
    const isStranger = this.#isStranger(to);
    if (this.#hourly.isNew(`${user} to ${to}`, at)) {
      account.recipients.add(at);
      if (isStranger) {
        account.strangers.add(at);
        this.#noteText(user, sighting);
      }
    }
    if (traits?.fromDomain !== undefined && !this.#context.isOurDomain(traits.fromDomain)) account.foreignAuthorAt = at;
    this.#weigh(user, at, raise);
    learnHabit(account, at);
  }

  #isStranger(to: string): boolean {
    return !this.#everWritten.add(sketchHash(this.#context.hashKey, to));
  }

  /** The same text to many strangers; short texts have no bands and are compared as a whole. */
  #noteText(user: string, { at, traits }: MessageSighting): void {
    if (traits === null) return;
    const account = this.#users.of(user, at).state;
    const marks = traits.bands ?? (traits.text === undefined ? [] : [traits.text]);
    for (const [index, mark] of marks.entries()) {
      const key = `${user} ${index} ${mark}`;
      const known = this.#texts.get(key, at) ?? { strangers: 0 };
      known.strangers++;
      this.#texts.set(key, known, at);
      if (known.strangers >= sameTextStrangers) account.sameTextAt = at;
      account.sameText = Math.max(account.sameText, known.strangers);
    }
  }

  #weigh(user: string, at: number, raise: (alarm: Alarm) => void): void {
    const hot = this.#users.of(user, at);
    const found = this.#signsOf(user, hot.state, at);
    const score = found.reduce((sum, sign) => sum + signs[sign], 0);
    const hit = reached(score, this.#options);
    if (hit === null) return;
    this.#users.tell(
      hot,
      at,
      {
        key: { user },
        level: hit.level,
        statistic: { name: 'score', value: score, threshold: hit.threshold },
        confidence: hit.level === 'watch' ? 'low' : 'medium',
        spoofable: false,
        counts: countsOf(hot.state, at),
        because: `${user}: ${found.map((sign) => wording[sign]).join(', ')}`,
      },
      raise,
    );
  }

  #signsOf(user: string, account: Account, at: number): readonly Sign[] {
    const recipients = account.recipients.countAt(at);
    const strangers = account.strangers.countAt(at);
    const { recipients: usual, strangers: least } = this.#options;
    const failed = account.failed.countAt(at);
    const tried = account.tried.countAt(at);
    const held: Record<Sign, boolean> = {
      moreThanUsual: recipients >= usual && recipients > habitFactor * fadedHabit(account, at),
      strangers: strangers >= least && strangers >= strangersShare * recipients,
      manyStrangers: strangers >= manyFactor * usual && strangers < crowdFactor * usual,
      crowdOfStrangers: strangers >= crowdFactor * usual,
      failures: failed >= failedMost || (tried >= failedLeast && failed >= failedShare * tried),
      sameText: at - account.sameTextAt < hourMs,
      newNetwork: at - account.newNetworkAt < dayMs,
      manyCountries: account.countries.countAt(at) >= countriesPerDay,
      manyNetworks: account.networks.countAt(at) >= networksPerHour,
      foreignAuthor: at - account.foreignAuthorAt < hourMs,
      guessedBefore: account.guesses.countAt(at) >= guessesPerDay,
      bulkSender: this.#context.isBulkSender?.(user) === true,
    };
    return allSigns.filter((sign) => held[sign]);
  }
}

const allSigns = Object.keys(signs) as readonly Sign[];

const wording: Readonly<Record<Sign, string>> = {
  moreThanUsual: 'many more recipients than ever',
  strangers: 'nearly all of them strangers',
  manyStrangers: 'hundreds of strangers within an hour',
  crowdOfStrangers: 'a crowd of strangers within an hour',
  failures: 'many recipients fail',
  sameText: 'the same text to all',
  newNetwork: 'from a network it never came from',
  manyCountries: 'from several countries within a day',
  manyNetworks: 'from many networks within an hour',
  foreignAuthor: 'with an author of a foreign domain',
  guessedBefore: 'after its password was guessed at',
  bulkSender: 'but it may send to many',
};

const countsOf = (account: Account, at: number): Readonly<Record<string, Estimate>> => ({
  recipients: exactly(account.recipients.countAt(at)),
  strangers: exactly(account.strangers.countAt(at)),
  failed: exactly(account.failed.countAt(at)),
  sameText: exactly(account.sameText),
  networks: exactly(account.networks.countAt(at)),
});

/** The busiest hour so far, as much of it as still counts. */
const fadedHabit = ({ busiest, busiestAt }: Account, at: number): number => busiest * 2 ** (-Math.max(0, at - busiestAt) / habitHalfLifeMs);

/** An hour is learned when it is over, or what is unusual would be usual at once. */
function learnHabit(account: Account, at: number): void {
  if (account.busiestAt === 0) account.busiestAt = at;
  if (at - account.busiestAt < hourMs) return;
  account.busiest = Math.max(fadedHabit(account, at), account.recipients.countAt(at));
  account.busiestAt = at;
}

/** D7: outgoing spam by a user; a stolen account. */
export const stolenAccount: DetectorDefinition<typeof options> = {
  id,
  row: 'D7',
  doc: 'A user of ours sends as thieves send: to many strangers, with failures, one text, from new networks.',
  kinds: ['message', 'recipient', 'auth'],
  options,
  create: (given, context) => new StolenAccount(given, context),
};
