import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Script } from 'node:vm';
import { callDaemon, NoDaemon } from '../cli/daemon.ts';
import { isLoopback } from '../config/address-space.ts';
import { sampleEvents } from '../events/sample-events.ts';
import { explainSession } from '../events/explanation.ts';
import type { Event } from '../model/events.ts';
import type { Explained } from '../events/explain.ts';
import { createAccess, type Where } from './access.ts';
import type { Bearer } from './token-desk.ts';
import { apiRoutes } from './routes.ts';
import type { Schema } from './route.ts';
import { sampleHouse } from './sample-house.ts';
import { createApp, createWeb, type WebOptions } from './server.ts';

const faults: string[] = [];
const access = createAccess({ bearerOf: (secret) => bearers[secret] ?? null, isLoopback, record: () => undefined, now: () => 0 });
const bearers: Readonly<Record<string, Bearer>> = { 'a-reader': { name: 'grafana', role: 'reader' }, 'an-operator': { name: 'ci', role: 'operator' } };
const options: WebOptions = {
  access,
  version: '0.1.0',
  allowedHosts: () => ['mx.hub.example'],
  onFault: (error, path) => faults.push(`${path} ${String(error)}`),
};

const stamped = (type: keyof typeof sampleEvents): Event => ({ at: Date.UTC(2026, 10, 21), door: 'smtp-1', seq: 1, ...sampleEvents[type] });
type SessionEvent = Extract<Event, { readonly session: string }>;
const explained: Explained = {
  explanations: (['stage-judged', 'message-finished', 'connection-refused'] as const).flatMap((type) => explainSession([stamped(type) as SessionEvent])),
  more: false,
  badLines: 0,
};

/** Asks the application over "TCP", without a socket. */
async function get(
  path: string,
  {
    house = sampleHouse(),
    headers = {},
    method = 'GET',
    where = 'loopback',
  }: { house?: ReturnType<typeof sampleHouse>; headers?: Record<string, string>; method?: string; where?: Where } = {},
) {
  const response = await createApp(apiRoutes(house), where, options).request(path, { method, headers: { host: '127.0.0.1:8025', ...headers } });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) as Record<string, unknown>, headers: response.headers };
}

test('health, readiness and metrics answer as monitoring expects', async () => {
  assert.equal((await get('/healthz')).text, 'ok\n');
  assert.deepEqual((await get('/readyz')).json(), { ready: true, reasons: [] });
  const away = await get('/readyz', { house: sampleHouse({ ready: () => ({ ready: false, reasons: ['no hub answers'] }) }) });
  assert.deepEqual([away.status, away.json()], [503, { ready: false, reasons: ['no hub answers'] }]);
  const metrics = await get('/metrics');
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(metrics.text, /floodgate_backscatter_made_total 0/);
});

test('explain takes any id, also one with a slash and brackets, and says 404 when nothing is known', async () => {
  const house = sampleHouse();
  const id = '<a/b+c@sender.example>';
  const answer = await get(`/api/v1/explain/${encodeURIComponent(id)}?limit=5`, { house });
  assert.equal(answer.status, 404);
  assert.deepEqual(house.asked, [`explain ${id} 5`]);
});

const wrong: readonly [path: string, why: string][] = [
  ['/api/v1/explain/x?limit=0', 'no session is asked for'],
  ['/api/v1/explain/x?limit=1000000', 'a limit keeps the journal from being read out at once'],
  [`/api/v1/explain/${'x'.repeat(2000)}`, 'no id is that long'],
  ['/api/v1/events?limit=x', 'not a number'],
  ['/api/v1/events?since=yesterday', 'not a time'],
];
for (const [path, why] of wrong) {
  test(`${path.slice(0, 50)} is answered 400: ${why}`, async () => {
    const answer = await get(path);
    assert.equal(answer.status, 400);
    assert.equal(typeof answer.json()['error'], 'string');
  });
}

test('events are asked for with their window', async () => {
  const house = sampleHouse();
  await get('/api/v1/events?since=2026-11-21T00:00:00Z&limit=7&decisions=true', { house });
  assert.deepEqual(house.asked, [`events ${JSON.stringify({ sinceMs: Date.UTC(2026, 10, 21), limit: 7, decisionsOnly: true })}`]);
});

const attacks: readonly [headers: Record<string, string>, path: string, status: number, why: string][] = [
  [{ host: 'evil.example' }, '/api/v1/status', 421, 'DNS rebinding comes with the name of the attacker'],
  [{ host: 'evil.example' }, '/healthz', 200, 'health tells nothing, load balancers ask under any name'],
  [{ host: 'MX.hub.example:8025' }, '/api/v1/status', 200, 'our own name is fine'],
  [{ host: '[::1]:8025' }, '/api/v1/status', 200, 'an address is ours by the connection'],
  [{ host: 'mx.hub.example.evil.example' }, '/api/v1/status', 421, 'a name that begins like ours is not ours'],
  [{ origin: 'https://evil.example' }, '/api/v1/status', 403, 'another site asks'],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, '/api/v1/events', 403, 'another site embeds us'],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, '/', 200, 'a link from another site leads to the page'],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:8025' }, '/api/v1/status', 200, 'our own page asks'],
];
for (const [headers, path, status, why] of attacks) {
  test(`over TCP ${path} with ${JSON.stringify(headers)} is ${status}: ${why}`, async () => assert.equal((await get(path, { headers })).status, status));
}

test('over TCP nothing can be changed without a token, and the answer says where it can', async () => {
  for (const { method, path, changes } of apiRoutes(sampleHouse())) {
    if (!changes) continue;
    const house = sampleHouse();
    const answer = await get(path, { method, house });
    assert.equal(answer.status, 403, `${method} ${path}`);
    assert.match(String(answer.json()['error']), /control\.sock/);
    assert.deepEqual(house.asked, []);
  }
});

test('a token reads from anywhere, one of an operator changes in its own name, and neither makes tokens', async () => {
  const house = sampleHouse();
  const as = (secret: string) => ({ authorization: `Bearer ${secret}`, 'x-floodgate-user': 'root' });
  const ask = async (path: string, method: string, secret: string | null) =>
    (await get(path, { where: 'network', house, method, headers: secret === null ? {} : as(secret) })).status;
  const nobody = await get('/api/v1/status', { where: 'network' });
  assert.deepEqual([nobody.status, nobody.headers.get('www-authenticate')], [401, 'Bearer realm="floodgate"']);
  assert.equal(await ask('/api/v1/status', 'GET', 'a-reader'), 200);
  assert.equal(await ask('/api/v1/measures/resume', 'POST', 'a-reader'), 403);
  assert.equal(await ask('/api/v1/measures/m-3fa94c01d2', 'DELETE', 'an-operator'), 200);
  assert.deepEqual(house.asked, ['undo m-3fa94c01d2 by token ci'], 'the header with a name is believed on control.sock alone');
  for (const { method, path } of apiRoutes(house).filter(({ controlOnly }) => controlOnly)) assert.equal(await ask(path, method, 'an-operator'), 403, path);
  assert.equal(house.asked.length, 1);
  assert.ok(apiRoutes(house).filter(({ path, controlOnly }) => path.startsWith('/api/v1/tokens') && controlOnly).length === 3);
});

test('a route that throws is our fault: 500 without the reason, which goes to the log', async () => {
  const answer = await get('/metrics', { house: sampleHouse({ metricsText: () => Promise.reject(new Error('secret path')) }) });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /secret/);
  assert.match(faults.join(), /\/metrics Error: secret path/);
});

test('the page runs only its own script and loads nothing from elsewhere', async () => {
  const page = await get('/');
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/);
  assert.doesNotMatch(page.text, /<script(?! src="\/floodgate\.js" defer><\/script>)|<style|style="|onclick|https?:\/\//);
  for (const path of ['/floodgate.js', '/floodgate.css']) assert.equal((await get(path)).status, 200);
  const script = await get('/floodgate.js');
  assert.doesNotMatch(script.text, /innerHTML|insertAdjacentHTML|document\.write|eval\(/);
  assert.doesNotThrow(() => new Script(script.text), 'the script is JavaScript');
});

test('every mounted route is described, and nothing else', async () => {
  const described = (await get('/api/v1/openapi.json')).json();
  assert.equal(described['openapi'], '3.1.0');
  const paths = described['paths'] as Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>;
  const listed = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual(
    listed.toSorted(),
    apiRoutes(sampleHouse())
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
  assert.equal(new Set(ids).size, ids.length);
  for (const [path, methods] of Object.entries(paths)) {
    for (const { parameters } of Object.values(methods)) {
      assert.deepEqual(
        parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`),
        path.match(/\{\w+\}/g) ?? [],
      );
    }
  }
});

/** What of JSON Schema our schemas use. Gives what does not fit. */
function misfits(schema: Schema, value: unknown, at = '$'): string[] {
  const { type, properties, required, additionalProperties, items, oneOf, enum: allowed } = schema as Record<string, never>;
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const found: string[] = [];
  if (type && ![type].flat().some((each) => each === kind || (each === 'integer' && Number.isInteger(value)))) found.push(`${at} is ${kind}`);
  if (allowed && !(allowed as unknown[]).includes(value)) found.push(`${at} is ${JSON.stringify(value)}`);
  if (oneOf && (oneOf as Schema[]).filter((each) => misfits(each, value).length === 0).length !== 1) found.push(`${at} fits not exactly one`);
  if (kind === 'array' && items) (value as unknown[]).forEach((each, index) => found.push(...misfits(items, each, `${at}[${index}]`)));
  if (kind === 'object') {
    const known = (properties ?? {}) as Record<string, Schema>;
    for (const name of (required ?? []) as string[]) if (!(name in (value as object))) found.push(`${at}.${name} is missing`);
    for (const [name, each] of Object.entries(value as object)) {
      if (known[name]) found.push(...misfits(known[name], each, `${at}.${name}`));
      else if (additionalProperties === false) found.push(`${at}.${name} is not described`);
      else if (typeof additionalProperties === 'object') found.push(...misfits(additionalProperties, each, `${at}.${name}`));
    }
  }
  return found;
}

test('real answers are as they are described', async () => {
  const house = sampleHouse({
    explain: () => Promise.resolve(explained),
    events: () => Promise.resolve(Object.keys(sampleEvents).map((type) => stamped(type as keyof typeof sampleEvents))),
  });
  const described = (await get('/api/v1/openapi.json')).json()['paths'] as Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: Schema }> }> }>
  >;
  for (const path of [
    '/api/v1/status',
    '/api/v1/explain/{id}',
    '/api/v1/events',
    '/api/v1/lists',
    '/api/v1/measures',
    '/api/v1/kernel/{address}',
    '/api/v1/queues',
    '/api/v1/digest',
    '/api/v1/tokens',
    '/readyz',
  ]) {
    const schema = described[path]?.['get']?.responses['200']?.content['application/json']?.schema ?? {};
    const answer = await get(path.replace('{id}', 'known').replace('{address}', '192.0.2.7'), { house, where: 'control' });
    assert.equal(answer.status, 200, path);
    assert.deepEqual(misfits(schema, answer.json()), [], path);
  }
  assert.ok(misfits({ type: 'object', properties: {}, additionalProperties: false }, { a: 1 }).length > 0, 'the checker itself sees a misfit');
});

async function control(t: TestContext, depth = '') {
  const state = join(mkdtempSync(join(tmpdir(), 'web-')), depth);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(state, { recursive: true });
  t.after(() => rmSync(state, { recursive: true, force: true }));
  const house = sampleHouse();
  const web = createWeb(house, options);
  await web.listenControl(join(state, 'control.sock'));
  t.after(() => web.close());
  return { state, house, web };
}

test('over control.sock lists can be changed, on behalf of whoever asks, and only its own user may', async (t) => {
  const { state, house } = await control(t);
  assert.equal(statSync(join(state, 'control.sock')).mode & 0o777, 0o600);
  assert.equal((await callDaemon(state, 'POST', '/api/v1/lists/entries', { entry: '192.0.2.1' })).status, 200);
  const refused = await callDaemon(state, 'DELETE', '/api/v1/lists/entries', { entry: '192.0.2.9' });
  assert.deepEqual(refused, { status: 400, json: { error: 'is in no list' } });
  assert.match(house.asked[0] ?? '', /^add \{"entry":"192\.0\.2\.1"\} by \S+$/);
});

test('what would be decided today is a route only where somebody can tell', async () => {
  const [given] = explained.explanations;
  const ask = async (house: ReturnType<typeof sampleHouse>, body: unknown) => {
    const response = await createApp(apiRoutes(house), 'control', options).request('/api/v1/today', { method: 'POST', body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };
  const knowing = sampleHouse({ today: ({ id }) => Promise.resolve({ outcome: 'delivered', because: `${id} is listed now`, findings: [] }) });
  assert.deepEqual(await ask(knowing, given), [200, { today: { outcome: 'delivered', because: `${given?.id} is listed now`, findings: [] } }]);
  assert.equal((await ask(knowing, { id: 'x' }))[0], 400);
  assert.equal((await ask(sampleHouse(), given))[0], 404);
});

test('a state directory too deep for a socket path works all the same', { skip: process.platform !== 'linux' }, async (t) => {
  const { state } = await control(t, 'deep/'.repeat(30));
  assert.equal((await callDaemon(state, 'GET', '/api/v1/status')).status, 200);
});

test('a socket left by a crash is replaced', async (t) => {
  const state = mkdtempSync(join(tmpdir(), 'web-'));
  t.after(() => rmSync(state, { recursive: true }));
  writeFileSync(join(state, 'control.sock'), '');
  const web = createWeb(sampleHouse(), options);
  await web.listenControl(join(state, 'control.sock'));
  assert.equal((await callDaemon(state, 'GET', '/healthz')).status, 200);
  await web.close();
  await assert.rejects(callDaemon(state, 'GET', '/healthz'), (error) => error instanceof NoDaemon && /no daemon runs on/.test(error.message));
});

test('a body that is no JSON, or too large, is told so', async (t) => {
  const { house } = await control(t);
  const app = createApp(apiRoutes(house), 'control', options);
  const post = (body: string) => app.request('/api/v1/lists/entries', { method: 'POST', body, headers: { 'content-length': String(body.length) } });
  assert.equal((await post('{')).status, 400);
  assert.equal((await post(`"${'x'.repeat(2 ** 20)}"`)).status, 413);
});

test('over TCP it listens where it is told and says the port it has', async (t) => {
  const web = createWeb(sampleHouse(), options);
  t.after(() => web.close());
  const { port } = await web.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/status`);
  assert.equal(((await answer.json()) as { hostname: string }).hostname, 'mx.hub.example');
  await assert.rejects(web.listen({ host: '127.0.0.1', port }), /EADDRINUSE/);
});
