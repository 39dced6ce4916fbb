// A door's recorder, which also counts what measures did: their hits go to the keeper with the same beat as the events.
import { createRecorder, type DoorRecorder } from '../events/recorder.ts';
import { createMeasureHits } from '../facts/measure-hits.ts';
import type { Recorder } from '../model/events.ts';
import type { DoorStart, FromDoor } from './messages.ts';

export interface DoorRecord {
  readonly recorder: Pick<DoorRecorder, 'setLog' | 'setDetail' | 'taken'>;
  readonly record: Recorder;
  /** Ships what is pending. */
  flush(): void;
}

export function openDoorRecord({ name, config, logDetail }: DoorStart, say: (message: FromDoor) => void): DoorRecord {
  const recorder = createRecorder({
    door: name,
    now: Date.now,
    logFormat: config.log.format,
    logLevel: config.log.level,
    ship: (batch) => say({ kind: 'batch', batch }),
  });
  recorder.setDetail(logDetail);
  const hits = createMeasureHits();
  return {
    recorder,
    record: (body) => {
      hits.note(body);
      recorder.record(body);
    },
    flush: () => {
      recorder.flush();
      const counts = hits.take();
      if (counts.length > 0) say({ kind: 'measure-hits', counts });
    },
  };
}
