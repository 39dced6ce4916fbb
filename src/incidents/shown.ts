// Incidents as people and programs see them: the fields of `incident list --json` (interfaces), times as ISO 8601 UTC with milliseconds.
import { alarmKeyText, type Needle } from '../model/alarm.ts';
import type { Incident, IncidentEntry } from '../model/incident.ts';

export interface ShownIncident extends Omit<Incident, 'openedAt' | 'closedAt' | 'onsetAt' | 'lastAt' | 'needles'> {
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly onsetAt: string;
  readonly lastAt: string;
  readonly needles: readonly ShownNeedle[];
}

/** A message that a flood may have been meant to hide. */
export interface ShownNeedle extends Omit<Needle, 'at'> {
  readonly at: string;
}

export interface ShownEntry extends Omit<IncidentEntry, 'at'> {
  readonly at: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const shownIncident = ({
  id,
  reference,
  detector,
  key,
  state,
  level,
  openedAt,
  closedAt,
  onsetAt,
  lastAt,
  needles = [],
  ...rest
}: Incident): ShownIncident => ({
  id,
  reference,
  detector,
  key,
  state,
  level,
  openedAt: iso(openedAt),
  closedAt: closedAt === null ? null : iso(closedAt),
  onsetAt: iso(onsetAt),
  lastAt: iso(lastAt),
  needles: needles.map((needle) => ({ ...needle, at: iso(needle.at) })),
  ...rest,
});

export const shownEntry = ({ at, ...rest }: IncidentEntry): ShownEntry => ({ ...rest, at: iso(at) });

/** One line for a terminal or a log. */
export const incidentLine = ({ reference, detector, key, state, level, openedAt, count, because, measures, folded }: ShownIncident): string =>
  `${reference}  ${level === state ? level : `${level}, ${state}`}  ${detector}  ${alarmKeyText(key)}  since ${openedAt}  ${count} counted${folded > 0 ? ` (${folded} folded in)` : ''}` +
  `${measures.length === 0 ? '' : `  measures ${measures.join(',')}`}: ${because}`;
