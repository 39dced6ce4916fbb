import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CannotOpen } from '../lib/sealed-stream.ts';
import type { WebHouse } from './house.ts';
import { quarantinePageFiles } from './quarantine-page.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { sampleHeld, sampleHouse } from './sample-house.ts';

function routes(over: Partial<WebHouse> = {}) {
  const house = sampleHouse(over);
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

test('a dry run is asked for in the body, and answered with a number', async () => {
  const { call } = routes();
  const answer = await call('POST', '/api/v1/quarantine/discard', { body: { all: true, dryRun: true } });
  assert.deepEqual(answer, { status: 200, json: { ok: true, dryRun: true, messages: 1, bytes: sampleHeld.size } });
});

test('a look at what is encrypted with a key that is not at hand says so', async () => {
  const preview = () => Promise.reject(new CannotOpen('it is sealed with the key k-1, which is not at hand', 'k-1'));
  const { call } = routes({ quarantine: { ...sampleHouse().quarantine, preview } });
  const answer = await call('POST', '/api/v1/quarantine/{id}/preview', { id: sampleHeld.id });
  assert.deepEqual(answer, { status: 409, json: { error: 'it is sealed with the key k-1, which is not at hand' } });
});

test('the page makes no HTML, address or style of what it reads, and has nothing from elsewhere', () => {
  const text = quarantinePageFiles.map((file) => file.text).join('\n');
  for (const forbidden of [
    'innerHTML',
    'outerHTML',
    'insertAdjacentHTML',
    'document.write',
    'eval(',
    '.src',
    '.href =',
    '.style',
    'http://',
    'https://',
    ' on',
  ])
    assert.ok(forbidden === ' on' ? !/<[^>]*\son[a-z]+=/.test(text) : !text.includes(forbidden), forbidden);
});
