// docs/reference/api.md: every route of the HTTP API, made from the same table as openapi.json.
import { apiRoutes } from '../../src/web/routes.ts';
import { sampleHouse } from '../../src/web/sample-house.ts';
import type { Generate } from '../gen-docs.ts';

const intro = `# HTTP API

On the web address (\`web.address\`) and on \`control.sock\` in the state directory. \`GET /api/v1/openapi.json\` describes it in full (OpenAPI 3.1).

- Over TCP on loopback anyone on the machine reads; what changes something needs the token of an operator, and on any other address reading needs
  a token, too ([tokens, live events, examples](../api.md)). Requests must name the gateway by an address, \`localhost\` or \`site.hostname\` (against DNS rebinding), and must not come from a
  page of another site.
- Over \`control.sock\` (mode 0600, the daemon's own user) everything works:
  \`curl --unix-socket floodgate-data/control.sock http://floodgate/api/v1/status\`. The command line uses it.
- Refusals are \`{"error": "one sentence"}\` with a status of 4xx; 500 is a fault of ours, and the log tells which.

<!-- made by npm run docs from src/web/routes.ts -->

| route | does | over TCP |
|---|---|---|
`;

export const generate: Generate = () => {
  const rows = apiRoutes(sampleHouse({ today: () => Promise.resolve(null) })).map(
    ({ method, path, summary, changes, controlOnly }) => `| \`${method} ${path}\` | ${summary} | ${controlOnly ? 'no' : changes ? 'operator' : 'reader'} |\n`,
  );
  return [{ path: 'docs/reference/api.md', text: intro + rows.join('') }];
};
