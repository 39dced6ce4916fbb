// The table of the API: health, metrics, status, explain, events, lists; measures from a file of their own.
import type { Explanation } from '../events/explanation.ts';
import type { CommandAnswer, WebHouse } from './house.ts';
import { incidentRoutes } from './incident-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { measureRoutes } from './measure-routes.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { releaseRoutes } from './release-routes.ts';
import { ok, refused, type ApiAnswer, type Route } from './route.ts';
import { spoolRoutes } from './spool-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import {
  entriesRemovedSchema,
  entryAddedSchema,
  entryToAddSchema,
  entryToRemoveSchema,
  eventsSchema,
  explainedSchema,
  explanationSchema,
  listsSchema,
  okSchema,
  readySchema,
  statusSchema,
  todaySchema,
} from './schemas.ts';

const maxEvents = 1000;
const maxSessions = 100;
/** The longest id anyone asks for: an address or Message-ID. */
const maxIdChars = 1000;

const commandAnswer = (answer: CommandAnswer): ApiAnswer => (answer.ok ? ok(answer) : refused(400, answer.error));

/** All routes but openapi.json and the page, which are made of this table. */
export function apiRoutes(house: WebHouse): readonly Route[] {
  return [
    ...healthRoutes(house),
    ...recordRoutes(house),
    ...liveRoutes(house),
    ...todayRoutes(house),
    ...listRoutes(house),
    ...measureRoutes(house),
    ...quarantineRoutes(house),
    ...releaseRoutes(house),
    ...spoolRoutes(house),
    ...queueRoutes(house),
    ...quotaRoutes(house),
    ...incidentRoutes(house),
    ...tokenRoutes(house),
  ];
}

function healthRoutes(house: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'The process lives',
      answer: 'text',
      changes: false,
      run: () => ({ status: 200, text: 'ok\n', contentType: 'text/plain; charset=utf-8' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      summary: 'Mail can be taken now; 503 with the reasons when not',
      answer: readySchema,
      refusals: { 503: 'Not ready; `reasons` tells why' },
      changes: false,
      run: () => {
        const { ready, reasons } = house.ready();
        return { status: ready ? 200 : 503, json: { ready, reasons } };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics in the text format of Prometheus',
      answer: 'text',
      changes: false,
      run: async () => ({ status: 200, text: await house.metricsText(), contentType: 'text/plain; version=0.0.4; charset=utf-8' }),
    },
    {
      method: 'GET',
      path: '/api/v1/status',
      summary: 'The gateway at a glance',
      answer: statusSchema,
      changes: false,
      run: async () => ok(await house.status()),
    },
  ];
}

function recordRoutes(house: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/explain/{id}',
      summary: 'Why: the decisions an id has to do with, each with findings, facts and numbers',
      parameters: [
        { name: 'id', in: 'path', description: 'Reference, session, queue id, Message-ID, IP or mail address, or ISO time', schema: { type: 'string' } },
        {
          name: 'limit',
          in: 'query',
          description: `Sessions at most, newest first (1 to ${maxSessions})`,
          schema: { type: 'integer', minimum: 1, maximum: maxSessions, default: 20 },
        },
      ],
      answer: explainedSchema,
      refusals: { 400: 'The id or the limit is not understood', 404: 'The journal knows nothing of this id' },
      changes: false,
      run: async ({ params, query }) => {
        const id = params['id'] ?? '';
        const limit = wholeNumber(query['limit'] ?? '20', maxSessions);
        if (id.length > maxIdChars) return refused(400, `an id has at most ${maxIdChars} characters`);
        if (limit === null) return refused(400, `limit is a number from 1 to ${maxSessions}`);
        const explained = await house.explain(id, { limit });
        return explained.explanations.length > 0 ? ok(explained) : refused(404, 'the journal knows nothing of this id');
      },
    },
    {
      method: 'GET',
      path: '/api/v1/events',
      summary: 'The newest events of the journal, oldest first',
      parameters: [
        {
          name: 'since',
          in: 'query',
          description: 'ISO time or milliseconds since the epoch; older events are left out. Without it only the last 16 MiB of the journal are searched',
          schema: { type: 'string' },
        },
        {
          name: 'limit',
          in: 'query',
          description: `Events at most (1 to ${maxEvents})`,
          schema: { type: 'integer', minimum: 1, maximum: maxEvents, default: 100 },
        },
        { name: 'decisions', in: 'query', description: 'true: only refusals, findings and finished messages', schema: { type: 'boolean', default: false } },
      ],
      answer: eventsSchema,
      refusals: { 400: 'since or limit is not understood' },
      changes: false,
      run: async ({ query }) => {
        const limit = wholeNumber(query['limit'] ?? '100', maxEvents);
        const sinceMs = timeOf(query['since'] ?? '0');
        if (limit === null) return refused(400, `limit is a number from 1 to ${maxEvents}`);
        if (sinceMs === null) return refused(400, 'since is a time like 2026-09-01T06:00:00Z');
        return ok({ events: await house.events({ sinceMs, limit, decisionsOnly: query['decisions'] === 'true' }) });
      },
    },
    {
      method: 'POST',
      path: '/api/v1/journal/flush',
      summary: 'Writes to the journal what is still in memory, so that a reader of the files sees it',
      answer: okSchema,
      changes: true,
      controlOnly: true,
      run: async () => {
        await house.flushJournal();
        return ok({ ok: true });
      },
    },
  ];
}

/** The command line reads the journal itself and asks the daemon only what no file tells. */
function todayRoutes({ today }: WebHouse): readonly Route[] {
  if (!today) return [];
  return [
    {
      method: 'POST',
      path: '/api/v1/today',
      summary: 'What would be decided today about what was explained; null where it cannot be told',
      body: explanationSchema,
      answer: todaySchema,
      refusals: { 400: 'The body is no explanation' },
      changes: true, // it may ask the next hop
      controlOnly: true,
      run: async ({ body }) =>
        isExplanation(body) ? ok({ today: await today(body) }) : refused(400, 'the body is no explanation as `explain --json` gives it'),
    },
  ];
}

/** Only the daemon's own user can send one, and our own command makes it: the outline is enough. */
const isExplanation = (body: unknown): body is Explanation =>
  typeof body === 'object' && body !== null && 'client' in body && 'decision' in body && 'to' in body && Array.isArray(body.to);

function listRoutes({ lists }: WebHouse): readonly Route[] {
  const refusals = { 400: 'The entry is not understood, or is in no list' };
  return [
    {
      method: 'GET',
      path: '/api/v1/lists',
      summary: 'Accept and refuse lists, and the entries kept in the database',
      answer: listsSchema,
      changes: false,
      run: async () => ok(await lists.show()),
    },
    {
      method: 'POST',
      path: '/api/v1/lists/entries',
      summary: 'Adds or changes an entry; in force at once',
      body: entryToAddSchema,
      answer: entryAddedSchema,
      refusals,
      changes: true,
      run: async ({ body, by }) => commandAnswer(await lists.add(body, by)),
    },
    {
      method: 'DELETE',
      path: '/api/v1/lists/entries',
      summary: 'Removes an entry kept in the database',
      body: entryToRemoveSchema,
      answer: entriesRemovedSchema,
      refusals,
      changes: true,
      run: async ({ body, by }) => commandAnswer(await lists.remove(body, by)),
    },
  ];
}

function wholeNumber(raw: string, most: number): number | null {
  const value = Number(raw);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : null;
}

function timeOf(raw: string): number | null {
  const ms = /^\d+$/.test(raw) ? Number(raw) : Date.parse(raw);
  return Number.isNaN(ms) ? null : ms;
}
