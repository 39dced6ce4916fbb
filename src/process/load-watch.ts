// Looks at the signals of load once a second, keeps the level that all doors read, and says when it changes.
import type { Config } from '../config/options.ts';
import { calm, causesOf, nextLoad, type Cause, type LoadLevel, type LoadState } from '../lib/load-level.ts';
import type { SharedLevel } from '../lib/shared-level.ts';
import type { Recorder } from '../model/events.ts';
import { isReplyDelayed, signalsOf, thresholdsOf, windowSamples, type Sample, type Signals } from './load-signals.ts';

const lookMs = 1000;

export interface LoadWatch {
  readonly level: LoadLevel;
  /** What asks for a level just now; empty while it only has not fallen yet. */
  readonly causes: readonly Cause[];
  stop(): void;
}

export interface LoadWatchParts {
  readonly shared: Pick<SharedLevel, 'write'>;
  config(): Pick<Config, 'load'>;
  sample(): Sample;
  readonly record: Recorder;
  now(): number;
}

/** Starts looking. */
export function watchLoad(parts: LoadWatchParts): LoadWatch {
  const fold = createLoadFold(parts);
  const timer = setInterval(fold.look, lookMs).unref();
  return {
    get level() {
      return fold.state().level;
    },
    get causes() {
      return fold.causes();
    },
    stop: () => clearInterval(timer),
  };
}

/** The watch without its timer. */
export function createLoadFold({ shared, config, sample, record, now }: LoadWatchParts): { look(): void; state(): LoadState; causes(): readonly Cause[] } {
  const samples: Sample[] = [];
  let state = calm;
  let causes: readonly Cause[] = [];
  return {
    look: () => {
      samples.push(sample());
      if (samples.length > windowSamples) samples.shift();
      const { load } = config();
      const signals = signalsOf(samples);
      causes = causesOf(signals, thresholdsOf(load));
      const before = state.level;
      state = nextLoad(state, causes[0]?.level ?? 0, now(), load.calm);
      shared.write(state.level, isReplyDelayed(state.level, signals, load));
      if (state.level !== before)
        record({
          type: 'load-level',
          level: state.level,
          before,
          causes: causes.filter(({ level }) => level > before).map(({ signal }) => signal),
          signals: rounded(signals),
        });
    },
    state: () => state,
    causes: () => causes,
  };
}

const rounded = (signals: Signals): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(signals).map(([name, value]) => [name, Math.round(value * 100) / 100]));
