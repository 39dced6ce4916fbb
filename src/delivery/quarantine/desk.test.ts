import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldRecord } from '../../../test/harness/held-item.ts';
import { atEnd, type Owner } from '../../../test/harness/scratch.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import { openStore } from '../../store/open.ts';
import { createQuarantineIndex } from '../../store/quarantine.ts';
import { createQuarantineDesk, type HandledList, type HeldList, type QuarantineDesk } from './desk.ts';
import type { Handled } from './quarantine.ts';

const none = { messages: 0, bytes: 0 };
const idOf = (number: number): string => `1M7YNPXHV1000-${String(number).padStart(4, '0')}`;

/** A desk over these rows; what is acted on is noted, and refused where its subject says so. */
async function start(t: Owner, records: readonly HeldRecord[]): Promise<{ desk: QuarantineDesk; acted: string[] }> {
  const store = openStore(':memory:');
  atEnd(t, () => store.close());
  const index = createQuarantineIndex(store.queries);
  for (const record of records) await index.save(record);
  const acted: string[] = [];
  const act =
    (verb: string) =>
    async (id: string, by: string): Promise<Handled> => {
      const record = await index.find(id);
      if (record === null) return { ok: false, error: `there is no ${id} in the quarantine` };
      acted.push(`${verb} ${id} by ${by}`);
      return record.subject === 'refused' ? { ok: false, error: `${id} is still held` } : { ok: true, record };
    };
  const quarantine = {
    find: (id: string) => index.find(id),
    select: index.select,
    preview: () => Promise.resolve(null),
    release: act('release'),
    discard: act('discard'),
    restore: act('restore'),
    totals: () => ({ held: none, trash: none, refused: none }),
  };
  return { desk: createQuarantineDesk(quarantine, (name) => Promise.resolve(name.toLowerCase() !== 'fg-nope')), acted };
}

const rows: readonly HeldRecord[] = [
  heldRecord({ id: idOf(1), from: 'Bill@Shop.Example', to: ['anna@hub.example', 'otto@hub.example'], subject: 'Invoice' }),
  heldRecord({ id: idOf(2), from: '', to: ['anna@hub.example'], ip: '198.51.100.9', check: 'listed', because: 'on a list', measure: null }),
  heldRecord({ id: idOf(3), from: 'x@mail.shop.example', user: 'ulla', incident: 'i-7', subject: null }),
  heldRecord({ id: idOf(4), state: 'trash', discarded: { at: 2000, by: 'anna' } }),
];

const filters: readonly [query: Readonly<Record<string, string>>, expected: readonly number[], why: string][] = [
  [{}, [1, 2, 3], 'what is held, oldest first'],
  [{ state: 'trash' }, [4], 'what is discarded'],
  [{ sender: 'bill@shop.example' }, [1], 'an address, in whatever case'],
  [{ sender: 'shop.example' }, [1], 'a domain is not those below it'],
  [{ sender: '.shop.example' }, [3], 'and these are not the domain'],
  [{ sender: '<>' }, [2], 'the null sender'],
  [{ recipient: 'otto@hub.example' }, [1], 'any of the recipients'],
  [{ recipient: 'to@hub.example' }, [], 'but no part of one'],
  [{ recipient: 'hub.example', user: 'ulla' }, [3], 'all that is given must fit'],
  [{ client: '198.51.100.0/24' }, [2], 'a network'],
  [{ client: '192.0.2.7' }, [1, 3], 'an address'],
  [{ check: 'listed' }, [2], 'the check'],
  [{ incident: 'FG-7' }, [3], 'an incident by the name that stands in letters'],
  [{ measure: 'm-1' }, [1, 3], 'the measure'],
  [{ incident: 'i-7' }, [3], 'the incident'],
  [{ reason: 'BOMB' }, [1, 3], 'a part of the reason'],
  [{ subject: 'voice' }, [1], 'a part of the subject'],
  [{ subject: '%' }, [], 'and no wildcard'],
  [{ since: '1970-01-01T00:00:01Z', before: '1970-01-01T00:00:02Z' }, [1, 2, 3], 'a time'],
  [{ since: '1970-01-01T00:00:02Z' }, [], 'from then on'],
  [{ largerThan: '99', smallerThan: '101' }, [1, 2, 3], 'a size'],
];
for (const [query, expected, why] of filters) {
  test(`list ${JSON.stringify(query)}: ${why}`, async (t) => {
    const { desk } = await start(t, rows);
    const answer = (await desk.list(query)) as HeldList; // the query is right
    assert.deepEqual(
      answer.items.map(({ id }) => id),
      expected.map(idOf),
    );
  });
}

test('a row is shown as every queue shows its messages, times in ISO', async (t) => {
  const { desk } = await start(t, rows);
  assert.deepEqual(await desk.find(idOf(4)), {
    id: idOf(4),
    store: 'quarantine',
    reference: idOf(4),
    queuedAt: '1970-01-01T00:00:01.000Z',
    from: 'sender@client.example',
    to: ['user@hub.example'],
    size: 100,
    reason: 'standing-measure: a standing measure covers it: bomb',
    incident: null,
    state: 'trash',
    expiresAt: '1970-01-01T00:16:40.000Z',
    check: 'standing-measure',
    measure: 'm-1',
    user: null,
    ip: '192.0.2.7',
    subject: 'hello',
    messageId: null,
    release: null,
    discarded: { at: '1970-01-01T00:00:02.000Z', by: 'anna' },
    refused: false,
    unreadable: null,
  });
  assert.equal(await desk.find('../../etc/passwd'), null);
});

const many = Array.from({ length: 1203 }, (_, number) => heldRecord({ id: idOf(number), ip: number % 100 === 0 ? '198.51.100.9' : '192.0.2.7' }));

test('pages join without a gap, also where networks are compared', async (t) => {
  const { desk } = await start(t, many);
  for (const [client, count, limit] of [
    [undefined, 1203, 500],
    ['198.51.100.9', 13, 5],
  ] as const) {
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = (await desk.list({ limit, ...(client && { client }), ...(after && { after }) })) as HeldList; // the query is right
      ids.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    assert.deepEqual([ids.length, new Set(ids).size], [count, count]);
  }
});

test('bulk goes in portions, each message once, and what is refused does not stop the rest', async (t) => {
  const { desk, acted } = await start(
    t,
    many.slice(0, 25).map((row, number) => (number === 3 ? { ...row, subject: 'refused' } : row)),
  );
  const results: unknown[] = [];
  for (let after: string | undefined; ;) {
    const portion = (await desk.act('release', { select: { measure: 'm-1' }, ...(after && { after }) }, 'anna')) as HandledList; // as above
    assert.ok(portion.results.length <= 10, 'a release waits for the next hop');
    results.push(...portion.results);
    if (portion.next === null) break;
    after = portion.next;
  }
  assert.equal(acted.length, 25);
  assert.equal(acted[0], `release ${idOf(0)} by anna`);
  assert.deepEqual(results[3], { id: idOf(3), ok: false, error: `${idOf(3)} is still held` });
});

test('by ids: a portion at a time, and what is not there is said', async (t) => {
  const { desk, acted } = await start(t, many.slice(0, 12));
  const ids = [...many.slice(0, 12).map(({ id }) => id), idOf(99), idOf(1)];
  const first = (await desk.act('release', { ids }, 'anna')) as HandledList; // as above
  const second = (await desk.act('release', { ids, after: first.next ?? '' }, 'anna')) as HandledList; // as above
  assert.deepEqual([first.results.length, second.results.length, second.next, acted.length], [10, 3, null, 12]);
  assert.deepEqual(second.results.at(-1), { id: idOf(99), ok: false, error: `there is no ${idOf(99)} in the quarantine` });
});

const wrong: readonly [raw: unknown, why: RegExp][] = [
  [{}, /nothing is selected/],
  [{ select: {} }, /nothing is selected/],
  [{ ids: [] }, /ids/],
  [{ ids: ['../x'] }, /no id of a held message/],
  [{ select: { client: 'x' } }, /select.client is no address or network/],
  [{ select: { planet: 'x' } }, /planet/],
  [{ select: { since: 'noon' } }, /select.since is no time/],
  ['all', /the request/],
];
for (const [raw, why] of wrong) {
  test(`discard ${JSON.stringify(raw)} is refused in one sentence`, async (t) => {
    const { desk, acted } = await start(t, rows);
    const answer = await desk.act('discard', raw, 'anna');
    assert.match(answer.ok ? '' : answer.error, why);
    assert.deepEqual(acted, []);
  });
}

test('all means all, and only when it is said', async (t) => {
  const { desk, acted } = await start(t, rows);
  assert.equal((await desk.act('discard', { all: true }, 'anna')).ok, true);
  assert.equal(acted.length, 3);
});

test('the number before a command: by what they have in common, by ids, and nothing is done', async (t) => {
  const { desk, acted } = await start(t, [...many, heldRecord({ id: idOf(9999), refused: true })]);
  assert.deepEqual(await desk.act('release', { all: true, dryRun: true }, 'anna'), { ok: true, dryRun: true, messages: 1203, bytes: 120_300 });
  assert.deepEqual(await desk.act('discard', { select: { client: '198.51.100.9' }, dryRun: true }, 'anna'), {
    ok: true,
    dryRun: true,
    messages: 13,
    bytes: 1300,
  });
  assert.deepEqual(await desk.act('discard', { ids: [idOf(1), idOf(1), idOf(5000)], dryRun: true }, 'anna'), {
    ok: true,
    dryRun: true,
    messages: 1,
    bytes: 100,
  });
  assert.deepEqual(acted, []);
});

test('all does not mean copies of refused mail; refused alone is a selection, and its contrary is none', async (t) => {
  const { desk, acted } = await start(t, [heldRecord({ id: idOf(1) }), heldRecord({ id: idOf(2), refused: true })]);
  await desk.act('discard', { all: true }, 'anna');
  assert.deepEqual(acted, [`discard ${idOf(1)} by anna`]);
  await desk.act('discard', { select: { refused: true } }, 'anna');
  assert.deepEqual(acted.slice(1), [`discard ${idOf(2)} by anna`]);
  assert.equal((await desk.act('discard', { select: { refused: false } }, 'anna')).ok, false);
});

test('a word that is no id is named, and nothing is done to the others', async (t) => {
  const { desk, acted } = await start(t, rows);
  assert.deepEqual(await desk.act('release', { ids: [idOf(1), 'nonsense'] }, 'anna'), {
    ok: false,
    error: 'nonsense is no id of a held message; nothing was done',
  });
  assert.deepEqual(acted, []);
});

test('what cannot be opened is not counted: it would stay', async (t) => {
  const { desk } = await start(t, [heldRecord({ id: idOf(1), size: 5 }), heldRecord({ id: idOf(2), unreadable: 'no key' })]);
  const counted = { ok: true, dryRun: true, messages: 1, bytes: 5 };
  assert.deepEqual(await desk.act('discard', { all: true, dryRun: true }, 'anna'), counted);
  assert.deepEqual(await desk.act('discard', { ids: [idOf(1), idOf(2)], dryRun: true }, 'anna'), counted);
});

test('of an incident that never was nothing is said to fit: a typing error must not read like an answer', async (t) => {
  const { desk, acted } = await start(t, rows);
  const refusal = { ok: false, error: 'there is no incident FG-NOPE' };
  assert.deepEqual(await desk.list({ incident: 'FG-NOPE' }), refusal);
  assert.deepEqual(await desk.act('discard', { select: { incident: 'FG-NOPE' } }, 'anna'), refusal);
  assert.deepEqual(acted, []);
});
