// Mail logs held against detectors and playbook: which measures would have been taken, and what they would have hit.
import type { ReplayCounts, ReplayHearer } from '../../cli/replay-records.ts';
import type { Config } from '../../config/options.ts';
import { SightingsFromLog } from '../../detect/sightings/from-log.ts';
import { readLog } from '../../intake/log-watch/read-log.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { isGoodMail } from '../../respond/good-mail.ts';
import { Joiner } from '../../wire/log/join.ts';
import { logSiteOf } from '../log-alarms.ts';
import { RehearsedResponse } from './rehearsed-response.ts';

export interface LogsToReplay {
  readonly paths: readonly string[];
  readonly format: string;
  /** Null: what the logs tell. */
  readonly config: Config | null;
}

/** Reads the logs in the order given; one that cannot be read is told of, and the others are read. */
export async function replayLogs({ paths, format, config }: LogsToReplay, hearer: ReplayHearer): Promise<ReplayCounts> {
  const site = logSiteOf(config);
  const sightings = new SightingsFromLog(site);
  const response = new RehearsedResponse({ config, site, onAlarm: (alarm) => hearer.onAlarm(alarm, 'config'), onTrouble: hearer.onTrouble });
  const counts = { lines: 0, events: 0, unknownLines: 0, goodMail: 0, goodMailTouched: 0, first: null as number | null, last: null as number | null };
  const joiner = new Joiner();
  let waiting: LogEvent[] = [];
  // An alarm's measure is in force before the next sighting: events wait for the answers to those before them.
  const drain = async (): Promise<boolean> => {
    const events = waiting;
    waiting = [];
    for (const event of events) {
      for (const sighting of sightings.note(event)) {
        if (sighting.kind === 'message' && isGoodMail(sighting)) counts.goodMail += 1;
        if (await response.note(sighting)) counts.goodMailTouched += 1;
      }
    }
    return true;
  };
  for (const file of paths) {
    try {
      const read = await readLog({ file, format, now: Date.now, joiner, onEvent: (event) => void waiting.push(event), onChunk: drain });
      await drain();
      counts.lines += read.lines;
      counts.events += read.events;
      counts.unknownLines += read.unknownLines;
      if (read.first !== null) counts.first = Math.min(counts.first ?? read.first, read.first);
      if (read.last !== null) counts.last = Math.max(counts.last ?? read.last, read.last);
    } catch (error) {
      hearer.onTrouble(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const measure of response.measures()) hearer.onMeasure(measure, 'config');
  return { ...counts, alarms: response.alarms, measures: response.proposed };
}
