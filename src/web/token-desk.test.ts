import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { openStore } from '../store/open.ts';
import { createTokens } from '../store/tokens.ts';
import { openTokenDesk } from './token-desk.ts';

async function start(context: TestContext) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const repository = createTokens(store.queries);
  const said: EventBody[] = [];
  const clock = { now: Date.UTC(2026, 10, 21) };
  const open = () => openTokenDesk({ repository, record: (body) => said.push(body), now: () => clock.now });
  const desk = await open();
  const secretOf = async (raw: object): Promise<string> => {
    const answer = await desk.add(raw, 'anna');
    assert.ok(answer.ok && 'token' in answer);
    return String(answer.token);
  };
  return { desk, open, said, clock, repository, secretOf };
}

test('a token opens what its role says, also after a restart, until it is removed', async (context) => {
  const { desk, open, said, secretOf, repository } = await start(context);
  const secret = await secretOf({ name: 'ci', role: 'operator' });
  const other = await secretOf({ name: 'grafana', role: 'reader' });
  assert.match(secret, /^fgt_[\w-]{43}$/);
  assert.notEqual(secret, other);
  assert.deepEqual(desk.bearerOf(secret), { name: 'ci', role: 'operator' });
  assert.deepEqual((await open()).bearerOf(other), { name: 'grafana', role: 'reader' });
  for (const wrong of ['', 'x', secret.slice(0, -1), `${secret}x`, (await repository.all())[0]?.hash ?? '']) assert.equal(desk.bearerOf(wrong), null, wrong);
  assert.doesNotMatch(JSON.stringify([await repository.all(), desk.show(), said]), new RegExp(secret), 'nobody keeps the secret');
  assert.deepEqual(await desk.remove('ci', 'anna'), { ok: true });
  assert.equal(desk.bearerOf(secret), null);
  assert.equal((await desk.remove('ci', 'anna')).ok, false);
  assert.deepEqual(
    said.map((body) => ('what' in body ? `${body.type} ${body.what}` : '')),
    ['token-changed added', 'token-changed added', 'token-changed removed'],
  );
});

test('a token ends at its moment, and is shown as over', async (context) => {
  const { desk, clock, secretOf } = await start(context);
  const secret = await secretOf({ name: 'visitor', role: 'reader', expiresAt: '2026-11-22T00:00:00Z' });
  assert.equal(desk.bearerOf(secret)?.name, 'visitor');
  clock.now = Date.UTC(2026, 10, 22);
  assert.equal(desk.bearerOf(secret), null);
  assert.equal(desk.show().tokens[0]?.expired, true);
});

const wrong: readonly [raw: unknown, why: RegExp][] = [
  [null, /a name and a role/],
  [{ name: 'a b', role: 'reader' }, /the name is/],
  [{ name: 'x'.repeat(41), role: 'reader' }, /the name is/],
  [{ name: 'x', role: 'admin' }, /reader or operator/],
  [{ name: 'x', role: 'reader', hash: '0' }, /"hash" is not known/],
  [{ name: 'x', role: 'reader', expiresAt: 'soon' }, /is a time/],
  [{ name: 'x', role: 'reader', expiresAt: '2020-01-01T00:00:00Z' }, /in the past/],
];
for (const [raw, why] of wrong) {
  test(`${JSON.stringify(raw)} makes no token: ${why.source}`, async (context) => {
    const { desk } = await start(context);
    const answer = await desk.add(raw, 'anna');
    assert.match(answer.ok ? '' : answer.error, why);
    assert.deepEqual(desk.show(), { tokens: [] });
  });
}

test('a name is given once, and tokens are bounded: each request looks at all of them', async (context) => {
  const { desk } = await start(context);
  for (let at = 0; at < 100; at++) assert.equal((await desk.add({ name: `t${at}`, role: 'reader' }, 'anna')).ok, true);
  const [again, oneMore] = [await desk.add({ name: 't1', role: 'operator' }, 'anna'), await desk.add({ name: 'more', role: 'reader' }, 'anna')];
  assert.match(again.ok ? '' : again.error, /100 tokens already/);
  assert.match(oneMore.ok ? '' : oneMore.error, /100 tokens already/);
  await desk.remove('t2', 'anna');
  const taken = await desk.add({ name: 't1', role: 'operator' }, 'anna');
  assert.match(taken.ok ? '' : taken.error, /there is a token t1 already/);
});
