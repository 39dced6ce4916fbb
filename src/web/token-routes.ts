// The API of its own tokens. Only over control.sock: a token must not make tokens.
import type { WebHouse } from './house.ts';
import { ok, refused, type Route } from './route.ts';
import { list, object, okSchema, text, time } from './schemas.ts';

const role = { enum: ['reader', 'operator'] } as const;
const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const shown = { name: text, role, by: text, createdAt: time, expiresAt: timeOrNull, expired: { type: 'boolean' } } as const;
const tokensSchema = object({ tokens: list(object(shown)) });
const tokenAddedSchema = object({ ok: { const: true }, token: { type: 'string', description: 'Told this once; only its hash is kept' }, ...shown });
const tokenToAddSchema = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1, maxLength: 40 }, role, expiresAt: timeOrNull },
  required: ['name', 'role'],
  additionalProperties: false,
} as const;

export function tokenRoutes({ tokens }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/tokens',
      summary: 'Tokens of the API: names and roles, never the tokens themselves',
      answer: tokensSchema,
      changes: false,
      controlOnly: true,
      run: () => ok(tokens.show()),
    },
    {
      method: 'POST',
      path: '/api/v1/tokens',
      summary: 'Makes a token; the answer holds it, and nothing ever tells it again',
      body: tokenToAddSchema,
      answer: tokenAddedSchema,
      refusals: { 400: 'The request is not understood, or the name is taken' },
      changes: true,
      controlOnly: true,
      run: async ({ body, by }) => {
        const answer = await tokens.add(body, by);
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/tokens/{name}',
      summary: 'Removes a token; it opens nothing from then on',
      parameters: [{ name: 'name', in: 'path', description: 'As it was added', schema: text }],
      answer: okSchema,
      refusals: { 404: 'No such token' },
      changes: true,
      controlOnly: true,
      run: async ({ params, by }) => {
        const answer = await tokens.remove(params['name'] ?? '', by);
        return answer.ok ? ok(answer) : refused(404, answer.error);
      },
    },
  ];
}
