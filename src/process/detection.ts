// Detection in the keeper: what the doors and the logs tell becomes sightings, sightings become alarms, alarms become incidents. A fault in
// a detector is an event and stops nobody.
import { randomInt } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { detectors } from '../detect/catalogue.ts';
import type { DetectorContext } from '../detect/detector.ts';
import { createEngine, type Engine } from '../detect/engine.ts';
import type { SiteView } from '../detect/sightings/origin.ts';
import { SightingsFromEvents } from '../detect/sightings/from-events.ts';
import type { JournalLines } from '../events/journal-lines.ts';
import { readClosed, readHead, readOpened } from '../events/line-head.ts';
import { openPlaces, type Places } from '../facts/places.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { KeyedStates } from '../lib/keyed-states.ts';
import { orgDomain } from '../lib/org-domain.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { Alarm } from '../model/alarm.ts';
import type { Event, EventType, Recorder } from '../model/events.ts';
import type { Incident } from '../model/incident.ts';
import type { Sighting } from '../model/sighting.ts';
import type { LearnedState, LiveLearned } from './learned-in-force.ts';

export interface Detection {
  /** Looks at journal lines on their way to the disk. */
  take(batch: JournalLines): void;
  /** Looks at what came by another door. */
  note(sighting: Sighting): void;
  /** Keys held by each detector. */
  sizes(): Readonly<Record<string, number>>;
  /** What lasts of what was seen. */
  learned(): LiveLearned;
  stop(): void;
}

export interface DetectionParts {
  readonly config: Config;
  readonly incidents: Pick<IncidentDesk, 'raise' | 'calm'>;
  readonly record: Recorder;
  /** An alarm was taken into its incident. */
  alarmed(alarm: Alarm, incident: Incident): void;
  /** Everything that was seen, for whoever keeps a picture of the traffic. */
  seen(sighting: Sighting): void;
  now(): number;
  /** What earlier detectors have learned; null: all is new. */
  readonly earlier?: LearnedState | null;
}

/** Quiet keys are looked for so often when nothing comes in, in ms. */
const settleEveryMs = 15_000;
/** Domains whose organisation is remembered: the public suffix list is asked for each several times otherwise. */
export const mostOrganisations = 10_000;
/** Faults of one detector that are recorded, until the next start: one that throws throws often. */
const mostFaults = 5;

/** Types of events that show something; other lines are not even parsed. */
export const tellingTypes: readonly EventType[] = [
  'session-opened',
  'connection-refused',
  'stage-judged',
  'command-refused',
  'auth-tried',
  'message-finished',
  'session-closed',
  'hub-failed',
  'hub-circuit',
];
const telling: ReadonlySet<string> = new Set(tellingTypes);

/** The site as translations and detectors see it; `trouble` names databases of places that cannot be used. */
export function siteViewOf({ site, places: files }: Config): SiteView & Required<Pick<DetectorContext, 'isBulkSender' | 'placeOf'>> & Pick<Places, 'trouble'> {
  const places = openPlaces(files);
  const ours = new Set([...site.domains, ...site.customerDomains]);
  const inside = PrefixSet.build(site.networks);
  const organisations = new KeyedStates<string>(mostOrganisations, orgDomain);
  const bulk = new Set(site.bulkSenders.map((each) => each.toLowerCase()));
  return {
    isOurDomain: (domain) => ours.has(domain),
    isInside: (ip) => inside.has(ip),
    isBulkSender: (user) => bulk.size > 0 && bulk.has(user.toLowerCase()),
    orgDomain: (domain) => organisations.of(domain),
    placeOf: places.of,
    trouble: places.trouble,
  };
}

export function startDetection(parts: DetectionParts): Detection {
  const site = siteViewOf(parts.config);
  for (const why of site.trouble) parts.record({ type: 'detector-failed', detector: 'places', why });
  const fromEvents = new SightingsFromEvents(site);
  const secret = (): number => randomInt(2 ** 32 - 1) | 0;
  const hashKey = parts.earlier?.hashKey ?? { k0: secret(), k1: secret() };
  const engine = engineOf(parts, site, hashKey);
  if (parts.earlier) engine.takeUp(parts.earlier.detectors);

  const note = (sighting: Sighting): void => {
    parts.seen(sighting);
    for (const alarm of engine.note(sighting)) {
      const incident = parts.incidents.raise(alarm);
      parts.record({ type: 'alarm-raised', incident: incident.id, alarm });
      parts.alarmed(alarm, incident);
    }
  };
  const settling = setInterval(() => engine.settle(parts.now()), settleEveryMs).unref();
  return {
    note,
    take: (batch) => {
      for (let index = 0; index < batch.length; index++) {
        if (batch.isQuiet(index) || !telling.has(batch.type(index) ?? '')) continue;
        for (const sighting of sightingsOf(fromEvents, batch, index)) note(sighting);
      }
    },
    sizes: () => engine.sizes,
    learned: () => ({ hashKey, learners: engine.learners }),
    stop: () => clearInterval(settling),
  };
}

/** What a line shows. Of those that are most of a flood no more is read than is asked. */
function sightingsOf(fromEvents: SightingsFromEvents, batch: JournalLines, index: number): readonly Sighting[] {
  switch (batch.type(index)) {
    case 'connection-refused':
      return fromEvents.refusedConnection(readHead(batch.beginning(index), () => batch.line(index)));
    case 'session-opened':
      return fromEvents.opened(readOpened(batch.line(index)));
    case 'session-closed':
      return fromEvents.closed(readClosed(batch.line(index)));
    default:
      return fromEvents.note(JSON.parse(batch.line(index)) as Event); // the recorder wrote it
  }
}

function engineOf({ config, incidents, record }: DetectionParts, site: ReturnType<typeof siteViewOf>, hashKey: HashKey): Engine {
  const faults = new Map<string, number>();
  return createEngine({
    definitions: detectors,
    options: config.detectors,
    context: { ...site, hashKey },
    onCalm: incidents.calm,
    onFault: (detector, error) => {
      const seen = (faults.get(detector) ?? 0) + 1;
      faults.set(detector, seen);
      if (seen <= mostFaults) record({ type: 'detector-failed', detector, why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  });
}
