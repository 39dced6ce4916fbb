// The link against the helper itself, over a real socket; only nft is played.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { atEnd, scratchDirectory } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import type { EventBody } from '../../model/events.ts';
import type { Measure } from '../../model/measure.ts';
import { firewallActions, planDrops, withoutNested } from '../drop-plan.ts';
import { createNetworkGuard } from '../network-guard.ts';
import { measureOf } from '../sample-measures.ts';
import { createKernelSets } from './sets.ts';
import { openKernelLink, type LinkTimes } from './link.ts';

const nowMs = 1_000_000;
const drop = (client: string, forSeconds = 600): Measure => measureOf({ id: `m-${client}`, scope: { client }, expiresAt: nowMs + forSeconds * 1000 });

function begin(context: TestContext, times: Partial<LinkTimes> = {}) {
  const path = join(scratchDirectory(context, 'link'), 'kernel.sock');
  const said: EventBody[] = [];
  const scripts: string[] = [];
  const trouble: string[] = [];
  const world = { measures: [] as Measure[], nowMs };
  const helper = async (never = '10.20.0.0/16') => {
    const nft = {
      run: (script: string) => {
        const why = !script.includes('element') && !script.includes('flush') ? undefined : trouble.shift();
        if (why !== undefined) return Promise.reject(new Error(why));
        scripts.push(script);
        return Promise.resolve();
      },
      counter: () => Promise.resolve('"packets": 5, "bytes": 300'),
      elements: () => Promise.resolve('elements = { 192.0.2.0/24 counter packets 12 bytes 720 timeout 5m, 198.51.100.0/24 timeout 5m }'),
    };
    const made = createKernelSets({ nft, guard: createNetworkGuard([{ network: never, whose: '--never' }]), ports: [25], say: () => undefined });
    await made.listen(path);
    let isClosed = false;
    const close = async (): Promise<void> => {
      if (!isClosed) await made.close();
      isClosed = true;
    };
    atEnd(context, close);
    return { close };
  };
  const guard = createNetworkGuard([]);
  const open = () => {
    const link = openKernelLink({
      path,
      record: (body) => said.push(body),
      now: () => world.nowMs,
      wanted: () => withoutNested(planDrops(world.measures, { atMs: world.nowMs, guard, actions: firewallActions, observing: false }).entries).kept,
      times: { retryMs: 20, gatherMs: 5, ...times },
    });
    atEnd(context, () => link.close());
    return link;
  };
  const last = (): string => scripts.at(-1) ?? '';
  const saw = (pattern: RegExp): Promise<boolean> => until(`a script like ${String(pattern)}`, () => pattern.test(last()));
  return { path, said, scripts, trouble, world, helper, open, last, saw };
}

test('what is wanted is in the kernel as soon as the helper is found, and an event says so', async (context) => {
  const { said, world, helper, open, saw } = begin(context);
  world.measures = [drop('192.0.2.0/24'), drop('192.0.2.7/32'), drop('2001:db8::/48')];
  await helper();
  const link = open();
  await saw(/blocked4 \{\n192\.0\.2\.0\/24 timeout 300s\n\}\n.*blocked6 \{\n2001:db8::\/48 timeout 300s/s);
  await until('it to be kept', () => link.state().state === 'kept');
  assert.deepEqual(
    said.map(({ type }) => type),
    ['kernel-helper-found'],
  );
  const { networks, packets, bytes, leftOut } = link.state();
  assert.deepEqual([networks, packets, bytes, leftOut], [2, 5, 300, 0]);
});

test('what was dropped of one network is asked of the helper: since it was sent last, and of nothing else', async (context) => {
  const { world, helper, open } = begin(context);
  world.measures = [drop('192.0.2.0/24'), drop('198.51.100.0/24'), drop('203.0.113.0/24')];
  const link = open();
  assert.equal(await link.count('192.0.2.0/24'), 'absent', 'no helper yet');
  await helper();
  await until('it to be kept', () => link.state().state === 'kept');
  link.changed(); // a question and an order at once do not get each other's answer
  assert.deepEqual(await link.count('192.0.2.0/24'), { packets: 12, bytes: 720, since: nowMs });
  assert.equal(await link.count('198.51.100.0/24'), 'uncounted');
  assert.equal(await link.count('203.0.113.0/24'), 'absent', "the helper's own guard has left it out");
  assert.equal(await link.count('192.0.2.7/32'), 'absent', 'the kernel was not told of it');
});

test('no time is longer than the lease, none longer than the measure', async (context) => {
  const { world, helper, open, saw } = begin(context, { leaseMs: 100_000 });
  world.measures = [drop('192.0.2.0/24', 3600), drop('198.51.100.0/24', 42)];
  await helper();
  open();
  await saw(/192\.0\.2\.0\/24 timeout 100s,\n198\.51\.100\.0\/24 timeout 42s/);
});

test('a change sends what came and what went, and nothing twice', async (context) => {
  const { scripts, world, helper, open, saw, last } = begin(context);
  world.measures = [drop('192.0.2.0/24'), drop('198.51.100.0/24')];
  await helper();
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  world.measures = [drop('198.51.100.0/24'), drop('203.0.113.0/24')];
  link.changed();
  link.changed();
  await saw(/^add element .* \{\n203\.0\.113\.0\/24 timeout 300s\n\}\n$/);
  assert.match(scripts.at(-2) ?? '', /^delete element .* \{\n192\.0\.2\.0\/24\n\}\n$/);
  await until('the count', () => link.state().networks === 2);
  assert.equal(scripts.filter((script) => script === last()).length, 1);
});

test('what ends by itself is not removed: the kernel has done it, and would refuse', async (context) => {
  const { scripts, world, helper, open, saw } = begin(context);
  world.measures = [drop('192.0.2.0/24', 10)];
  await helper();
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  world.nowMs += 10_000;
  world.measures = [drop('203.0.113.0/24')];
  link.changed();
  await saw(/^add element .*203\.0\.113/s);
  assert.ok(!scripts.some((script) => script.startsWith('delete element')));
});

test('where the kernel disagrees about a change, everything is sent', async (context) => {
  const { trouble, world, helper, open, saw } = begin(context);
  world.measures = [drop('192.0.2.0/24')];
  await helper();
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  trouble.push('nft says: element does not exist');
  world.measures = [drop('203.0.113.0/24')];
  link.changed();
  await saw(/^flush set .*203\.0\.113\.0\/24 timeout/s);
  assert.equal(link.state().state, 'kept');
});

test('when many go at once everything is sent: nft is slow to remove', async (context) => {
  const { scripts, world, helper, open, saw } = begin(context);
  world.measures = Array.from({ length: 40 }, (_, at) => drop(`198.51.100.${at}/32`));
  await helper();
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  world.measures = world.measures.slice(0, 2);
  link.changed();
  await saw(/^flush set .*198\.51\.100\.1\/32 timeout 300s\n\}\n$/s);
  assert.ok(!scripts.some((script) => script.startsWith('delete element')));
});

test('a measure that is renewed for longer is sent anew, or the kernel would forget it too soon', async (context) => {
  const { world, helper, open, saw } = begin(context);
  world.measures = [drop('192.0.2.0/24', 20)];
  await helper();
  const link = open();
  await saw(/timeout 20s/);
  await until('it to be kept', () => link.state().state === 'kept');
  world.measures = [drop('192.0.2.0/24', 200)];
  link.changed();
  await saw(/^flush set .*timeout 200s/s);
});

test('everything is confirmed again and again, so that nothing in force runs out', async (context) => {
  const { scripts, world, helper, open } = begin(context, { confirmMs: 20 });
  world.measures = [drop('192.0.2.0/24')];
  await helper();
  open();
  await until('three confirmations', () => scripts.filter((script) => script.startsWith('flush set')).length >= 3);
});

test('a helper that goes is told once, and one that comes back is given the whole set', async (context) => {
  const { said, scripts, world, helper, open } = begin(context);
  world.measures = [drop('192.0.2.0/24')];
  const first = await helper();
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  await first.close();
  await until('it to be lost', () => link.state().state === 'lost');
  assert.equal(link.state().networks, 0);
  world.measures = [drop('198.51.100.0/24')];
  link.changed(); // nobody to tell: it goes with the whole set
  scripts.length = 0;
  await helper();
  await until('it to be kept again', () => link.state().state === 'kept');
  assert.ok(scripts.some((script) => /^flush set .*198\.51\.100\.0\/24/s.test(script)));
  assert.deepEqual(
    said.map(({ type }) => type),
    ['kernel-helper-found', 'kernel-helper-lost', 'kernel-helper-found'],
  );
});

test('a helper that was never there is told, with the reason', async (context) => {
  const { said, open } = begin(context);
  const link = open();
  await until('it to be said', () => said.length > 0);
  assert.match(link.state().why ?? '', /ENOENT/);
  assert.deepEqual(
    said.map(({ type }) => type),
    ['kernel-helper-lost'],
  );
});

test("networks that the helper's own guard leaves out are seen", async (context) => {
  const { world, helper, open } = begin(context);
  world.measures = [drop('192.0.2.0/24'), drop('203.0.113.0/24')];
  await helper('203.0.113.77/32');
  const link = open();
  await until('it to be kept', () => link.state().state === 'kept');
  const { networks, leftOut, leftOutWhy } = link.state();
  assert.deepEqual([networks, leftOut, leftOutWhy], [1, 1, '203.0.113.0/24 touches 203.0.113.77/32 (--never)']);
});

test('a kernel that refuses everything is no helper, and the reason is seen', async (context) => {
  const { trouble, said, world, helper, open } = begin(context);
  world.measures = [drop('192.0.2.0/24')];
  trouble.push(...Array.from({ length: 50 }, () => 'nft says: Operation not permitted'));
  await helper();
  const link = open();
  await until('it to be said', () => said.length > 0);
  assert.deepEqual([said[0]?.type, link.state().state], ['kernel-helper-lost', 'lost']);
  assert.match(link.state().why ?? '', /not permitted/);
});

for (const [what, answer] of [
  ['speaks another language', 'HTTP/1.1 400 Bad Request\r\n'],
  ['never ends its line', 'x'.repeat(1000)],
  ['says nothing', ''],
] as const) {
  test(`whoever listens there and ${what} is not taken for the helper`, async (context) => {
    const { path, open } = begin(context, { answerMs: 50 });
    const server = createServer((socket) => void socket.on('error', () => undefined).on('data', () => socket.write(answer)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    atEnd(context, () => server.close());
    const link = open();
    await until('it to be lost', () => /another language|does not answer/.test(link.state().why ?? ''));
    assert.equal(link.state().state, 'lost');
    link.close();
  });
}
