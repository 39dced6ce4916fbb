// A door's recorder, which also counts what measures did: their hits go to the keeper a few times a second, under a flood one count for many.
import { createRecorder, type DoorRecorder } from '../events/recorder.ts';
import { createMeasureHits } from '../facts/measure-hits.ts';
import type { Recorder } from '../model/events.ts';
import type { DoorStart, FromDoor } from './messages.ts';

export interface DoorRecord {
  readonly recorder: Pick<DoorRecorder, 'setLog' | 'setDetail' | 'taken'>;
  readonly record: Recorder;
  /** Ships events that are pending, and now and then hits. To be called about every 50 ms. */
  beat(): void;
  /** Ships all that is pending. */
  flush(): void;
}

/** Hits are told so often, in ms: a measure with a cap of hits ends within a second of reaching it. */
const hitsEveryMs = 250;

export function openDoorRecord(
  { name, config, logDetail }: Pick<DoorStart, 'name' | 'config' | 'logDetail'>,
  say: (message: FromDoor) => void,
  now: () => number = Date.now,
): DoorRecord {
  const recorder = createRecorder({
    door: name,
    now,
    logFormat: config.log.format,
    logLevel: config.log.level,
    ship: (batch) => say({ kind: 'batch', batch }),
  });
  recorder.setDetail(logDetail);
  const hits = createMeasureHits();
  let toldAt = 0;
  const tellHits = (): void => {
    toldAt = now();
    const counts = hits.take();
    if (counts.length > 0) say({ kind: 'measure-hits', counts });
  };
  return {
    recorder,
    record: (body) => {
      hits.note(body);
      recorder.record(body);
    },
    beat: () => {
      recorder.flush();
      if (Math.abs(now() - toldAt) >= hitsEveryMs) tellHits(); // also when the clock was set back
    },
    flush: () => {
      recorder.flush();
      tellHits();
    },
  };
}
