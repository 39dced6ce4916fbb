// One row for every type of event: its constructor's doc line, and what the log says of it. The row of a missing type does not
// compile. A decision is an info line; what asks for a person is warn or error; the rest is debug.
import type { Event, EventBody, EventType } from '../model/events.ts';
import { houseRows } from './catalogue-house.ts';
import { quarantineRows } from './catalogue-quarantine.ts';
import type { EventEntry, FieldsOf } from './catalogue-row.ts';
import { sessionRows } from './catalogue-session.ts';
import { spoolRows } from './catalogue-spool.ts';

export { decisiveOf, reasonOf, type EventEntry, type LogLevel, type LogValue } from './catalogue-row.ts';

export const catalogue: { readonly [T in EventType]: EventEntry<T> } = { ...sessionRows, ...quarantineRows, ...spoolRows, ...houseRows };

/** `hub-failed` as the name of its constructor: `hubFailed`. */
type CamelCase<T extends string> = T extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : T;

const camelCase = (type: string): string => type.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The constructors: one for each type of event. */
export const events = Object.fromEntries(Object.keys(catalogue).map((type) => [camelCase(type), (fields: object) => ({ type, ...fields })])) as unknown as {
  readonly [T in EventType as CamelCase<T>]: (fields: FieldsOf<T>) => EventBody;
}; // each key is made of its type above

/** The row of an event's type, ready to take that event. */
export const entryOf = (body: EventBody | Event): EventEntry<EventType> => catalogue[body.type] as unknown as EventEntry<EventType>;
