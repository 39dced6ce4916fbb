// Gives each sighting to the detectors that look at its kind, and lets them settle once a minute of the sightings' own time: so a log of
// last year gives what it would have given then.
import type { Alarm, Calm } from '../model/alarm.ts';
import type { Sighting, SightingKind } from '../model/sighting.ts';
import type { Detector, DetectorContext, DetectorDefinition } from './detector.ts';
import { detectorOptions, type DetectorSettings } from './detector-settings.ts';
import type { Learned } from './learned.ts';
import { SightingWords } from './sighting-words.ts';

export interface EngineParts {
  readonly definitions: readonly DetectorDefinition[];
  /** What the operator set; the rest is defaults. */
  readonly options: DetectorSettings;
  readonly context: DetectorContext;
  /** Told of each key that has become quiet. */
  readonly onCalm?: (calm: Calm) => void;
  /** Told of a detector that threw; it goes on with the next sighting. Without it the error is thrown. */
  readonly onFault?: (detector: string, error: unknown) => void;
}

export interface Engine {
  /** The alarms that a sighting raises; mostly none, and then always the same empty list. */
  note(sighting: Sighting): readonly Alarm[];
  /** Lets every detector name its quiet keys at a moment in ms: for when no sightings come. */
  settle(at: number): void;
  /** Keys held by all detectors. */
  readonly size: number;
  /** Keys held by each. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Those that learn over days and weeks, by id. What they save holds with the hash key it was learned with. */
  readonly learners: ReadonlyMap<string, Learned>;
  /** Takes up what was learned, before the first sighting. What is of a detector that is off, or of another version, is left. */
  takeUp(learned: LearnedByDetector): void;
}

/** What was saved, by id of the detector; see learned.ts. */
export type LearnedByDetector = Readonly<Record<string, { readonly version: number; readonly saved: unknown }>>;

/** What all of them have learned at one moment. */
export const learnedBy = (learners: ReadonlyMap<string, Learned>): LearnedByDetector =>
  Object.fromEntries([...learners].map(([id, learned]) => [id, { version: learned.version, saved: learned.save() }]));

/** Time of sightings between two settlings, in ms. */
const settleEveryMs = 60_000;
/** Logs of several machines are a little out of order; further back than this a new past has begun, as when logs are read one after another. */
const newPastMs = 3_600_000;

const nothing: readonly Alarm[] = [];

interface Running {
  readonly id: string;
  readonly detector: Detector;
}

/** An engine with the given detectors, all fresh. */
export function createEngine({ definitions, options, context, onCalm, onFault }: EngineParts): Engine {
  const byKind = new Map<SightingKind, Running[]>();
  const ground = { ...context, words: new SightingWords(context.hashKey, (domain) => context.orgDomain(domain)) };
  const running = definitions.flatMap((definition): readonly Running[] => {
    const given = detectorOptions(definition, options);
    if (given === 'off') return [];
    const one = { id: definition.id, detector: definition.create(given, ground) };
    for (const kind of definition.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), one]);
    return [one];
  });
  let raised: Alarm[] = [];
  let settledAt: number | null = null;
  const raise = (alarm: Alarm): void => void raised.push(alarm);

  const guarded = (id: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (onFault === undefined) throw error;
      onFault(id, error);
    }
  };

  const settle = (at: number): void => {
    settledAt = at;
    for (const { id, detector } of running) guarded(id, () => detector.settle(at, (key) => onCalm?.({ detector: id, key, at })));
  };

  return {
    note(sighting) {
      const { at } = sighting;
      if (settledAt === null || at < settledAt - newPastMs) settledAt = at;
      else if (at - settledAt >= settleEveryMs) settle(at);
      for (const { id, detector } of byKind.get(sighting.kind) ?? []) {
        try {
          detector.note(sighting, raise);
        } catch (error) {
          if (onFault === undefined) throw error;
          onFault(id, error);
        }
      }
      if (raised.length === 0) return nothing;
      const alarms = raised;
      raised = [];
      return alarms;
    },
    settle,
    get size() {
      return running.reduce((sum, { detector }) => sum + detector.size, 0);
    },
    get sizes() {
      return Object.fromEntries(running.map(({ id, detector }) => [id, detector.size]));
    },
    get learners() {
      return new Map(running.flatMap(({ id, detector: { learned } }) => (learned === undefined ? [] : [[id, learned] as const])));
    },
    takeUp: (given) => {
      for (const { id, detector } of running) {
        const kept = Object.hasOwn(given, id) ? given[id] : undefined;
        if (kept !== undefined && kept.version === detector.learned?.version) guarded(id, () => detector.learned?.load(kept.saved));
      }
    },
  };
}
