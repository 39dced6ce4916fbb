// JSON Schemas of the API of incidents, for openapi.json.
import type { Schema } from './route.ts';
import { list, number, object, text, textOrNull, time } from './schemas.ts';

const estimate: Schema = object({ est: number, err: number });
const level: Schema = { enum: ['watch', 'alert', 'severe'] };
const key: Schema = {
  type: 'object',
  properties: {
    recipient: text,
    ip: text,
    network: text,
    sender: text,
    user: text,
    domain: text,
    thread: text,
    message: text,
    route: text,
    site: { const: true },
  },
  additionalProperties: false,
};
const evidence = {
  statistic: object({ name: text, value: number, threshold: number }),
  confidence: { enum: ['low', 'medium', 'high'] },
  spoofable: { type: 'boolean' },
  counts: { type: 'object', additionalProperties: estimate },
  origins: list(object({ origin: text, est: number, err: number })),
  samples: list(text),
  because: text,
} as const satisfies Readonly<Record<string, Schema>>;

export const incidentSchema: Schema = object({
  id: text,
  reference: text,
  detector: text,
  key,
  state: { enum: ['watch', 'alert', 'mitigated', 'cooling', 'closed'] },
  level,
  openedAt: time,
  closedAt: { type: ['string', 'null'], format: 'date-time' },
  onsetAt: time,
  lastAt: time,
  count: number,
  alarms: number,
  measures: list(text),
  campaign: textOrNull,
  folded: number,
  acknowledgedBy: textOrNull,
  needles: list(object({ source: text, at: time, from: text, subject: textOrNull, sort: text })),
  ...evidence,
});

const entrySchema: Schema = object({
  incident: text,
  number,
  at: time,
  step: text,
  by: text,
  text,
  evidence: { oneOf: [{ type: 'null' }, object({ ...evidence, level, count: number })] },
  hash: text,
});

export const incidentsSchema: Schema = object({ incidents: list(incidentSchema) });
export const incidentWithHistorySchema: Schema = object({ incident: incidentSchema, history: list(entrySchema) });
export const incidentAnswerSchema: Schema = object({ ok: { const: true }, incident: incidentSchema });
export const incidentNoteSchema: Schema = {
  type: 'object',
  properties: { text: { type: 'string', minLength: 1, maxLength: 4000 } },
  required: ['text'],
  additionalProperties: false,
};

/** A count, with its error where it has one. */
const counted = (more: Readonly<Record<string, Schema>> = {}): Schema => {
  const properties = { name: text, count: number, ...more };
  return { ...object(properties), properties: { ...properties, error: number } };
};

export const forgedSenderSchema: Schema = object({
  reports: number,
  probable: { type: 'boolean' },
  ours: number,
  unproven: number,
  untold: { enum: ['memory-too-young', 'not-seen-leaving', null] },
  toldFrom: { type: ['string', 'null'], format: 'date-time' },
  observing: { oneOf: [{ type: 'null' }, object({ until: { type: ['string', 'null'], format: 'date-time' } })] },
  first: { type: ['string', 'null'], format: 'date-time' },
  last: { type: ['string', 'null'], format: 'date-time' },
  kinds: list(counted()),
  languages: list(counted()),
  mailLanguages: list(counted()),
  addresses: list(counted()),
  addressesInAll: number,
  clusters: list(counted({ sample: text, subjects: number, alike: list(text), networks: list(counted()) })),
  origins: list(counted({ host: textOrNull, country: textOrNull, system: textOrNull })),
  originsInAll: number,
  networks: list(counted()),
  systems: list(counted()),
  countries: list(counted()),
  withoutOrigin: number,
  reporters: list(counted()),
  reportersInAll: number,
  inAllError: number,
});
