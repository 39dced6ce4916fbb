// An incident: one thing that goes wrong, from the first alarm to its closing. One per detector and key.
import type { Alarm, AlarmKey, AlarmLevel, Needle } from './alarm.ts';

/** watch: nobody is told. alert: a person is. mitigated: a measure of it has been carried out, and one holds. cooling: quiet, and closed soon. */
export type IncidentState = 'watch' | 'alert' | 'mitigated' | 'cooling' | 'closed';

/** What the latest alarm said, as the incident keeps it. */
export type IncidentEvidence = Pick<Alarm, 'statistic' | 'confidence' | 'spoofable' | 'counts' | 'origins' | 'samples' | 'because'>;

/** Times are milliseconds since the epoch. */
export interface Incident extends IncidentEvidence {
  /** `i-` and ten hexadecimal digits: the same on every node that sees the same beginning. */
  readonly id: string;
  /** What stands in the subject of every letter about it: `FG-` and the digits of the id. */
  readonly reference: string;
  readonly detector: string;
  readonly key: AlarmKey;
  /** The highest it has reached. */
  readonly level: AlarmLevel;
  readonly state: IncidentState;
  readonly onsetAt: number;
  readonly openedAt: number;
  readonly lastAt: number;
  readonly closedAt: number | null;
  /** Of what the detector counts, as the latest alarm said. */
  readonly count: number;
  readonly alarms: number;
  /** Messages that the flood may have been meant to hide, oldest first, as the latest alarm said; absent where none were seen. */
  readonly needles?: readonly Needle[];
  /** Ids of its measures, those that have ended too. */
  readonly measures: readonly string[];
  /** The incident it is folded into, when too many of a kind came at once. */
  readonly campaign: string | null;
  /** How many are folded into it. */
  readonly folded: number;
  /** Who has seen it; nobody is told again of what is acknowledged, unless it grows worse. */
  readonly acknowledgedBy: string | null;
}

/** One thing that happened to an incident. */
export type IncidentStep = 'opened' | 'raised' | 'grown' | 'cooling' | 'reopened' | 'closed' | 'measure' | 'measure-ended' | 'acknowledged' | 'noted' | 'told';

/** A line of its history; immutable, each sealed by the hash of itself and the one before. */
export interface IncidentEntry {
  readonly incident: string;
  /** From 1. */
  readonly number: number;
  readonly at: number;
  readonly step: IncidentStep;
  /** `floodgate`, or who did it. */
  readonly by: string;
  readonly text: string;
  /** Its evidence at that moment; null where it did not change. */
  readonly evidence: (IncidentEvidence & Pick<Incident, 'level' | 'count'>) | null;
  /** Hexadecimal SHA-256 over the entry before's and this one's content. */
  readonly hash: string;
}

/** The id of an incident, however it is written: letters and subjects have its reference (`FG-3FA94C01D2`), records its id (`i-3fa94c01d2`). */
export const incidentIdOf = (name: string): string =>
  name
    .trim()
    .replace(/^(?:fg|i)-(?=[0-9a-f]+$)/i, 'i-')
    .toLowerCase();
