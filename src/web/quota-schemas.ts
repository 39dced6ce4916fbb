// JSON Schemas of outgoing quotas, for openapi.json. The tests hold them against real answers.
import type { Schema } from './route.ts';
import { list, number, object, text, time } from './schemas.ts';

const clock: Schema = object({ used: number, limit: number });

export const quotaSchema: Schema = object({
  account: text,
  kind: { enum: ['user', 'host', 'network', 'customer'] },
  name: text,
  externalRecipientsPerHour: clock,
  internalRecipientsPerHour: clock,
  recipientsPerDay: clock,
  raised: { anyOf: [object({ times: { type: ['number', 'null'] }, until: time, by: text }), { type: 'null' }] },
});
export const quotasSchema: Schema = object({ quotas: list(quotaSchema) });
export const quotaAnswerSchema: Schema = object({ ok: { const: true }, quota: quotaSchema });

export const raiseSchema: Schema = {
  type: 'object',
  properties: {
    user: { type: 'string' },
    until: { ...time, description: '31 days ahead at most' },
    times: { type: ['integer', 'null'], minimum: 2, maximum: 1000, default: 10, description: 'Every limit so many times; null: no limit' },
  },
  required: ['user', 'until'],
  additionalProperties: false,
};
