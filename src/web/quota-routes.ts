// The API of outgoing quotas: who has used what, and an operator's hand on it.
import type { QuotaKind } from '../model/quota.ts';
import type { CommandAnswer, WebHouse } from './house.ts';
import { quotaAnswerSchema, quotaSchema, quotasSchema, raiseSchema } from './quota-schemas.ts';
import { ok, refused, type ApiAnswer, type Route } from './route.ts';

const kinds: readonly string[] = ['user', 'host', 'network', 'customer'] satisfies readonly QuotaKind[];
const isKind = (text: string): text is QuotaKind => kinds.includes(text);
const commandAnswer = (answer: CommandAnswer): ApiAnswer => (answer.ok ? ok(answer) : refused(400, answer.error));

export function quotaRoutes({ quotas }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/quotas',
      summary: 'Who has used something of an outgoing quota, or was given more; the fullest first',
      answer: quotasSchema,
      changes: false,
      run: () => ok({ quotas: quotas.show() }),
    },
    {
      method: 'GET',
      path: '/api/v1/quotas/{kind}/{name}',
      summary: 'How the quota of one account stands',
      parameters: [
        { name: 'kind', in: 'path', description: 'Whose it is', schema: { enum: kinds } },
        { name: 'name', in: 'path', description: 'Like bob, 10.20.0.7, 10.20.0.0/24 or customer.example', schema: { type: 'string' } },
      ],
      answer: quotaSchema,
      refusals: { 400: 'No such kind of account' },
      changes: false,
      run: ({ params }) => {
        const { kind = '', name = '' } = params;
        return isKind(kind) ? ok(quotas.find({ kind, name })) : refused(400, `kind is one of ${kinds.join(', ')}`);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/quotas/raises',
      summary: 'Gives a user more for a while; in force at once, also after a restart',
      body: raiseSchema,
      answer: quotaAnswerSchema,
      refusals: { 400: 'The raise is not understood' },
      changes: true,
      run: ({ body, by }) => commandAnswer(quotas.raise(body, by)),
    },
    {
      method: 'DELETE',
      path: '/api/v1/quotas/raises/{user}',
      summary: 'Ends a raise before its time',
      parameters: [{ name: 'user', in: 'path', description: 'The user', schema: { type: 'string' } }],
      answer: quotaAnswerSchema,
      refusals: { 400: 'The quota of this user is not raised' },
      changes: true,
      run: ({ params, by }) => commandAnswer(quotas.lower(params['user'] ?? '', by)),
    },
  ];
}
