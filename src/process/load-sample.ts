// One look at everything from which the load level is made.
import type { Config } from '../config/options.ts';
import { placesOf, sessionTally } from '../intake/smtp/admission.ts';
import type { SharedCounters } from '../lib/shared-counters.ts';
import type { DoorSupervisor } from './door-supervisor.ts';
import type { DoorSample, Sample } from './load-signals.ts';
import { lookAtMachine } from './machine-signals.ts';

export interface SampleParts {
  readonly supervisor: Pick<DoorSupervisor, 'figures'>;
  readonly region: Pick<SharedCounters, 'readTally'>;
  config(): Config;
}

export function takeSample({ supervisor, region, config }: SampleParts): Sample {
  const doors = new Map<number, DoorSample>();
  for (const { door, figures } of supervisor.figures()) {
    if (figures === null) continue;
    const { lagMs, loopShare, standing, delivery } = figures;
    doors.set(door, { lagMs, loopShare, standing, hubs: delivery.map(({ open, idle, waiting }) => ({ busy: open - idle, waiting })) });
  }
  return { doors, sessions: sessionShare(config().limits, region), ...lookAtMachine() };
}

/** The share of all places that is taken, or of those that strangers may have: they hear of a shortage before their last place is gone. */
export function sessionShare(limits: Config['limits'], region: Pick<SharedCounters, 'readTally'>): number {
  return Math.max(region.readTally(sessionTally.all) / limits.sessions, region.readTally(sessionTally.unproven) / placesOf(limits).unproven);
}
