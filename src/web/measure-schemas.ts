// JSON Schemas of the API of measures, for openapi.json.
import type { Schema } from './route.ts';
import { list, number, object, text, textOrNull, time } from './schemas.ts';

const action: Schema = { enum: ['observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner', 'drop'] };
const scope: Schema = {
  type: 'object',
  properties: {
    client: text,
    helo: text,
    hostname: text,
    sender: text,
    recipient: text,
    user: text,
    listener: text,
    role: { enum: ['mx', 'submission', 'smarthost'] },
    direction: { enum: ['in', 'out'] },
    content: { enum: ['subscription', 'forged-bounce'] },
  },
  additionalProperties: false,
};

export const measureSchema: Schema = object({
  id: text,
  scope,
  action,
  actor: object({ kind: { enum: ['person', 'auto'] }, name: text }),
  reason: text,
  createdAt: time,
  expiresAt: time,
  maxHits: { type: ['integer', 'null'] },
  probeShare: number,
  incident: textOrNull,
  dryRun: { type: 'boolean' },
  state: { enum: ['active', 'expired', 'undone', 'hit-cap'] },
  endedAt: { type: ['string', 'null'], format: 'date-time' },
  hits: number,
  probes: number,
  recorded: number,
});

export const measuresSchema: Schema = object({
  measures: list(measureSchema),
  suspended: { oneOf: [{ type: 'null' }, object({ by: text, reason: textOrNull, since: time })] },
});
export const measureAddedSchema: Schema = object({ ok: { const: true }, measure: measureSchema });

export const measureExportSchema: Schema = object({
  ok: { const: true },
  format: text,
  text,
  networks: number,
  leftOut: list(object({ measure: text, why: text })),
});

export const kernelDropSchema: Schema = object({
  drop: {
    oneOf: [
      { type: 'null' },
      object({
        address: text,
        network: text,
        where: { enum: ['kernel', 'banner'] },
        why: textOrNull,
        measures: list(object({ id: text, client: text, by: text, reason: text, since: time, expiresAt: time, incident: textOrNull })),
        count: { oneOf: [{ type: 'null' }, object({ packets: number, bytes: number, since: time })] },
      }),
    ],
  },
});

export const measureToAddSchema: Schema = {
  type: 'object',
  properties: {
    scope,
    action,
    reason: { type: 'string', minLength: 1, maxLength: 500 },
    expiresAt: time,
    maxHits: { type: ['integer', 'null'], minimum: 1 },
    probeShare: { type: 'number', minimum: 0, maximum: 1 },
    incident: textOrNull,
    dryRun: { type: 'boolean' },
    force: { type: 'boolean', description: 'Also where it would touch what is never blocked' },
  },
  required: ['scope', 'action', 'reason', 'expiresAt'],
  additionalProperties: false,
};
export const suspensionSchema: Schema = { type: 'object', properties: { reason: textOrNull }, additionalProperties: false };
