// The loop: what is seen raises alarms, alarms become incidents, incidents are answered with measures, measures are read at the doors.
import type { Config } from '../config/options.ts';
import { learnedBy } from '../detect/engine.ts';
import { scopeText } from '../facts/measure-scope.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { Recorder } from '../model/events.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { createResponder, type Responder } from '../respond/responder.ts';
import { startDetection, type Detection } from './detection.ts';
import type { LearnedState } from './learned-in-force.ts';
import type { MeasuresInForce } from './measures-in-force.ts';

export interface Response extends Pick<Detection, 'take' | 'note' | 'sizes' | 'learned'> {
  /** A measure is no longer in force. */
  measureEnded(id: string): void;
  reconfigure(config: Config): void;
  stop(): void;
}

export interface ResponseParts {
  readonly config: Config;
  readonly incidents: IncidentDesk;
  readonly measures: Pick<MeasuresInForce, 'desk' | 'holds'>;
  readonly record: Recorder;
  /** A message came to its end: who met whom. */
  met(sighting: MessageSighting): void;
  now(): number;
  /** What detectors of an earlier run have learned; null: nothing. */
  readonly earlier: LearnedState | null;
}

/** How often is looked for measures that have run out while the attack goes on, in ms. */
const renewEveryMs = 30_000;

export function startResponse({ config: first, incidents, measures, record, met, now, earlier }: ResponseParts): Response {
  let config = first;
  const responder: Responder = createResponder({
    playbook: () => config.playbook,
    // The responder has tried it on the good mail of the last day: it is the guard.
    add: async ({ detector, ...draft }) => {
      const added = await measures.desk.addAutomatic({ detector, ...draft }, () => Promise.resolve({ ok: true }));
      return added.ok ? { ok: true, id: added.measure.id } : added;
    },
    isInForce: measures.holds,
    attach: incidents.attach,
    tellHistory: incidents.tellHistory,
    scopeText,
    now,
  });
  const fault = (error: unknown): void =>
    record({ type: 'detector-failed', detector: 'playbook', why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const startFor = (settings: Config, before: LearnedState | null): Detection =>
    startDetection({
      earlier: before,
      config: settings,
      incidents,
      record,
      alarmed: (alarm, incident) => void responder.answer(alarm, incident).catch(fault),
      seen: (sighting) => {
        if (sighting.kind !== 'message') return;
        responder.note(sighting);
        met(sighting);
      },
      now,
    });
  let detection = startFor(config, earlier);
  const renewing = setInterval(() => void responder.renew(incidents.open()).catch(fault), renewEveryMs).unref();
  return {
    take: (batch) => detection.take(batch),
    note: (sighting) => detection.note(sighting),
    sizes: () => detection.sizes(),
    learned: () => detection.learned(),
    measureEnded: (id) => {
      const incident = incidents.open().find((each) => each.measures.includes(id));
      if (incident !== undefined) incidents.measureEnded(incident.id, id, incident.measures.filter(measures.holds).length);
    },
    reconfigure: (next) => {
      const isAnew = detectionSettings(next) !== detectionSettings(config);
      config = next;
      if (!isAnew) return;
      detection.stop();
      // What lasts is taken over; the sums of the last hour are lost. It is only done where their settings have changed.
      const { hashKey, learners } = detection.learned();
      detection = startFor(next, { hashKey, detectors: learnedBy(learners) });
    },
    stop: () => {
      clearInterval(renewing);
      detection.stop();
    },
  };
}

const detectionSettings = ({ site, detectors, places }: Config): string => JSON.stringify([site, detectors, places]);
