// The signals of load, from samples a second apart: what each door says of itself, what the shared counters hold, how the machine does.
import type { LoadLevel, Thresholds } from '../lib/load-level.ts';
import { levelOf } from '../lib/load-level.ts';
import type { Config } from '../config/options.ts';

export const signalNames = ['eventLoopLag', 'bannerQueue', 'sessions', 'hubQueue', 'systemLoad', 'memory'] as const;
export type SignalName = (typeof signalNames)[number];
export type Signals = Readonly<Record<SignalName, number>>;

/** One door, in the last second. */
export interface DoorSample {
  /** 99th percentile of the event loop's delay, milliseconds. */
  readonly lagMs: number;
  /** Share of the time in which the event loop had something to do. */
  readonly loopShare: number;
  /** Intervals for which its banner queue has stood. */
  readonly standing: number;
  /** Its connections to next hops, and how many messages wait for one: by next hop. */
  readonly hubs: readonly { readonly busy: number; readonly waiting: number }[];
}

export interface Sample {
  /** By door number: a door that is down has none. */
  readonly doors: ReadonlyMap<number, DoorSample>;
  /** Shares in use. */
  readonly sessions: number;
  readonly memory: number;
  /** For each processor. */
  readonly systemLoad: number;
}

/** Samples that make a window of five seconds. */
export const windowSamples = 5;
/** A loop that is idle half of the time is late for another reason than our work (the machine's other programs, a collection of garbage): shedding would cure nothing. */
const busyShare = 0.5;
/** Fewer messages than this waiting for a connection to the hub are a burst of one sender, not a queue. */
const fewWaiting = 5;

/** The worst of the doors for each signal; lags and queues over the window, the rest as it is now. `samples` newest last, one at least. */
export function signalsOf(samples: readonly Sample[]): Signals {
  const window = samples.slice(-windowSamples);
  const now = window.at(-1);
  if (now === undefined) throw new Error('no sample');
  const worst = (of: (door: readonly DoorSample[]) => number): number =>
    Math.max(0, ...[...now.doors.keys()].map((number) => of(window.flatMap(({ doors }) => doors.get(number) ?? []))));
  return {
    eventLoopLag: worst(lagOf),
    bannerQueue: worst((door) => door.at(-1)?.standing ?? 0),
    sessions: now.sessions,
    hubQueue: worst(hubQueueOf),
    systemLoad: now.systemLoad,
    memory: now.memory,
  };
}

/** The middle one of five seconds' 99th percentiles: one pause of the collector does not make a load. */
function lagOf(door: readonly DoorSample[]): number {
  const busy = door.reduce((sum, { loopShare }) => sum + loopShare, 0) / Math.max(1, door.length);
  if (busy < busyShare) return 0;
  const lags = door.map(({ lagMs }) => lagMs).toSorted((one, other) => one - other);
  return door.length < 3 ? 0 : (lags[Math.floor(lags.length / 2)] ?? 0);
}

/**
 * The share of a message's time at the hub that it queues for a connection: by Little's law the waiting ones to all of them. Queueing, not
 * response time (DAGOR): a hub that scans for two seconds is slow and not overloaded.
 */
function hubQueueOf(door: readonly DoorSample[]): number {
  const hops = Math.max(0, ...door.map(({ hubs }) => hubs.length));
  const shares = Array.from({ length: hops }, (_, hop) => {
    const waiting = mean(door.map(({ hubs }) => hubs[hop]?.waiting ?? 0));
    const busy = mean(door.map(({ hubs }) => hubs[hop]?.busy ?? 0));
    return waiting < fewWaiting ? 0 : waiting / (waiting + busy);
  });
  return Math.max(0, ...shares);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export function thresholdsOf(load: Config['load']): Readonly<Record<SignalName, Thresholds>> {
  const of = ({ level1, level2, level3 }: { readonly level1: number; readonly level2: number; readonly level3: number }): Thresholds => [
    level1,
    level2,
    level3,
  ];
  return {
    eventLoopLag: of(load.eventLoopLag),
    bannerQueue: of(load.bannerQueue),
    sessions: of(load.sessions),
    hubQueue: of(load.hubQueue),
    systemLoad: of(load.systemLoad),
    memory: of(load.memory),
  };
}

/** Delayed replies thin out work in time, but each holds its session longer: only at level 1, and never where sessions are what is scarce. */
export const isReplyDelayed = (level: LoadLevel, signals: Signals, load: Config['load']): boolean =>
  level === 1 && load.replyDelay > 0 && levelOf(signals.sessions, thresholdsOf(load).sessions) === 0;
