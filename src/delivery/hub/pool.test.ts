// The pool with connections that are none: who gets one, when, and never too many.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HubPool, type LeaseFailure, type LeaseRequest, type Pooled, type PoolLimits, type Purpose } from './pool.ts';

class FakeConnection implements Pooled {
  readonly openedAt: number;
  transactions = 0;
  idleSince = 0;
  closed = false;
  quiet = true;
  worn = false;
  said: string[] = [];
  before: Promise<void> | null = null;
  onIdleTrouble: (() => void) | null = null;
  onClosed: (() => void) | null = null;
  resetOk = true;

  constructor(openedAt: number) {
    this.openedAt = openedAt;
  }
  reset(): Promise<boolean> {
    this.said.push('RSET');
    return Promise.resolve(this.resetOk);
  }
  quit(): void {
    this.said.push('QUIT');
    this.destroy();
  }
  /** As a socket does it: the close is seen later. */
  destroy(): void {
    if (!this.quiet && this.closed) return;
    this.quiet = false;
    setImmediate(() => {
      if (this.closed) return;
      this.closed = true;
      this.onClosed?.();
    });
  }
}

function poolOf(limits: Partial<PoolLimits> = {}) {
  const world = { now: 0, opened: [] as FakeConnection[], alive: 0, peak: 0, fail: null as LeaseFailure | null };
  const pool = new HubPool<FakeConnection>({
    limits: { connections: 4, idleMs: 10_000, ageMs: 300_000, transactions: 100, waiters: 1000, resetMs: 1000, ...limits },
    now: () => world.now,
    open: async () => {
      world.peak = Math.max(world.peak, ++world.alive);
      await new Promise(setImmediate);
      if (world.fail !== null) {
        world.alive -= 1;
        return world.fail;
      }
      const connection = new FakeConnection(world.now);
      world.opened.push(connection);
      const destroyed = connection.destroy.bind(connection);
      connection.destroy = () => {
        if (connection.quiet) setImmediate(() => (world.alive -= 1));
        destroyed();
      };
      return connection;
    },
  });
  const lease = async (purpose: Purpose = 'delivery', rest: Partial<LeaseRequest<FakeConnection>> = {}): Promise<FakeConnection> => {
    const connection = await pool.lease({ purpose, waitMs: 5000, ...rest });
    assert.ok(!('failed' in connection), JSON.stringify(connection));
    return connection;
  };
  return { pool, world, lease };
}

const turns = async (times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await new Promise(setImmediate);
};

test('500 at once, with every kind of end: never more than the limit, everybody is served, in order', async () => {
  const { pool, world, lease } = poolOf({ connections: 5, transactions: 7 });
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 500 }, async (_, i) => {
      const connection = await lease('delivery', i % 11 === 0 ? { fresh: true } : {});
      order.push(i);
      await turns(i % 3);
      if (i % 17 === 0) connection.resetOk = false;
      pool.release(connection, i % 5 === 0 ? 'destroy' : i % 4 === 0 ? 'reset' : 'keep');
    }),
  );
  assert.ok(world.peak <= 5, `${world.peak} at once`);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(Math.max(...world.opened.map(({ transactions }) => transactions)) <= 7, true);
});

test('a connection that comes back is used again, the last one first', async () => {
  const { pool, world, lease } = poolOf();
  const [a, b] = [await lease(), await lease()];
  pool.release(a, 'keep');
  pool.release(b, 'keep');
  assert.equal(await lease(), b);
  assert.equal(await lease(), a);
  assert.equal(world.opened.length, 2);
});

test('a fresh one is made even when others are idle; at the limit an idle one gives its place', async () => {
  const { pool, world, lease } = poolOf({ connections: 1 });
  const first = await lease();
  pool.release(first, 'keep');
  const second = await lease('delivery', { fresh: true });
  assert.notEqual(second, first);
  assert.equal(world.peak, 1);
});

test('after a refusal RSET comes before the next use; where it fails the connection goes', async () => {
  const { pool, lease } = poolOf({ connections: 1 });
  const one = await lease();
  pool.release(one, 'reset');
  assert.equal(await lease(), one);
  assert.deepEqual(one.said, ['RSET']);
  one.resetOk = false;
  pool.release(one, 'reset');
  assert.notEqual(await lease(), one);
});

test('old, often used, worn or disturbed connections are not used again', async () => {
  for (const spoil of [
    (_: FakeConnection, world: { now: number }) => (world.now += 300_000),
    (connection: FakeConnection) => (connection.transactions = 100),
    (connection: FakeConnection) => (connection.worn = true),
    (connection: FakeConnection) => (connection.quiet = false),
  ]) {
    const { pool, world, lease } = poolOf();
    const one = await lease();
    spoil(one, world);
    pool.release(one, 'keep');
    assert.notEqual(await lease(), one);
  }
});

test('an idle connection is closed after its time, in good manners', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { pool, world, lease } = poolOf({ idleMs: 10_000 });
  const one = await lease();
  pool.release(one, 'keep');
  world.now = 9_999;
  t.mock.timers.tick(1000);
  assert.deepEqual(one.said, []);
  world.now = 10_000;
  t.mock.timers.tick(1000);
  assert.deepEqual(one.said, ['QUIT']);
  await turns(2);
  assert.deepEqual(pool.snapshot(), { open: 0, idle: 0, waiting: 0 });
});

test('an idle connection that died is not handed out', async () => {
  const { pool, lease } = poolOf();
  const one = await lease();
  pool.release(one, 'keep');
  one.onIdleTrouble?.();
  assert.notEqual(await lease(), one);
});

test('probes have a quarter: deliveries get a connection while probes wait for theirs', async () => {
  const { pool, lease } = poolOf({ connections: 8 });
  const [first] = [await lease('probe'), await lease('probe')];
  let third: FakeConnection | null = null;
  void lease('probe').then((connection) => (third = connection));
  const deliveries = await Promise.all(Array.from({ length: 6 }, () => lease()));
  assert.equal(deliveries.length, 6);
  assert.equal(third, null);
  pool.release(first, 'keep');
  await turns(3);
  assert.notEqual(third, null);
});

test('where there is one connection, probes and deliveries take turns by their waiting', async () => {
  const { pool, lease } = poolOf({ connections: 1 });
  const order: string[] = [];
  const take = (name: string, purpose: Purpose): Promise<void> =>
    lease(purpose).then(async (connection) => {
      order.push(name);
      await turns(1);
      pool.release(connection, 'keep');
    });
  await Promise.all([take('d1', 'delivery'), take('p1', 'probe'), take('d2', 'delivery'), take('p2', 'probe')]);
  assert.deepEqual(order, ['d1', 'p1', 'd2', 'p2']);
});

test('who waits too long is told so, and its place in the line is gone', async () => {
  const { pool, lease } = poolOf({ connections: 1 });
  const one = await lease();
  assert.match(JSON.stringify(await pool.lease({ purpose: 'delivery', waitMs: 5 })), /no connection to the next hop was free within/);
  assert.deepEqual(pool.snapshot(), { open: 1, idle: 0, waiting: 0 });
  pool.release(one, 'keep');
  assert.equal(await lease(), one);
});

test('the line is bounded', async () => {
  const { pool, lease } = poolOf({ connections: 1, waiters: 2 });
  await lease();
  void lease('delivery', { waitMs: 50 }).catch(() => {});
  void lease('probe', { waitMs: 50 }).catch(() => {});
  assert.deepEqual(await pool.lease({ purpose: 'delivery', waitMs: 50 }), { failed: 'too many wait for a connection to the next hop' });
});

test('a hub that cannot be reached fails everybody who waits, one try after the other', async () => {
  const { pool, world } = poolOf({ connections: 2 });
  world.fail = { failed: 'ECONNREFUSED' };
  const answers = await Promise.all(Array.from({ length: 20 }, async () => pool.lease({ purpose: 'delivery', waitMs: 5000 })));
  assert.deepEqual(new Set(answers), new Set([world.fail]));
  assert.ok(world.peak <= 2);
});

test('close cuts what is idle, in use and on its way, and fails who waits', async () => {
  const { pool, world, lease } = poolOf({ connections: 2 });
  const [one, two] = [await lease(), await lease()];
  pool.release(one, 'keep');
  pool.release(two, 'keep');
  const used = await lease();
  const late = pool.lease({ purpose: 'delivery', waitMs: 5000, fresh: true });
  await pool.close();
  assert.ok('failed' in (await late));
  assert.ok(used.closed);
  await turns(4);
  assert.equal(world.alive, 0);
});

test('a retired pool serves those who wait and keeps nothing', async () => {
  const { pool, lease } = poolOf({ connections: 1 });
  const one = await lease();
  const next = lease();
  pool.retire();
  pool.release(one, 'keep');
  assert.equal(await next, one);
  pool.release(one, 'keep');
  assert.deepEqual(one.said, ['QUIT']);
});

test('handed on: who waits has it while an answer is still owed, and is told when that has been read', async () => {
  const { pool, lease } = poolOf({ connections: 1 });
  const connection = await lease();
  const waiting = lease();
  assert.equal(pool.handOn(connection), true);
  assert.equal(await waiting, connection);
  let isRead = false;
  void connection.before?.then(() => (isRead = true));
  await new Promise(setImmediate);
  assert.equal(isRead, false);
  pool.release(connection, 'reset');
  await new Promise(setImmediate);
  assert.deepEqual([isRead, connection.said, connection.before], [true, [], null], 'RSET would fall into the transaction of the next');
  pool.release(connection, 'keep');
  assert.deepEqual(pool.snapshot(), { open: 1, idle: 1, waiting: 0 });
  await pool.close();
});

test('not handed on: to nobody, past a probe, to who wants a fresh one, or when its time is over', async () => {
  const { pool, lease, world } = poolOf({ connections: 1, transactions: 2 });
  const connection = await lease();
  assert.equal(pool.handOn(connection), false);
  const fresh = lease('delivery', { fresh: true });
  assert.equal(pool.handOn(connection), false);
  pool.release(connection, 'destroy');
  const second = await fresh;
  const probe = lease('probe');
  const waiting = lease();
  assert.equal(pool.handOn(second), false, 'a probe would wait for ever');
  pool.release(second, 'keep');
  pool.release(await probe, 'keep');
  const third = await waiting;
  world.now += 300_000;
  const last = lease();
  assert.equal(pool.handOn(third), false, 'too old');
  pool.release(third, 'keep');
  pool.release(await last, 'keep');
  await pool.close();
});
