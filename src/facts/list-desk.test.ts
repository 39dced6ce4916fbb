import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { createListEntries } from '../store/list-entries.ts';
import { openStore } from '../store/open.ts';
import { createListDesk } from './list-desk.ts';

function start(context: TestContext) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const events: EventBody[] = [];
  const calls = { refreshes: 0 };
  const keeper = {
    status: () => [],
    refresh: () => {
      calls.refreshes++;
      return Promise.resolve();
    },
  };
  return {
    events,
    calls,
    desk: createListDesk({
      repository: createListEntries(store.queries),
      keeper,
      record: (event) => events.push(event),
      now: () => Date.parse('2026-06-01T12:00:00Z'),
    }),
  };
}

test('an entry is kept in its look-up form, in force when the answer comes, and said with who asked', async (context) => {
  const { desk, calls, events } = start(context);
  const answer = await desk.add({ matches: 'client', entry: '203.0.113.77/24', reason: 'spam' }, 'cli');
  assert.deepEqual(answer, {
    ok: true,
    entry: {
      list: 'operator',
      matches: 'client',
      entry: '203.0.113.0/24',
      action: 'reject',
      reason: 'spam',
      by: 'cli',
      createdAt: '2026-06-01T12:00:00.000Z',
      expiresAt: null,
    },
  });
  assert.equal(calls.refreshes, 1);
  assert.deepEqual(events, [{ type: 'list-changed', list: 'operator', entries: 1, by: 'cli', what: 'reject client 203.0.113.0/24' }]);
  assert.deepEqual(
    (await desk.show()).entries.map(({ entry }) => entry),
    ['203.0.113.0/24'],
  );
});

const wrong: readonly [raw: unknown, error: RegExp, why: string][] = [
  [{ matches: 'client', entry: 'mail.example.org' }, /"mail\.example\.org" is no address or network; write it like/, 'what does not fit the kind'],
  [{ matches: 'planet', entry: 'mars' }, /matches is one of client, hostname, sender, recipient/, 'a kind that does not exist'],
  [{ matches: 'client', entry: '192.0.2.1', action: 'divert' }, /action is one of/, 'an action lists may not take'],
  [{ matches: 'client', entry: '192.0.2.1', list: 'My List' }, /list is written in lower-case/, 'a name that would not fit a metric'],
  [{ matches: 'client', entry: '192.0.2.1', expiresAt: '2026-05-01T00:00:00Z' }, /is over already/, 'an entry that would be dead at once'],
  [{ matches: 'client', entry: '192.0.2.1', expiresAt: 'tomorrow' }, /expiresAt is a time like/, 'a time nobody can read'],
  [{ matches: 'client', entry: '192.0.2.1', note: 'x' }, /note/, 'a misspelt field'],
  ['192.0.2.1', /the request/, 'no object at all'],
];
for (const [raw, error, why] of wrong) {
  test(`refused with one clear sentence: ${why}`, async (context) => {
    const { desk, calls } = start(context);
    const answer = await desk.add(raw, 'cli');
    assert.ok(!answer.ok);
    assert.match(answer.error, error);
    assert.equal(calls.refreshes, 0);
  });
}

test('an entry is removed as the operator wrote it, not only as it is kept', async (context) => {
  const { desk, events } = start(context);
  await desk.add({ matches: 'client', entry: '192.0.2.1' }, 'cli');
  await desk.add({ matches: 'sender', entry: 'Spam@Example.ORG' }, 'cli');
  assert.deepEqual(await desk.remove({ entry: '192.0.2.1' }, 'web'), { ok: true, removed: 1 });
  assert.deepEqual(await desk.remove({ entry: 'spam@EXAMPLE.org' }, 'web'), { ok: true, removed: 1 });
  assert.deepEqual(events.at(-1), { type: 'list-changed', list: 'operator', entries: 0, by: 'web', what: 'removed spam@EXAMPLE.org' });
});

test('removing what is not there says where else it may be', async (context) => {
  const { desk } = start(context);
  const answer = await desk.remove({ entry: '192.0.2.1' }, 'cli');
  assert.ok(!answer.ok && /in no list of the database; entries of files/.test(answer.error));
});
