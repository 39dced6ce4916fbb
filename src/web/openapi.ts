// openapi.json (OpenAPI 3.1), made from the table of routes: what is mounted is what is described.
import { errorSchema } from './schemas.ts';
import type { Route, Schema } from './route.ts';

/** The description of these routes. */
export function openApi(routes: readonly Route[], about: { readonly version: string }): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Floodgate',
      version: about.version,
      description:
        'Over TCP on loopback anyone reads; elsewhere a token is needed, and what changes something or looks into mail needs one of an operator. Over control.sock in the state directory everything works without a token.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'floodgate token add NAME --role reader|operator' } } },
  };
}

function operation({ method, path, summary, parameters = [], body, answer, refusals = {}, changes, controlOnly }: Route): Schema {
  const responses: Record<string, Schema> = {
    200: { description: 'Done', content: contentOf(answer) },
  };
  const all: Readonly<Record<number, string>> = { ...refusals, ...refusalsOverTcp(path, changes, controlOnly === true) };
  for (const [status, description] of Object.entries(all)) {
    responses[status] = { description, content: json(status === '503' && typeof answer !== 'string' ? answer : errorSchema) };
  }
  return {
    operationId: operationId(method, path),
    summary,
    parameters: parameters.map((each) => ({ ...each, required: each.in === 'path' })),
    ...(body ? { requestBody: { required: true, content: json(body) } } : {}),
    responses,
    security: isOpen(path) || controlOnly ? [] : changes ? [{ token: [] }] : [{ token: [] }, {}],
  };
}

const textTypes = { text: 'text/plain', events: 'text/event-stream' } as const;
const contentOf = (answer: Route['answer']): Schema => (typeof answer === 'string' ? { [textTypes[answer]]: { schema: { type: 'string' } } } : json(answer));

/** What load balancers ask needs no token anywhere. */
const isOpen = (path: string): boolean => path === '/healthz' || path === '/readyz';

function refusalsOverTcp(path: string, changes: boolean, controlOnly: boolean): Readonly<Record<number, string>> {
  if (controlOnly) return { 403: 'Only over control.sock' };
  if (isOpen(path)) return {};
  return { 401: 'A token is needed here, or this one is not known', ...(changes ? { 403: 'Over TCP only with the token of an operator' } : {}) };
}

const json = (schema: Schema): Schema => ({ 'application/json': { schema } });

/** `GET /api/v1/explain/{id}` is `getExplainById`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace('/api/v1', '')
    .split(/[^A-Za-z0-9{]+/)
    .filter(Boolean)
    .map((word) => (word.startsWith('{') ? `By${capital(word.slice(1))}` : capital(word)));
  return `${method.toLowerCase()}${words.join('')}`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
