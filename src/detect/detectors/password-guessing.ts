// Detector: passwords are guessed. By one host: fast (a score that leaks), slowly (a walk that successes lead back), or many names from one
// network. By many hosts: one user's name from many networks, or more failing hosts than the site usually has.
//
// The same wrong password again is a phone that nobody has told the new one: it counts nothing where the password's hash is known, and
// little where only a log tells of it. Whoever has logged in from a place may mistype there.
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { addScore, type LeakyScore, startScore } from '../../lib/leaky-score.ts';
import { RecentNumbers, RecentPrints } from '../../lib/recent-numbers.ts';
import { pairHash, sketchHash } from '../../lib/sketch-hash.ts';
import { nextStep } from '../../lib/walk.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { AuthSighting, Sighting } from '../../model/sighting.ts';
import { addressText, callerText, hostAlarmKey, networkAlarmKey } from '../caller-keys.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { type HotKey, HotKeys, reached } from '../hot-keys.ts';
import { SiteSurge } from '../site-surge.ts';
import { exactly, plural } from '../wording.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'password-guessing';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const options = {
  fastWatch: {
    default: 3,
    min: 1,
    max: 1000,
    doc: 'Score of one host from which it is watched: a name it never tried adds 1.5, another password 0.75, one a minute leaks.',
  },
  fastAlert: { default: 4, min: 1, max: 1000, doc: 'Score of one host from which it is guessing.' },
  slowWatch: { default: 5, min: 1, max: 1000, doc: 'New guesses of one host less its successes from which it is watched, however slow they come.' },
  slowAlert: { default: 10, min: 1, max: 1000, doc: 'New guesses of one host less its successes from which it is guessing.' },
  usersWatch: { default: 10, min: 2, max: 10_000, doc: 'Names that failed from one network within an hour and did not succeed, from which it is watched.' },
  usersAlert: { default: 20, min: 2, max: 10_000, doc: 'Names that failed from one network within an hour and did not succeed, from which it is guessing.' },
  networksWatch: { default: 5, min: 2, max: 10_000, doc: 'Networks in which one name failed within an hour, from which the user is watched.' },
  networksAlert: { default: 10, min: 2, max: 10_000, doc: 'Networks in which one name failed within an hour, from which the user is under attack.' },
  usualPerMinute: { default: 1, min: 0.01, max: 10_000, doc: 'Failing hosts a minute that are usual for any site; five times the usual is an attack by many.' },
  keys: { default: 8192, min: 100, max: 1_000_000, doc: 'Hosts, networks and users remembered at most, each.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** What a failure adds to a host's score: a name it never tried; another or unknown password for a name; a name the log does not tell; its own user. */
const weights = { newName: 1.5, again: 0.75, nameless: 1.25, ownUser: 0.25, success: -2 } as const;
const leakPerMinute = 1;
/** Severe is five times an alert; a score stops there. */
const severeFactor = 5;
/** Pairs of host and user, tried or successful, remembered at most, and for how long in ms. */
const mostPairs = 40_000;
const triedMs = 24 * hourMs;
const knownMs = 30 * 24 * hourMs;
/** Failures of one host within an hour that count for the whole site: more are seen at the host. */
const surge = { factor: 5, watch: 12, alert: 23, severe: 46, most: 70 } as const;

interface Host {
  readonly fast: LeakyScore;
  slow: number;
}

interface Network {
  readonly failed: DistinctWindow;
  succeeded: DistinctWindow | null;
}

class PasswordGuessing implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #hosts: HotKeys<Host>;
  readonly #networks: HotKeys<Network>;
  readonly #users: HotKeys<DistinctWindow>;
  readonly #site: HotKeys<null>;
  readonly #surge: SiteSurge;
  /** What each name that failed at a host has added there: its success takes that off again. */
  readonly #points = new RecentNumbers({ capacity: mostPairs, keepMs: triedMs });
  readonly #steps = new RecentNumbers({ capacity: mostPairs, keepMs: triedMs });
  readonly #secrets = new RecentPrints({ capacity: mostPairs, keepMs: triedMs });
  readonly #known = new RecentPrints({ capacity: mostPairs, keepMs: knownMs });
  readonly #forgiven = new RecentPrints({ capacity: mostPairs, keepMs: hourMs });
  readonly #counted = new RecentPrints({ capacity: mostPairs, keepMs: hourMs });

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    const capacity = given.keys;
    this.#hosts = new HotKeys({ detector: id, capacity, quietMs: hourMs, fresh: () => ({ fast: startScore(), slow: 0 }) });
    this.#networks = new HotKeys({
      detector: id,
      capacity,
      quietMs: hourMs,
      fresh: () => ({ failed: new DistinctWindow(hourMs), succeeded: null }),
    });
    this.#users = new HotKeys({ detector: id, capacity, quietMs: hourMs, fresh: () => new DistinctWindow(hourMs) });
    this.#site = new HotKeys({ detector: id, capacity: 2, quietMs: 30 * minuteMs, fresh: () => null });
    this.#surge = new SiteSurge({ ...surge, usualPerMinute: given.usualPerMinute });
  }

  get size(): number {
    return (
      this.#hosts.size +
      this.#networks.size +
      this.#users.size +
      this.#site.size +
      this.#points.size +
      this.#known.size +
      this.#forgiven.size +
      this.#counted.size
    );
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'auth' || sighting.caller.ip === '') return;
    if (sighting.ok) this.#succeeded(sighting);
    else this.#failed(sighting, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { surge: this.#surge, known: this.#known });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    for (const keys of [this.#hosts, this.#networks, this.#users, this.#site]) keys.settle(at, calm);
  }

  /** Each user forgives a host once an hour: a guesser with one account of his own cannot wash himself with it. */
  #succeeded({ at, caller, user }: AuthSighting): void {
    const { words } = this.#context;
    const pair = pairHash(words.host(caller).hash, words.user(user).hash);
    this.#known.isNew(pair, at);
    const network = this.#networks.of(words.network(caller).text, at).state;
    network.succeeded ??= new DistinctWindow(hourMs);
    network.succeeded.add(words.user(user).hash, at);
    if (!this.#forgiven.isNew(pair, at)) return;
    const host = this.#hosts.peek(words.host(caller).text)?.state;
    if (host === undefined) return;
    addScore(host.fast, Math.min(weights.success, -this.#points.get(pair, at)), this.#leak(at));
    host.slow = Math.max(0, host.slow - Math.max(1, this.#steps.get(pair, at)));
    this.#points.set(pair, 0, at);
    this.#steps.set(pair, 0, at);
  }

  #failed(sighting: AuthSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, user, secret } = sighting;
    const { words } = this.#context;
    const host = words.host(caller).hash;
    const pair = pairHash(host, words.user(user).hash);
    const points = this.#points.get(pair, at);
    const isNewName = user === '' || points === 0;
    // Elsewhere the same user with the same password is the same forgotten device on its way.
    const isNewSecret = secret !== null && this.#secrets.isNew(pairHash(words.user(user).hash, sketchHash(this.#context.hashKey, secret)), at);
    if (secret !== null && !isNewSecret) return;
    const isOwnUser = user !== '' && this.#known.has(pair, at);
    const weight = weightOf({ user, isNewName, isOwnUser });
    const isStep = !isOwnUser && (isNewName || isNewSecret);
    this.#points.set(pair, points + weight, at);
    if (isStep) this.#steps.set(pair, this.#steps.get(pair, at) + 1, at);
    this.#weighHost(sighting, { weight, isStep }, raise);
    if (isOwnUser) return;
    if (user !== '') {
      this.#weighNetwork(sighting, raise);
      this.#weighUser(sighting, raise);
    }
    if (this.#counted.isNew(host, at)) this.#weighSite(sighting, raise);
  }

  #weighHost(sighting: AuthSighting, { weight, isStep }: { readonly weight: number; readonly isStep: boolean }, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const { fastWatch, fastAlert, slowWatch, slowAlert } = this.#options;
    const host = this.#hosts.of(this.#context.words.host(caller).text, at);
    host.note(sighting, sighting.user === '' ? callerText(caller) : sighting.user);
    const fast = addScore(host.state.fast, weight, this.#leak(at));
    if (isStep) host.state.slow = nextStep(host.state.slow, true, severeFactor * slowAlert);
    const { slow } = host.state;
    const hits = [
      { name: 'score', value: fast, hit: reached(fast, { watch: fastWatch, alert: fastAlert, severe: severeFactor * fastAlert }) },
      { name: 'walk', value: slow, hit: reached(slow, { watch: slowWatch, alert: slowAlert, severe: severeFactor * slowAlert }) },
    ];
    this.#tellWorst(host, sighting, hits, raise);
  }

  #tellWorst(host: HotKey<Host>, { at, caller }: AuthSighting, hits: readonly Hit[], raise: (alarm: Alarm) => void): void {
    const [worst] = hits.filter(({ hit }) => hit !== null).toSorted((one, other) => rankOf(other) - rankOf(one));
    if (worst === undefined || worst.hit === null) return;
    this.#hosts.tell(
      host,
      at,
      {
        key: hostAlarmKey(caller),
        level: worst.hit.level,
        statistic: { name: worst.name, value: worst.value, threshold: worst.hit.threshold },
        confidence: worst.hit.level === 'watch' ? 'low' : 'medium',
        spoofable: false,
        because: `${caller.ip} failed to log in ${plural(host.count, 'time')} with names and passwords that do not fit`,
      },
      raise,
    );
  }

  #weighNetwork(sighting: AuthSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, user } = sighting;
    const { usersWatch, usersAlert } = this.#options;
    const network = this.#networks.of(this.#context.words.network(caller).text, at);
    network.note(sighting, user);
    network.state.failed.add(this.#context.words.user(user).hash, at);
    if (network.count < usersWatch) return; // no more names than failures
    const failed = network.state.failed.countAt(at);
    // An office behind one address mistypes too, and gets in: who got in is taken off.
    const value = failed.count - (network.state.succeeded?.countAt(at).count ?? 0);
    const hit = reached(value, { watch: usersWatch, alert: usersAlert, severe: severeFactor * usersAlert });
    if (hit === null) return;
    this.#networks.tell(
      network,
      at,
      {
        key: networkAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'users-per-hour', value, threshold: hit.threshold },
        confidence: 'high',
        spoofable: false,
        counts: { users: { est: failed.count, err: failed.err } },
        because: `${plural(value, 'name')} failed to log in from this network within an hour and did not get in`,
      },
      raise,
    );
  }

  #weighUser(sighting: AuthSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, user } = sighting;
    const { networksWatch, networksAlert } = this.#options;
    const target = this.#users.of(user, at);
    target.note(sighting, addressText(caller));
    target.state.add(this.#context.words.network(caller).hash, at);
    if (target.count < networksWatch) return; // no more networks than failures
    const networks = target.state.countAt(at);
    const hit = reached(networks.count, { watch: networksWatch, alert: networksAlert, severe: severeFactor * networksAlert });
    if (hit === null) return;
    this.#users.tell(
      target,
      at,
      {
        key: { user },
        level: hit.level,
        statistic: { name: 'networks-per-hour', value: networks.count, threshold: hit.threshold },
        confidence: 'high',
        // The user is the one who is attacked: nothing is done to him.
        spoofable: true,
        counts: { networks: { est: networks.count, err: networks.err } },
        because: `the password of ${user} is guessed from ${plural(networks.count, 'network')}`,
      },
      raise,
    );
  }

  #weighSite(sighting: AuthSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const sum = this.#surge.note(at);
    const site = this.#site.of('', at);
    site.note(sighting, addressText(caller));
    const hit = reached(sum, surge);
    if (hit === null) return;
    this.#site.tell(
      site,
      at,
      {
        key: { site: true },
        level: hit.level,
        statistic: { name: 'cusum', value: sum, threshold: hit.threshold },
        confidence: 'medium',
        spoofable: false,
        counts: { hosts: exactly(this.#surge.count) },
        because: `${plural(this.#surge.count, 'host')} failed to log in since this began; usual are ${this.#surge.usualPerMinute.toFixed(1)} a minute`,
      },
      raise,
    );
  }

  #leak(at: number): { readonly at: number; readonly perMinute: number; readonly most: number } {
    return { at, perMinute: leakPerMinute, most: severeFactor * this.#options.fastAlert * 1.5 };
  }
}

interface Hit {
  readonly name: string;
  readonly value: number;
  readonly hit: ReturnType<typeof reached>;
}

const ranks = { watch: 1, alert: 2, severe: 3 } as const;
const rankOf = ({ hit }: Hit): number => (hit === null ? 0 : ranks[hit.level]);

function weightOf({ user, isNewName, isOwnUser }: { readonly user: string; readonly isNewName: boolean; readonly isOwnUser: boolean }): number {
  if (user === '') return weights.nameless;
  if (isOwnUser) return weights.ownUser;
  return isNewName ? weights.newName : weights.again;
}

/** D10: passwords are guessed. */
export const passwordGuessing: DetectorDefinition<typeof options> = {
  id,
  row: 'D10',
  doc: 'Passwords are guessed: by one host, with many names from one network, for one user from many networks, or by more hosts than usual.',
  kinds: ['auth'],
  options,
  create: (given, context) => new PasswordGuessing(given, context),
};
