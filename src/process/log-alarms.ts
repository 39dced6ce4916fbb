// The detectors over a log that is read by a command: events in, alarms out. A file of its own, because loading the detectors takes longer
// than reading a small log without them.
import { randomInt } from 'node:crypto';
import { loadConfig, type LoadContext } from '../config/load.ts';
import type { Config } from '../config/options.ts';
import { detectors } from '../detect/catalogue.ts';
import type { DetectorContext } from '../detect/detector.ts';
import { createEngine } from '../detect/engine.ts';
import { type LogSiteView, SightingsFromLog } from '../detect/sightings/from-log.ts';
import { KeyedStates } from '../lib/keyed-states.ts';
import { orgDomain } from '../lib/org-domain.ts';
import type { Alarm } from '../model/alarm.ts';
import type { LogEvent } from '../model/log-event.ts';
import { mostOrganisations, siteViewOf } from './detection.ts';

/** What an event raises, in the order of the log. */
export type LogAlarms = (event: LogEvent, raise: (alarm: Alarm) => void) => void;

/** Detectors with nothing seen yet; of the site in this configuration, or (null) of one that the log tells of. */
export function createLogAlarms(file: string | null, context: LoadContext, onTrouble: (message: string) => void): LogAlarms {
  const faulty = new Set<string>();
  const config = file === null ? null : configOf(file, context);
  const site = logSiteOf(config);
  const sightings = new SightingsFromLog(site);
  const engine = createEngine({
    definitions: detectors,
    options: config?.detectors ?? {},
    context: { ...site, hashKey: { k0: randomInt(2 ** 32 - 1) | 0, k1: randomInt(2 ** 32 - 1) | 0 } },
    // The others go on; it is told once, because one that throws throws often.
    onFault: (detector, error) => {
      if (!faulty.has(detector)) onTrouble(`detector ${detector} failed: ${error instanceof Error ? error.message : String(error)}`);
      faulty.add(detector);
    },
  });
  return (event, raise) => {
    for (const sighting of sightings.note(event)) for (const alarm of engine.note(sighting)) raise(alarm);
  };
}

function configOf(file: string, context: LoadContext): Config {
  const result = loadConfig(file, context);
  if (result.ok) return result.config;
  throw new Error(`${file}: ${result.errors[0]?.message ?? 'not a configuration'}; floodgate check --config ${file} tells all`);
}

/** The site a log is about. Without a configuration the domains that are ours are learned from the log, and only the machine is inside. */
export function logSiteOf(config: Config | null): LogSiteView & Pick<DetectorContext, 'isBulkSender'> {
  if (config !== null) return { ...siteViewOf(config), knowsDomains: true };
  const organisations = new KeyedStates<string>(mostOrganisations, orgDomain);
  return { isOurDomain: () => false, isInside: () => false, orgDomain: (domain) => organisations.of(domain), knowsDomains: false };
}
