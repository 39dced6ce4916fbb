// JSON Schemas of the API of held mail, for openapi.json.
import type { Schema } from './route.ts';
import { list, number, object, text, textOrNull, time } from './schemas.ts';

const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' };

const properties: Readonly<Record<string, Schema>> = {
  id: text,
  store: { const: 'quarantine' },
  reference: text,
  queuedAt: time,
  from: text,
  to: list(text),
  size: number,
  reason: text,
  incident: textOrNull,
  state: { enum: ['held', 'trash'] },
  expiresAt: time,
  check: text,
  measure: textOrNull,
  user: textOrNull,
  ip: text,
  subject: textOrNull,
  messageId: textOrNull,
  release: {
    oneOf: [{ type: 'null' }, object({ at: timeOrNull, by: text, outcome: { enum: ['under-way', 'interrupted', 'failed', 'partly'] }, why: text })],
  },
  discarded: { oneOf: [{ type: 'null' }, object({ at: time, by: text })] },
  refused: { type: 'boolean' },
  unreadable: textOrNull,
};

export const heldListSchema: Schema = object({ ok: { const: true }, items: list(object(properties)), next: textOrNull });
export const heldSchema: Schema = object(properties);
export const previewSchema: Schema = object({
  header: list(text),
  text: list(text),
  more: { type: 'boolean' },
  subject: text,
  author: text,
  kind: { enum: ['plain', 'html', 'none'] },
  readable: list(text),
  links: list(text),
  parts: list(object({ type: text, name: text, bytes: number })),
});

/** What messages may have in common; all that is given must fit. */
export const selectionProperties: Readonly<Record<string, Schema>> = {
  sender: { type: 'string', description: 'Address, domain, .domain, or <> for the null sender' },
  recipient: { type: 'string', description: 'Address, domain or .domain' },
  user: { type: 'string', description: 'Authenticated user' },
  client: { type: 'string', description: 'Address or network' },
  check: { type: 'string', description: 'Id of the check that decided; virus-found for all that a scan found a virus in' },
  measure: { type: 'string', description: 'Id of the measure' },
  incident: { type: 'string', description: 'Id of the incident' },
  reason: { type: 'string', description: 'Part of the reason' },
  subject: { type: 'string', description: 'Part of the subject as people read it, in whatever case' },
  since: { type: 'string', format: 'date-time', description: 'It came then or later' },
  before: { type: 'string', format: 'date-time', description: 'It came before' },
  largerThan: { type: 'integer', minimum: 0, description: 'Bytes of its content: more' },
  smallerThan: { type: 'integer', minimum: 0, description: 'Bytes of its content: fewer' },
  refused: { type: 'boolean', description: 'Copies of refused mail and nothing else; otherwise none of them', default: false },
};

export const heldToActOnSchema: Schema = {
  type: 'object',
  properties: {
    ids: { type: 'array', items: text, maxItems: 1000 },
    select: { type: 'object', properties: selectionProperties, additionalProperties: false },
    all: { type: 'boolean', description: 'Everything there is, copies of refused mail excepted' },
    dryRun: { type: 'boolean', description: 'Only tells how many messages it would be' },
    after: { type: 'string', description: '`next` of the portion before' },
  },
  additionalProperties: false,
};
const actedOnSchema: Schema = object({
  ok: { const: true },
  results: list({ type: 'object', properties: { id: text, ok: { type: 'boolean' }, error: text }, required: ['id', 'ok'], additionalProperties: false }),
  next: textOrNull,
});
/** What was done, a portion of it; or with `dryRun` what would be. */
export const handledSchema: Schema = { oneOf: [actedOnSchema, object({ ok: { const: true }, dryRun: { const: true }, messages: number, bytes: number })] };
