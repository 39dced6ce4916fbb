// Detector: what stands behind us is in trouble: slow, putting mail off, not to be reached, its queue growing, a disk filling. Told for a person;
// the gateway slows down by itself (docs/load.md).
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../../model/alarm.ts';
import type { GaugeSighting, HubSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition } from '../detector.ts';
import { HotKeys } from '../hot-keys.ts';
import { exactly } from '../wording.ts';

const id = 'hub-distress';
const minuteMs = 60_000;

const options = {
  slowWatchSeconds: { default: 5, min: 0.1, max: 3600, doc: 'Seconds that one delivery in twenty takes at least, from which the next hop is watched.' },
  slowAlertSeconds: { default: 30, min: 0.1, max: 3600, doc: 'Seconds that one delivery in twenty takes at least, from which it is in distress.' },
  failingPercent: {
    default: 20,
    min: 1,
    max: 100,
    doc: 'Share of deliveries put off or failed, in percent, from which it is in distress; half of it is watched.',
  },
  leastTries: { default: 20, min: 1, max: 10_000, doc: 'Deliveries within five minutes that a share must rest on.' },
  queueAlert: { default: 1000, min: 1, max: 100_000_000, doc: 'Messages waiting at the hub from which a queue that has tripled is told.' },
  diskWatchPercent: { default: 10, min: 0, max: 100, doc: 'Free share of the disk in percent below which it is watched.' },
  diskAlertPercent: { default: 5, min: 0, max: 100, doc: 'Free share of the disk in percent below which it is told.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Routes come from the configuration; the bound is for a log that names many. */
const mostRoutes = 256;
/** Deliveries looked at, by age in ms and by number. */
const windowMs = 5 * minuteMs;
const mostTries = 200;
/** Failures in a row to reach it at all, within the window, that need no share. */
const deadAfter = 5;
/** The quiet part of a queue's habit: how much of a new value it takes on. */
const habitShare = 0.02;
const grownFactor = 3;
const quietMs = 10 * minuteMs;
/** The level of the disk guard at which new content is put off. */
const allMailWaits = 4;

interface Try {
  readonly at: number;
  readonly ms: number | null;
  readonly outcome: HubSighting['outcome'];
}

interface Route {
  readonly tries: Try[];
  unreachable: number;
}

interface Trouble {
  readonly level: AlarmLevel;
  readonly name: string;
  readonly value: number;
  readonly threshold: number;
  readonly because: string;
}

class HubDistress implements Detector {
  readonly #options: Options;
  readonly #routes: HotKeys<Route>;
  readonly #usualQueue = new KeyedStates<{ usual: number | null }>(4, () => ({ usual: null }));

  constructor(given: Options) {
    this.#options = given;
    this.#routes = new HotKeys({ detector: id, capacity: mostRoutes, quietMs, fresh: () => ({ tries: [], unreachable: 0 }) });
  }

  get size(): number {
    return this.#routes.size + this.#usualQueue.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'hub') this.#tried(sighting, raise);
    else if (sighting.kind === 'gauge') this.#measured(sighting, raise);
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#routes.settle(at, calm);
  }

  #tried(sighting: HubSighting, raise: (alarm: Alarm) => void): void {
    const { at, route: name, outcome, ms } = sighting;
    const route = this.#routes.of(name, at);
    const { tries } = route.state;
    route.state.unreachable = outcome === 'unreachable' ? route.state.unreachable + 1 : 0;
    tries.push({ at, ms, outcome });
    while (tries.length > mostTries || (tries[0]?.at ?? at) < at - windowMs) tries.shift();
    // What goes well makes nothing worse: only what does not is weighed.
    if (outcome === 'ok' && (ms ?? 0) < this.#options.slowWatchSeconds * 1000) return;
    route.note(sighting, outcome === 'ok' ? 'slow' : outcome);
    const trouble = this.#troubleOf(route.state);
    if (trouble !== null) this.#tell(name, sighting, trouble, raise);
  }

  #troubleOf({ tries, unreachable }: Route): Trouble | null {
    if (unreachable >= deadAfter)
      return {
        level: 'alert',
        name: 'unreachable-in-a-row',
        value: unreachable,
        threshold: deadAfter,
        because: `it could not be reached ${unreachable} times in a row`,
      };
    if (tries.length < this.#options.leastTries) return null;
    return this.#failing(tries) ?? this.#slow(tries);
  }

  /** What was refused for good is the message's fault, and a full mailbox its owner's; but one in five is not. */
  #failing(tries: readonly Try[]): Trouble | null {
    const percent = (100 * tries.filter(({ outcome }) => outcome === 'tempfail' || outcome === 'unreachable').length) / tries.length;
    const { failingPercent } = this.#options;
    if (percent < failingPercent / 2) return null;
    const isAlert = percent >= failingPercent;
    return {
      level: isAlert ? 'alert' : 'watch',
      name: 'failing-percent',
      value: percent,
      threshold: isAlert ? failingPercent : failingPercent / 2,
      because: `${Math.round(percent)} % of ${tries.length} deliveries were put off or failed`,
    };
  }

  #slow(tries: readonly Try[]): Trouble | null {
    const times = tries.flatMap(({ ms }) => (ms === null ? [] : [ms])).toSorted((one, other) => one - other);
    if (times.length < this.#options.leastTries) return null;
    const seconds = (times[Math.floor(0.95 * (times.length - 1))] ?? 0) / 1000;
    const { slowWatchSeconds, slowAlertSeconds } = this.#options;
    if (seconds < slowWatchSeconds) return null;
    const isAlert = seconds >= slowAlertSeconds;
    return {
      level: isAlert ? 'alert' : 'watch',
      name: 'p95-seconds',
      value: seconds,
      threshold: isAlert ? slowAlertSeconds : slowWatchSeconds,
      because: `one delivery in twenty takes ${seconds.toFixed(1)} s or longer`,
    };
  }

  #measured(sighting: GaugeSighting, raise: (alarm: Alarm) => void): void {
    const trouble = this.#gaugeTrouble(sighting);
    if (trouble === null) return;
    this.#routes.of(sighting.name, sighting.at).note(sighting, sighting.name);
    this.#tell(sighting.name, sighting, trouble, raise);
  }

  #gaugeTrouble(sighting: GaugeSighting): Trouble | null {
    switch (sighting.name) {
      case 'hub-queue':
        return this.#queueTrouble(sighting);
      case 'disk-free-share':
        return this.#diskTrouble(sighting);
      case 'disk-level':
        return levelTrouble(sighting);
      case 'disk-free':
        return null;
      default:
        return sighting.name satisfies never;
    }
  }

  #queueTrouble({ value }: GaugeSighting): Trouble | null {
    const state = this.#usualQueue.of('hub-queue');
    const usual = state.usual ?? value;
    state.usual = usual + habitShare * (value - usual);
    const threshold = Math.max(this.#options.queueAlert, grownFactor * usual);
    return value < threshold
      ? null
      : { level: 'alert', name: 'queue', value, threshold, because: `${value} messages wait at the hub; usual are ${Math.round(usual)}` };
  }

  #diskTrouble({ value }: GaugeSighting): Trouble | null {
    const percent = 100 * value;
    const { diskWatchPercent, diskAlertPercent } = this.#options;
    if (percent >= diskWatchPercent) return null;
    const isAlert = percent < diskAlertPercent;
    return {
      level: isAlert ? 'alert' : 'watch',
      name: 'free-percent',
      value: percent,
      threshold: isAlert ? diskAlertPercent : diskWatchPercent,
      because: `${percent.toFixed(1)} % of the disk are free`,
    };
  }

  #tell(name: string, { at }: Sighting, { level, because, ...statistic }: Trouble, raise: (alarm: Alarm) => void): void {
    const route = this.#routes.of(name, at);
    this.#routes.tell(
      route,
      at,
      {
        key: { route: name },
        level,
        statistic,
        confidence: 'high',
        spoofable: false,
        counts: { troubles: exactly(route.count) },
        because: `${name}: ${because}`,
      },
      raise,
    );
  }
}

/** The share says nothing of a small disk: one that is nearly empty may be below its floor. */
function levelTrouble({ value }: GaugeSighting): Trouble | null {
  if (value < allMailWaits) return null;
  const because = 'the disk has less free than limits.freeDisk: all mail is put off with 452';
  return { level: 'severe', name: 'disk-level', value, threshold: allMailWaits, because };
}

/** D12: the hub is in distress. */
export const hubDistress: DetectorDefinition<typeof options> = {
  id,
  row: 'D12',
  doc: 'The next hop is slow, puts mail off or cannot be reached, its queue grows, or a disk fills.',
  kinds: ['hub', 'gauge'],
  options,
  create: (given) => new HubDistress(given),
};
