// JSON Schemas of what the API answers, for openapi.json. The tests hold them against real answers.
import type { Schema } from './route.ts';

export const text: Schema = { type: 'string' };
export const textOrNull: Schema = { type: ['string', 'null'] };
export const number: Schema = { type: 'number' };
const texts: Schema = { type: 'array', items: text };
export const time: Schema = { type: 'string', format: 'date-time' };
const counts: Schema = { type: 'object', additionalProperties: number };

/** An object with exactly these properties, all required. */
export const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
export const list = (items: Schema): Schema => ({ type: 'array', items });

export const errorSchema: Schema = object({ error: text });

const sums = object({ sessions: number, connectionsRefused: number, messages: counts, findings: counts, events: number, eventsDropped: number });

export const statusSchema: Schema = object({
  version: text,
  mode: { enum: ['enforce', 'observe'] },
  hostname: text,
  startedAt: time,
  ready: { type: 'boolean' },
  trouble: texts,
  listeners: list(object({ name: text, address: text })),
  loadLevel: number,
  sessions: object({ inside: number, outside: number, most: number }),
  total: sums,
  lastMinute: sums,
  hubs: list(object({ route: text, address: text, state: { enum: ['closed', 'half-open', 'open', 'unknown'] }, busy: number, idle: number })),
  journal: object({
    dir: text,
    bytes: number,
    segments: number,
    queuedBytes: number,
    oldest: { type: ['string', 'null'], format: 'date-time' },
    dropped: number,
    trouble: textOrNull,
  }),
  doors: list(object({ name: text, state: text, sessions: number, lagMs: number })),
  kernel: {
    oneOf: [
      { type: 'null' },
      object({ state: { enum: ['kept', 'lost'] }, why: textOrNull, networks: number, leftOut: number, leftOutWhy: textOrNull, packets: number, bytes: number }),
    ],
  },
  bounces: object({
    othersSendForUs: { type: 'boolean' },
    told: number,
    untold: list(
      object({ domain: text, untold: { enum: ['memory-too-young', 'not-seen-leaving'] }, toldFrom: { type: ['string', 'null'], format: 'date-time' } }),
    ),
    untoldInAll: number,
  }),
  observing: { oneOf: [{ type: 'null' }, object({ until: { type: ['string', 'null'], format: 'date-time' } })] },
  incidents: object({ open: number, alert: number, severe: number }),
  measures: object({ person: number, auto: number }),
});

export const readySchema: Schema = object({ ready: { type: 'boolean' }, reasons: texts });

const evidence: Schema = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } };
const outcome: Schema = { enum: ['delivered', 'spooled', 'held', 'discarded', 'refused', 'deferred', 'aborted', 'failed', 'nothing-decided'] };
const stagedFinding = object({
  stage: { enum: ['connect', 'helo', 'mail', 'rcpt', 'message'] },
  check: text,
  action: text,
  wouldBe: textOrNull,
  because: text,
  evidence,
});

const today: Schema = { oneOf: [{ type: 'null' }, object({ outcome, because: text, findings: list(stagedFinding) })] };

export const explanationSchema = object({
  id: text,
  kind: { enum: ['connection', 'verdict', 'command', 'message', 'aborted', 'failure', 'session'] },
  session: text,
  reference: textOrNull,
  at: time,
  client: object({ ip: text, port: { type: ['integer', 'null'] }, name: textOrNull, helo: textOrNull, user: textOrNull, listener: textOrNull }),
  stage: { type: ['string', 'null'] },
  from: textOrNull,
  to: texts,
  outcome,
  since: { oneOf: [{ type: 'null' }, object({ at: time, what: text })] },
  reply: textOrNull,
  decision: object({ check: textOrNull, action: text, because: text, evidence }),
  findings: list(stagedFinding),
  facts: { type: 'object', additionalProperties: { oneOf: [{ type: 'object', required: ['value'] }, object({ unknown: text })] } },
  message: {
    oneOf: [
      { type: 'null' },
      object({ messageId: textOrNull, subject: textOrNull, bytes: number, route: textOrNull, hubReply: textOrNull, hubQueueId: textOrNull }),
    ],
  },
  timeline: list(object({ at: time, type: text, text: list({ type: 'array' }) })),
  today,
});

export const explainedSchema: Schema = object({ explanations: list(explanationSchema), more: { type: 'boolean' }, badLines: number });

export const todaySchema: Schema = object({ today });

/** Events are described one by one in docs/reference/events.md. */
export const eventsSchema: Schema = object({
  events: list({ type: 'object', properties: { at: number, door: text, seq: number, type: text }, required: ['at', 'door', 'seq', 'type'] }),
});

const listKind: Schema = { enum: ['client', 'hostname', 'sender', 'recipient'] };
const shownEntry: Schema = {
  type: 'object',
  properties: {
    list: text,
    matches: listKind,
    entry: text,
    action: text,
    reason: textOrNull,
    by: text,
    createdAt: time,
    expiresAt: { type: ['string', 'null'], format: 'date-time' },
  },
  required: ['list', 'matches', 'entry', 'action'],
};

export const listsSchema: Schema = object({ lists: list({ type: 'object' }), entries: list(shownEntry) });
export const entryAddedSchema: Schema = { type: 'object', properties: { ok: { const: true }, entry: shownEntry }, required: ['ok'] };
export const entriesRemovedSchema: Schema = { type: 'object', properties: { ok: { const: true }, removed: number }, required: ['ok'] };
export const okSchema: Schema = { type: 'object', properties: { ok: { const: true } }, required: ['ok'] };

export const entryToAddSchema: Schema = {
  type: 'object',
  properties: {
    list: text,
    matches: listKind,
    entry: text,
    action: { enum: ['accept', 'observe', 'tag', 'delay', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'] },
    reason: textOrNull,
    expiresAt: { type: ['string', 'null'], format: 'date-time' },
  },
  required: ['matches', 'entry'],
  additionalProperties: false,
};
export const entryToRemoveSchema: Schema = {
  type: 'object',
  properties: { entry: text, list: text, matches: listKind },
  required: ['entry'],
  additionalProperties: false,
};
