// The API of spooled mail: what waits for next hops that are away, and to try it now.
import type { WebHouse } from './house.ts';
import { ok, refused, type Route } from './route.ts';
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
});
const routeState = object({ route: text, messages: number, away: textOrNull });
const routeToTry = { type: 'object', properties: { route: text }, additionalProperties: false };

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
      ],
      answer: object({ waiting: number, routes: list(routeState), items: list(spooled) }),
      refusals: { 400: 'The limit is not understood' },
      changes: false,
      run: ({ query }) => {
        const limit = Number(query['limit'] ?? '100');
        if (!Number.isInteger(limit) || limit < 1 || limit > mostListed) return refused(400, `limit is a number from 1 to ${mostListed}`);
        return ok(spool.list(limit));
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
        if (typeof route !== 'string' || !spool.waiting().some((each) => each.route === route)) return refused(400, 'nothing waits for that route');
        return ok(spool.retry(route));
      },
    },
  ];
}
