import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quarantineRoutes } from './quarantine-routes.ts';
import { sampleHeld, sampleHouse } from './sample-house.ts';

function routes() {
  const house = sampleHouse();
  const all = quarantineRoutes(house);
  const call = async (method: string, path: string, { id = '', body, query = {} }: { id?: string; body?: unknown; query?: Record<string, string> } = {}) => {
    const route = all.find((each) => each.method === method && each.path === path) ?? assert.fail(`no route ${method} ${path}`);
    return (await route.run({ params: { id }, query, body, by: 'mona' })) as { readonly status: number; readonly json: unknown }; // all answer JSON
  };
  return { house, all, call };
}

test('envelopes are for whoever may read; the mail itself and what is done with it for operators', () => {
  assert.deepEqual(
    routes().all.map(({ method, path, changes }) => `${method} ${path.slice('/api/v1/quarantine'.length)} ${changes}`),
    ['GET  false', 'GET /{id} false', 'POST /{id}/preview true', 'POST /release true', 'POST /discard true', 'POST /undo true'],
  );
});

test('one that is not there is 404, also its preview', async () => {
  const { call } = routes();
  assert.deepEqual(await call('GET', '/api/v1/quarantine/{id}', { id: sampleHeld.id }), { status: 200, json: sampleHeld });
  assert.equal((await call('GET', '/api/v1/quarantine/{id}', { id: 'X' })).status, 404);
  assert.equal((await call('POST', '/api/v1/quarantine/{id}/preview', { id: 'X' })).status, 404);
});

test('undo restores, in the name of who asked; a body is not needed to be told what is missing', async () => {
  const { call, house } = routes();
  await call('POST', '/api/v1/quarantine/undo', { body: { ids: ['A'] } });
  await call('POST', '/api/v1/quarantine/release');
  assert.deepEqual(house.asked, ['restore {"ids":["A"]} by mona', 'release {} by mona']);
});
