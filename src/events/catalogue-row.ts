// What one row of the catalogue of events holds.
import type { EventBody, EventType } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogValue = string | number | boolean | null | undefined;

export type BodyOf<T extends EventType> = Extract<EventBody, { readonly type: T }>;
export type FieldsOf<T extends EventType> = Omit<BodyOf<T>, 'type'>;

export interface EventEntry<T extends EventType> {
  /** One sentence for the reference page. */
  readonly doc: string;
  /** Level of its log line. */
  level(body: BodyOf<T>): LogLevel;
  /**
   * What the line says besides session, address and reference: stable keys, in this order; null and undefined are left out.
   * None is called like what every line has (`at`, `level`, `door`, `event`): by key a reader would have one of the two.
   */
  line(body: BodyOf<T>): readonly (readonly [key: string, value: LogValue])[];
}

/** The level of a row whose level is always the same. */
export const at =
  (level: LogLevel): (() => LogLevel) =>
  () =>
    level;

/** The finding an action rests on: the first that asked for it. */
export const decisiveOf = (action: string, findings: readonly Finding[]): Finding | null => findings.find((each) => each.action === action) ?? null;

/** Why, in the words of the check. */
export const reasonOf = (finding: Finding): string => (finding.outcome.kind === 'finding' ? finding.outcome.because : `unsure: ${finding.outcome.why}`);

/** Every check that found something, with its action. */
export const checksOf = (findings: readonly Finding[]): string => findings.map((each) => `${each.check}:${each.action}`).join(',');
/** The first three of many. */
export const someOf = (addresses: readonly string[]): string =>
  addresses.length > 3 ? `${addresses.slice(0, 3).join(',')},+${addresses.length - 3}` : addresses.join(',');
