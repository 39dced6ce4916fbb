// The log door as the keeper opens it: the logs of the configuration are followed, and the detectors see what happens in them.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { SightingsFromLog } from '../detect/sightings/from-log.ts';
import { watchLogs, type LogWatch } from '../intake/log-watch/watch-logs.ts';
import type { Recorder } from '../model/events.ts';
import type { Sighting } from '../model/sighting.ts';
import { siteViewOf } from './detection.ts';

export interface LogsInForce {
  /** By path: lines read, and of them those that nobody understood. */
  counts(): LogWatch['counts'];
  /** What stands in the way of reading, in words. */
  trouble(): readonly string[];
  reconfigure(config: Config): void;
  stop(): Promise<void>;
}

export interface LogsParts {
  readonly config: Config;
  note(sighting: Sighting): void;
  readonly record: Recorder;
}

/** A trouble is shown for so long after it was told last, in ms: who follows a log tells it once. */
const shownMs = 3_600_000;
const mostTroubles = 20;

export function openLogsInForce({ config: first, note, record }: LogsParts): LogsInForce {
  let settings = '';
  let watch: LogWatch | null = null;
  let troubles = new Map<string, number>();

  const open = (config: Config): LogWatch | null => {
    settings = settingsOf(config);
    troubles = new Map();
    if (config.logs.length === 0) return null;
    const sightings = new SightingsFromLog({ ...siteViewOf(config), knowsDomains: true });
    return watchLogs({
      logs: config.logs,
      stateDir: join(config.state, 'logs'),
      begin: 'end', // what happened before we were asked is for `floodgate watch`
      onEvent: (event) => {
        for (const sighting of sightings.note(event)) note(sighting);
      },
      onTrouble: (why) => {
        if (troubles.size < mostTroubles) troubles.set(why, Date.now());
        record({ type: 'log-trouble', why });
      },
    });
  };
  watch = open(first);
  return {
    counts: () => watch?.counts ?? new Map(),
    trouble: () => [...troubles].flatMap(([why, at]) => (Date.now() - at < shownMs ? [`log: ${why}`] : [])),
    reconfigure: (config) => {
      if (settingsOf(config) === settings) return;
      const before = watch;
      void (before?.stop() ?? Promise.resolve()).then(() => {
        watch = open(config);
      });
    },
    stop: async () => {
      await watch?.stop();
    },
  };
}

const settingsOf = ({ logs, site, state }: Config): string => JSON.stringify([logs, site, state]);
