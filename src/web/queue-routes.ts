// The API of the mail queues of other servers on this machine: what waits there, and hold and discard with the number first.
import type { WebHouse } from './house.ts';
import { ok, refused, type ApiAnswer, type Parameter, type Route, type Schema } from './route.ts';
import { list, number, object, text, textOrNull, time } from './schemas.ts';

const waiting = object({
  id: text,
  store: text,
  queuedAt: time,
  from: text,
  to: list(text),
  size: number,
  reason: text,
  incident: textOrNull,
  held: { type: 'boolean' },
});
const asked = list(object({ store: text, why: textOrNull }));
const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' };

const selectors: Readonly<Record<string, string>> = {
  sender: 'Address, domain, .domain, <> for the null sender; with * a pattern',
  recipient: 'The same of a recipient that has not got it yet',
  user: 'Who handed it in',
  origin: 'Address or network it came from',
  subject: 'Part of the subject, decoded',
};

const filters: readonly Parameter[] = [
  ...Object.entries(selectors).map(([name, description]) => ({ name, in: 'query' as const, description, schema: { type: 'string' } })),
  { name: 'limit', in: 'query', description: 'Messages at most (1 to 1000)', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
];

const toActOn: Schema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(Object.entries(selectors).map(([name, description]) => [name, { type: 'string', description }])),
    ids: { type: 'array', items: text, minItems: 1, maxItems: 1000 },
    all: { const: true, description: 'Every message there is' },
    expect: { type: 'integer', minimum: 1, maximum: 5000, description: '`count` of an answer without it: so many are handled, or none' },
  },
  additionalProperties: false,
};

const preview = object({
  ok: { const: true },
  preview: { const: true },
  count: number,
  bytes: number,
  stores: { type: 'object', additionalProperties: number },
  senders: list(object({ from: text, count: number })),
  oldest: timeOrNull,
  newest: timeOrNull,
  samples: list(waiting),
  asked,
});
const acted = object({
  ok: { const: true },
  preview: { const: false },
  action: text,
  undoUntil: time,
  messages: number,
  failed: number,
  failures: list(object({ store: text, id: text, error: text })),
});

type Answered = Awaited<ReturnType<WebHouse['queues']['list']>> | Awaited<ReturnType<WebHouse['queues']['act']>>;

const apiAnswer = (answer: Answered): ApiAnswer => (answer.ok ? ok(answer) : refused(answer.isOther ? 409 : 400, answer.error));

const verbs = [
  ['hold', 'Holds waiting messages: without `expect` it says how many and does nothing'],
  ['discard', 'Takes waiting messages out, kept for a day: without `expect` it says how many and does nothing'],
] as const;

export const queueRoutes = ({ queues }: WebHouse): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/v1/queues',
    summary: 'Waiting messages of the mail servers on this machine; of a server that cannot be asked, why',
    parameters: filters,
    answer: object({ ok: { const: true }, stores: asked, items: list(waiting), more: { type: 'boolean' } }),
    refusals: { 400: 'A filter is not understood', 409: 'The queues are being asked already' },
    changes: false,
    run: async ({ query }) => apiAnswer(await queues.list(query)),
  },
  ...verbs.map(([verb, summary]): Route => ({
    method: 'POST',
    path: `/api/v1/queues/${verb}`,
    summary,
    body: toActOn,
    answer: { oneOf: [preview, acted] },
    refusals: { 400: 'Nothing is selected, or the selection is not understood', 409: 'Another number of messages fits by now, or the queues are being asked' },
    changes: true,
    run: async ({ body, by }) => apiAnswer(await queues.act(verb, body ?? {}, by)),
  })),
];
