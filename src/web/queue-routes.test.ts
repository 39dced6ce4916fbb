import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueRoutes } from './queue-routes.ts';
import { sampleHouse } from './sample-house.ts';

function routes() {
  const house = sampleHouse();
  const all = queueRoutes(house);
  const call = async (method: string, path: string, { body, query = {} }: { body?: unknown; query?: Record<string, string> } = {}) => {
    const route = all.find((each) => each.method === method && each.path === path) ?? assert.fail(`no route ${method} ${path}`);
    return (await route.run({ params: {}, query, body, by: 'mona' })) as { readonly status: number; readonly json: Record<string, unknown> }; // all answer JSON
  };
  return { house, all, call };
}

test('a look is for whoever may read, what is done for operators', () => {
  assert.deepEqual(
    routes().all.map(({ method, path, changes }) => `${method} ${path} ${changes}`),
    ['GET /api/v1/queues false', 'POST /api/v1/queues/hold true', 'POST /api/v1/queues/discard true'],
  );
});

test('the number comes first: without it nothing is done, another one is refused', async () => {
  const { call, house } = routes();
  const preview = await call('POST', '/api/v1/queues/discard', { body: { sender: 'ulla@hub.example' } });
  assert.deepEqual([preview.status, preview.json['preview'], preview.json['count']], [200, true, 1]);
  const done = await call('POST', '/api/v1/queues/discard', { body: { sender: 'ulla@hub.example', expect: 1 } });
  assert.deepEqual([done.status, done.json['action']], [200, 'q-3fa94c01d2']);
  assert.deepEqual(await call('POST', '/api/v1/queues/hold', { body: { all: true, expect: 7 } }), {
    status: 409,
    json: { error: 'nothing was done: 1 messages fit by now, not 7' },
  });
  assert.equal(house.asked[1], 'discard in queues {"sender":"ulla@hub.example","expect":1} by mona');
});

test('a server that cannot be asked is told of beside what waits in the others', async () => {
  const { call } = routes();
  const { json } = await call('GET', '/api/v1/queues', { query: { sender: '<>' } });
  assert.deepEqual(json['stores'], [
    { store: 'postfix', why: null },
    { store: 'exim', why: 'exim4 -bp: permission denied' },
  ]);
});
