// The API of spooled mail: what waits for next hops that are away, and what a person does with it.
import type { SpoolVerb } from '../delivery/spool/desk.ts';
import type { WebHouse } from './house.ts';
import { ok, refused, type Parameter, type Route, type Schema } from './route.ts';
import { list, number, object, text, textOrNull, time } from './schemas.ts';

const mostListed = 1000;

const spooled = object({
  id: text,
  store: { const: 'floodgate' },
  queuedAt: time,
  expiresAt: time,
  from: text,
  to: list(text),
  size: number,
  route: text,
  class: { enum: ['person', 'automatic', 'bulk'] },
  reason: text,
  tries: number,
  nextTryAt: { type: ['string', 'null'], format: 'date-time' },
  incident: { type: 'null' },
  held: { type: 'boolean' },
});
const routeState = object({ route: text, messages: number, away: textOrNull });
const routeToTry = { type: 'object', properties: { route: text }, additionalProperties: false };
const idsToActOn: Schema = {
  type: 'object',
  properties: { ids: { type: 'array', items: text, minItems: 1, maxItems: mostListed } },
  required: ['ids'],
  additionalProperties: false,
};
const acted: Schema = object({
  ok: { const: true },
  results: list({ type: 'object', properties: { id: text, ok: { type: 'boolean' }, error: text }, required: ['id', 'ok'], additionalProperties: false }),
});
const id: Parameter = { name: 'id', in: 'path', description: 'The reference that its sender was told', schema: { type: 'string' } };

const verbs: readonly (readonly [verb: SpoolVerb, path: string, summary: string])[] = [
  ['hold', 'hold', 'Stops waiting messages: they are not tried, and their time does not run out, until they are released'],
  ['release', 'release', 'Lets stopped messages go on'],
  ['discard', 'discard', 'Throws waiting messages away; they can be had back for a day'],
  ['restore', 'undo', 'Brings discarded messages back, stopped where they were'],
];

const numberIn = (raw: string | undefined, usual: number, [least, most]: readonly [number, number]): number | null => {
  const value = Number(raw ?? usual);
  return Number.isInteger(value) && value >= least && value <= most ? value : null;
};

export function spoolRoutes({ spool }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/spool',
      summary: 'Messages that wait for a next hop which is away, oldest first, and what is known of each next hop',
      parameters: [
        {
          name: 'limit',
          in: 'query',
          description: `Messages at most (1 to ${mostListed})`,
          schema: { type: 'integer', minimum: 1, maximum: mostListed, default: 100 },
        },
        { name: 'after', in: 'query', description: '`next` of the portion before', schema: { type: 'integer', minimum: 0, default: 0 } },
      ],
      answer: object({ waiting: number, routes: list(routeState), items: list(spooled), next: { type: ['integer', 'null'] } }),
      refusals: { 400: 'The limit is not understood' },
      changes: false,
      run: ({ query }) => {
        const limit = numberIn(query['limit'], 100, [1, mostListed]);
        const after = numberIn(query['after'], 0, [0, Number.MAX_SAFE_INTEGER]);
        if (limit === null) return refused(400, `limit is a number from 1 to ${mostListed}`);
        return after === null ? refused(400, 'after is the `next` of the portion before') : ok(spool.list(limit, after));
      },
    },
    {
      // Reading other people's mail is for operators: over TCP what is no GET asks for their token.
      method: 'POST',
      path: '/api/v1/spool/{id}/preview',
      summary: 'Its header and the beginning of its text, control characters made visible, and who brought it',
      parameters: [id],
      answer: object({ header: list(text), text: list(text), more: { type: 'boolean' }, user: textOrNull, ip: text }),
      refusals: { 404: 'No such message waits' },
      changes: true,
      run: async ({ params }) => {
        const found = await spool.preview(params['id'] ?? '');
        return found === null ? refused(404, 'no such message waits') : ok(found);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/spool/retry',
      summary: 'Tries what waits now: for one next hop, or for all',
      body: routeToTry,
      answer: object({ ok: { const: true }, tried: number }),
      refusals: { 400: 'The request is not understood, or nothing waits for that route' },
      changes: true,
      run: ({ body }) => {
        const route = typeof body === 'object' && body !== null && 'route' in body ? body.route : undefined;
        if (route === undefined) return ok(spool.retry());
        const known = spool.waiting().map((each) => each.route);
        if (typeof route !== 'string' || !known.includes(route))
          return refused(400, `nothing waits for that route; mail has waited for: ${known.join(', ') || 'none'}`);
        return ok(spool.retry(route));
      },
    },
    ...verbs.map(([verb, path, summary]): Route => ({
      method: 'POST',
      path: `/api/v1/spool/${path}`,
      summary,
      body: idsToActOn,
      answer: acted,
      refusals: { 400: 'No ids are named' },
      changes: true,
      run: ({ body, by }) => {
        const answer = spool.act(verb, body ?? {}, by);
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    })),
  ];
}
