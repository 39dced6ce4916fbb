import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentRoutes } from './incident-routes.ts';
import { sampleHouse, sampleIncident } from './sample-house.ts';

function routes() {
  const house = sampleHouse();
  const all = incidentRoutes(house);
  const call = async (method: string, path: string, id = '', body?: unknown, query = {}) => {
    const route = all.find((each) => each.method === method && each.path === path) ?? assert.fail(`no route ${method} ${path}`);
    return (await route.run({ params: { id }, query, body, by: 'mona' })) as { readonly status: number; readonly json: unknown };
  };
  return { house, all, call };
}

test('an incident is found with its history, and one that does not exist is 404', async () => {
  const { call } = routes();
  assert.equal((await call('GET', '/api/v1/incidents/{id}', 'i-0000000000')).status, 404);
  const found = await call('GET', '/api/v1/incidents/{id}', sampleIncident.id);
  assert.deepEqual((found.json as { incident: unknown }).incident, sampleIncident);
});

test('what changes an incident asks for an operator and says who asked', async () => {
  const { call, house, all } = routes();
  assert.deepEqual(
    all.map(({ method, changes }) => `${method} ${changes}`),
    ['GET false', 'GET false', 'GET false', 'POST true', 'POST true', 'POST true'],
  );
  await call('POST', '/api/v1/incidents/{id}/acknowledge', 'i-1');
  await call('POST', '/api/v1/incidents/{id}/note', 'i-1', { text: 'seen before' });
  assert.deepEqual(house.asked, ['acknowledge i-1 by mona', 'note i-1 seen before by mona']);
});

test('an empty note and a refused command are 400 with the reason', async () => {
  const { call } = routes();
  assert.deepEqual(await call('POST', '/api/v1/incidents/{id}/note', 'i-1', { text: '' }), { status: 400, json: { error: 'text is missing' } });
  assert.deepEqual(await call('POST', '/api/v1/incidents/{id}/close', 'i-1'), { status: 400, json: { error: 'no incident i-1 is open' } });
});
