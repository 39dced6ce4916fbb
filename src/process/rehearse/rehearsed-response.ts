// The detectors and the playbook over the past: alarms that would have been raised, measures that would have been proposed, and what these
// would have hit. Time comes with the sightings; nothing is put in force.
import type { Config } from '../../config/options.ts';
import { detectors } from '../../detect/catalogue.ts';
import type { DetectorContext } from '../../detect/detector.ts';
import { createEngine, type Engine } from '../../detect/engine.ts';
import { scopeText } from '../../facts/measure-scope.ts';
import { createNeverBlock } from '../../facts/never-block.ts';
import { alarmKeyText, type Alarm } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import { isGoodMail } from '../../respond/good-mail.ts';
import { createResponder, type AutomaticMeasure } from '../../respond/responder.ts';
import { RehearsedMeasures, type RehearsedMeasure } from './rehearsed-measures.ts';

export interface RehearsedResponseParts {
  /** Null: a log without a configuration; detectors and playbook have their defaults. */
  readonly config: Config | null;
  readonly site: Omit<DetectorContext, 'hashKey'>;
  onAlarm(alarm: Alarm): void;
  onTrouble(what: string): void;
}

/** The same in each run: a replay of the same past says the same, and nobody can aim at a key that is used nowhere else. */
export const replayKey = { k0: 0x2545f491, k1: 0x5851f42d };

export class RehearsedResponse {
  readonly #engine: Engine;
  readonly #responder: ReturnType<typeof createResponder>;
  readonly #measures: RehearsedMeasures;
  readonly #onAlarm: (alarm: Alarm) => void;
  #at = 0;
  #alarms = 0;

  constructor({ config, site, onAlarm, onTrouble }: RehearsedResponseParts) {
    this.#onAlarm = onAlarm;
    this.#measures = new RehearsedMeasures(config === null ? null : createNeverBlock(config));
    const faulty = new Set<string>();
    this.#engine = createEngine({
      definitions: detectors,
      options: config?.detectors ?? {},
      context: { ...site, hashKey: replayKey },
      onFault: (detector, error) => {
        if (!faulty.has(detector)) onTrouble(`detector ${detector} failed: ${error instanceof Error ? error.message : String(error)}`);
        faulty.add(detector);
      },
    });
    this.#responder = createResponder({
      playbook: () => config?.playbook ?? {},
      add: (draft) => Promise.resolve(this.#propose(draft)),
      isInForce: (id) => this.#measures.isInForce(id, this.#at),
      attach: () => {},
      tellHistory: (incident, _step, text) => this.#measures.object(incident, text, this.#at),
      scopeText,
      now: () => this.#at,
    });
  }

  get alarms(): number {
    return this.#alarms;
  }

  /** Measures proposed so far, oldest first, and proposals that the guards would have refused. */
  measures(): readonly RehearsedMeasure[] {
    return this.#measures.all();
  }

  /** Measures that were proposed, those beyond what is kept too. */
  get proposed(): number {
    return this.#measures.proposed;
  }

  /** Takes a sighting; true when a measure that would have been carried out would have touched good mail in it. */
  async note(sighting: Sighting): Promise<boolean> {
    this.#at = sighting.at;
    const isTouched = this.#measures.hit(sighting);
    if (sighting.kind === 'message') this.#responder.note(sighting);
    for (const alarm of this.#engine.note(sighting)) {
      this.#alarms += 1;
      this.#onAlarm(alarm);
      await this.#responder.answer(alarm, { id: incidentOf(alarm) });
    }
    return isTouched && sighting.kind === 'message' && isGoodMail(sighting);
  }

  #propose(draft: AutomaticMeasure): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly error: string } {
    return this.#measures.add(draft, this.#at);
  }
}

/** One incident a detector and key, as the book has it. */
const incidentOf = ({ detector, key }: Alarm): string => `${detector} ${alarmKeyText(key)}`;
