// The API of incidents: what is open, its history, and an operator's hand on it.
import { z } from '../lib/zod.ts';
import type { WebHouse } from './house.ts';
import { forgedSenderSchema, incidentAnswerSchema, incidentNoteSchema, incidentsSchema, incidentWithHistorySchema } from './incident-schemas.ts';
import { ok, refused, type ApiAnswer, type Route } from './route.ts';

const idParameter = { name: 'id', in: 'path', description: 'Like i-3fa94c01d2, or the reference FG-3FA94C01D2', schema: { type: 'string' } } as const;
const note = z.strictObject({ text: z.string().min(1, 'is missing').max(4000) });

const answerOf = (answer: { readonly ok: true } | { readonly ok: false; readonly error: string }): ApiAnswer =>
  answer.ok ? ok(answer) : refused(400, answer.error);

export function incidentRoutes({ incidents }: WebHouse): readonly Route[] {
  const change = (verb: string, summary: string, run: Route['run'], body?: Route['body']): Route => ({
    method: 'POST',
    path: `/api/v1/incidents/{id}/${verb}`,
    summary,
    parameters: [idParameter],
    ...(body === undefined ? {} : { body }),
    answer: incidentAnswerSchema,
    refusals: { 400: 'No such incident is open' },
    changes: true,
    run,
  });
  return [
    {
      method: 'GET',
      path: '/api/v1/incidents',
      summary: 'Incidents that are open, oldest first',
      parameters: [{ name: 'closed', in: 'query', description: 'true: the latest that are closed too', schema: { type: 'boolean', default: false } }],
      answer: incidentsSchema,
      changes: false,
      run: async ({ query }) => ok({ incidents: await incidents.show({ closed: query['closed'] === 'true' }) }),
    },
    {
      method: 'GET',
      path: '/api/v1/incidents/{id}/forged-sender',
      summary: 'The case behind an incident of forged senders: what all the reports on forged mail say',
      parameters: [idParameter],
      answer: forgedSenderSchema,
      refusals: { 404: 'No such incident, or none of forged senders' },
      changes: false,
      run: async ({ params }) => {
        const found = await incidents.forgedSender(params['id'] ?? '');
        return found === null ? refused(404, 'no such incident, or none of forged senders') : ok(found);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/incidents/{id}',
      summary: 'One incident with its history, each entry sealed by a hash over all before it',
      parameters: [idParameter],
      answer: incidentWithHistorySchema,
      refusals: { 404: 'No such incident' },
      changes: false,
      run: async ({ params }) => {
        const found = await incidents.find(params['id'] ?? '');
        return found === null ? refused(404, 'no such incident') : ok(found);
      },
    },
    change('acknowledge', 'Says that somebody has seen it: nobody is told again unless it grows worse', ({ params, by }) =>
      answerOf(incidents.acknowledge(params['id'] ?? '', by)),
    ),
    change('close', 'Closes it; what still goes on opens a new one', ({ params, by }) => answerOf(incidents.close(params['id'] ?? '', by))),
    change(
      'note',
      'Adds a line to its history',
      ({ params, by, body }) => {
        const read = note.safeParse(body);
        if (!read.success) return refused(400, `text ${read.error.issues[0]?.message ?? 'is not understood'}`);
        return answerOf(incidents.note(params['id'] ?? '', read.data.text, by));
      },
      incidentNoteSchema,
    ),
  ];
}
