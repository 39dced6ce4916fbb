// What detectors that count by key have in common: a bounded number of keys with their state, the evidence of each, and alarms that are told
// once a level. A key whose evidence has grown cold begins anew.
import { KeyedStates } from '../lib/keyed-states.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../model/alarm.ts';
import type { Sighting } from '../model/sighting.ts';
import { Evidence } from './evidence.ts';
import { RaisedKeys, type Raised } from './raised-keys.ts';

/** From which value on a key is at a level. */
export interface Levels {
  readonly watch: number;
  readonly alert: number;
  readonly severe: number;
}

/** The level a value reaches, with the threshold it crossed; null below all. */
export function reached(value: number, { watch, alert, severe }: Levels): { readonly level: AlarmLevel; readonly threshold: number } | null {
  if (value >= severe) return { level: 'severe', threshold: severe };
  if (value >= alert) return { level: 'alert', threshold: alert };
  return value >= watch ? { level: 'watch', threshold: watch } : null;
}

/** A key's state and what speaks against it. Most keys are seen once: only the second sighting makes room for evidence. */
export class HotKey<S> {
  readonly state: S;
  onsetAt = 0;
  lastAt = 0;
  count = 0;
  /** What was told of it last; null: nothing. */
  raised: Raised | null = null;
  /** Of the first sighting, until there is evidence; null: none. Two fields: one is made for each stranger. */
  #firstOrigin: string | null = null;
  #firstSource = '';
  #evidence: Evidence | null = null;

  constructor(state: S) {
    this.state = state;
  }

  /** Takes a sighting that speaks against the key. */
  note({ at, source }: Pick<Sighting, 'at' | 'source'>, origin: string): void {
    this.count++;
    this.lastAt = Math.max(this.lastAt, at);
    if (this.count === 1) {
      this.onsetAt = at;
      this.#firstOrigin = origin;
      this.#firstSource = source;
      return;
    }
    this.#evidence ??= new Evidence();
    if (this.#firstOrigin !== null) this.#evidence.note(this.#firstOrigin, this.#firstSource);
    this.#firstOrigin = null;
    this.#evidence.note(origin, source);
  }

  /** What was before belongs to no alarm of what comes now. */
  forget(): void {
    this.count = 0;
    this.#firstOrigin = null;
    this.#evidence = null;
  }

  parts(): Pick<Alarm, 'origins' | 'samples'> {
    if (this.#evidence !== null) return this.#evidence.parts();
    if (this.#firstOrigin === null) return { origins: [], samples: [] };
    return { origins: [{ origin: this.#firstOrigin, est: 1, err: 0 }], samples: [this.#firstSource] };
  }
}

export interface HotKeysOptions<S> {
  /** Id of the detector. */
  readonly detector: string;
  /** Keys at most. */
  readonly capacity: number;
  /** Milliseconds after which a key without a sighting is calm and begins anew. */
  readonly quietMs: number;
  /** What is known of a key is worth more than an hour: only its evidence begins anew. */
  readonly keepsState?: true;
  fresh(): S;
}

/** What a detector says of a key; the rest of the alarm is known here. */
export type Said = Pick<Alarm, 'key' | 'level' | 'statistic' | 'confidence' | 'spoofable' | 'because'> & Partial<Pick<Alarm, 'counts' | 'count'>>;

export class HotKeys<S> {
  readonly #options: HotKeysOptions<S>;
  readonly #states: KeyedStates<HotKey<S>>;
  readonly #raised: RaisedKeys;

  constructor(options: HotKeysOptions<S>) {
    this.#options = options;
    this.#states = new KeyedStates(options.capacity, () => new HotKey(options.fresh()));
    this.#raised = new RaisedKeys(options.quietMs);
  }

  /** Keys held and keys above a level: both bounded. */
  get size(): number {
    return this.#states.size + this.#raised.size;
  }

  /** The state of a key, made when there is none. */
  of(key: string, at: number): HotKey<S> {
    const hot = this.#states.of(key);
    if (hot.count === 0 || at - hot.lastAt <= this.#options.quietMs) return hot;
    if (this.#options.keepsState !== true) {
      this.#states.delete(key);
      return this.#states.of(key);
    }
    hot.forget();
    return hot;
  }

  /** The state of a key if there is one. */
  peek(key: string): HotKey<S> | undefined {
    return this.#states.peek(key);
  }

  /** All that are held, in no order that means anything. */
  *states(): Generator<readonly [key: string, state: S]> {
    for (const [key, { state }] of this.#states.entries()) yield [key, state];
  }

  /** Whether what would be told of a key has been told, so that it need not be put together. For keys that are told under one alarm key only. */
  isTold(hot: HotKey<S>, at: number, level: AlarmLevel, count = hot.count): boolean {
    return hot.raised !== null && hot.raised.isOld(level, count, at);
  }

  /** Says what is wrong with a key, unless it has been said. */
  tell(hot: HotKey<S>, at: number, said: Said, raise: (alarm: Alarm) => void): void {
    const count = said.count ?? hot.count;
    const { raised, isNews } = this.#raised.take(said.key, said.level, count, at);
    hot.raised = raised;
    if (!isNews) return;
    raise({ detector: this.#options.detector, at, onsetAt: hot.onsetAt, counts: {}, ...said, count, ...hot.parts() });
  }

  /** An attack that goes on is not calm, though it raises nothing new. */
  keepHot(key: AlarmKey, at: number): void {
    this.#raised.keepHot(key, at);
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }
}
