// JSON Schemas of the API of letters about held mail, for openapi.json.
import type { Schema } from './route.ts';
import { number, object, text, time } from './schemas.ts';

const timeOrNull: Schema = { oneOf: [time, { type: 'null' }] };
const properties: Readonly<Record<string, Schema>> = {
  enabled: { type: 'boolean' },
  nextAt: timeOrNull,
  lastAt: timeOrNull,
  underWay: { type: 'boolean' },
  last: { oneOf: [{ type: 'null' }, object({ letters: number, lines: number, failed: number, again: { type: 'boolean' } })] },
  ordersWaiting: number,
};

export const digestStatusSchema: Schema = object(properties);
export const roundSchema: Schema = object({ ok: { const: true }, ...properties });
export const letterToShowSchema: Schema = {
  type: 'object',
  properties: { recipient: { type: 'string', description: 'Address of the recipient' } },
  required: ['recipient'],
  additionalProperties: false,
};
export const shownLetterSchema: Schema = object({ ok: { const: true }, subject: text, text, html: text, lines: number });
