import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AlertBatch } from './letter.ts';
import { Outlet } from './outlet.ts';
import { sampleIncident } from './sample-incident.ts';

function start(context: TestContext, { perHour = 6, gatherMs = 1000 } = {}) {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const sent: AlertBatch[] = [];
  const failures: string[] = [];
  const way = { broken: false };
  const outlet = new Outlet({
    name: 'mail',
    deliver: (batch) => {
      if (way.broken) return Promise.reject(new Error('the hub is away'));
      sent.push(batch);
      return Promise.resolve();
    },
    told: () => undefined,
    latest: () => null,
    failed: (why, waiting) => void failures.push(`${why} ${waiting}`),
    gatherMs,
    perHour,
    escalated: false,
    now: Date.now,
  });
  const pass = async (ms: number): Promise<void> => {
    context.mock.timers.tick(ms);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const tell = (n: number, more: Parameters<typeof sampleIncident>[0] = {}, step: 'opened' | 'closed' | 'grown' = 'opened') =>
    outlet.take({ incident: sampleIncident({ id: `i-${n}`, ...more }), step });
  return { outlet, sent, failures, way, pass, tell };
}

test('what happens in a moment goes out together, the gravest first', async (context) => {
  const { sent, pass, tell } = start(context);
  tell(1);
  tell(2, { level: 'severe' });
  await pass(999);
  assert.equal(sent.length, 0);
  await pass(1);
  assert.deepEqual(
    sent.map(({ items }) => items.map(({ incident }) => incident.id)),
    [['i-2', 'i-1']],
  );
});

test('no more than so many an hour; what waits meanwhile goes out in one', async (context) => {
  const { sent, pass, tell } = start(context);
  for (let n = 0; n < 20; n++) {
    tell(n);
    await pass(60_000);
  }
  const inTwentyMinutes = sent.length;
  assert.ok(inTwentyMinutes >= 3 && inTwentyMinutes <= 5, `${inTwentyMinutes} letters in twenty minutes`);
  await pass(600_000);
  assert.deepEqual(new Set(sent.flatMap(({ items }) => items.map(({ incident }) => incident.id))).size, 20, 'nothing was left out');
});

test('a way in trouble is tried again later, nothing is forgotten, and who was not told it began hears of the beginning', async (context) => {
  const { sent, failures, way, pass, tell } = start(context);
  way.broken = true;
  tell(1);
  await pass(1000);
  assert.deepEqual(failures, ['the hub is away 1']);
  tell(1, { count: 99 }, 'grown');
  way.broken = false;
  await pass(59_000);
  assert.equal(sent.length, 0, 'not at once: it would be tried again for every alert');
  await pass(1000);
  assert.deepEqual(
    sent.map(({ items: [item] }) => [item?.step, item?.incident.count]),
    [['opened', 99]],
  );
});

test('what waits is bounded: of a storm the first five hundred are kept and the rest is counted', async (context) => {
  const { sent, pass, tell } = start(context);
  for (let n = 0; n < 700; n++) tell(n);
  await pass(1000);
  assert.deepEqual([sent[0]?.items.length, sent[0]?.left], [20, 680]);
});

test('at the end what waits is told at once', async (context) => {
  const { outlet, sent, tell } = start(context);
  tell(1);
  await outlet.stop();
  assert.equal(sent.length, 1);
});
