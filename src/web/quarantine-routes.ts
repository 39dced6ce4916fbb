// The API of held mail: what waits for a person, and what a person does with it.
import type { QuarantineVerb } from '../delivery/quarantine/desk.ts';
import { CannotOpen } from '../lib/sealed-stream.ts';
import type { WebHouse } from './house.ts';
import { handledSchema, heldListSchema, heldSchema, heldToActOnSchema, previewSchema, selectionProperties } from './quarantine-schemas.ts';
import { ok, refused, type ApiAnswer, type Parameter, type Route } from './route.ts';

const filters: readonly Parameter[] = [
  ...Object.entries(selectionProperties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query' as const,
    description: String(description),
    schema,
  })),
  { name: 'state', in: 'query', description: 'held, or trash: discarded and not yet gone', schema: { enum: ['held', 'trash'], default: 'held' } },
  { name: 'after', in: 'query', description: '`next` of the portion before', schema: { type: 'string' } },
  { name: 'limit', in: 'query', description: 'Messages at most (1 to 1000)', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
];

const id: Parameter = { name: 'id', in: 'path', description: 'The reference that its sender was told', schema: { type: 'string' } };

const verbs: readonly (readonly [verb: QuarantineVerb, path: string, summary: string])[] = [
  ['release', 'release', 'Lets held messages go to their recipients, byte for byte as they came; a portion of ten a request'],
  ['discard', 'discard', 'Throws held messages away; they can be had back for quarantine.undoFor'],
  ['restore', 'undo', 'Brings discarded messages back'],
];

export function quarantineRoutes({ quarantine }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/quarantine',
      summary: 'Held messages, oldest first, in portions',
      parameters: filters,
      answer: heldListSchema,
      refusals: { 400: 'A filter is not understood' },
      changes: false,
      run: async ({ query }) => {
        const answer = await quarantine.list(query);
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/quarantine/{id}',
      summary: 'One held message: envelope, reason, expiry, and how the last attempt to release it went',
      parameters: [id],
      answer: heldSchema,
      refusals: { 404: 'No such message is held' },
      changes: false,
      run: async ({ params }) => {
        const found = await quarantine.find(params['id'] ?? '');
        return found === null ? refused(404, 'no such message is held') : ok(found);
      },
    },
    {
      // Reading other people's mail is for operators: over TCP what is no GET asks for their token.
      method: 'POST',
      path: '/api/v1/quarantine/{id}/preview',
      summary: 'Its header, its beginning and what its reader would read, as text with control characters made visible; nothing is run or fetched',
      parameters: [id],
      answer: previewSchema,
      refusals: { 404: 'No such message is held', 409: 'It is encrypted with a key that is not at hand' },
      changes: true,
      run: ({ params }) => previewOf(quarantine, params['id'] ?? ''),
    },
    ...verbs.map(([verb, path, summary]): Route => ({
      method: 'POST',
      path: `/api/v1/quarantine/${path}`,
      summary,
      body: heldToActOnSchema,
      answer: handledSchema,
      refusals: { 400: 'Nothing is selected, or the selection is not understood' },
      changes: true,
      run: async ({ body, by }) => {
        const answer = await quarantine.act(verb, body ?? {}, by);
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    })),
  ];
}

async function previewOf(quarantine: WebHouse['quarantine'], name: string): Promise<ApiAnswer> {
  try {
    const found = await quarantine.preview(name);
    return found === null ? refused(404, 'no such message is held') : ok(found);
  } catch (error) {
    if (error instanceof CannotOpen) return refused(409, error.message);
    throw error;
  }
}
