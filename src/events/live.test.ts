import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLiveEvents, type LiveLimits, type LiveWatcher } from './live.ts';

const decision = (seq: number): string => `{"at":1,"door":"smtp-1","seq":${seq},"type":"message-finished"}`;
const chatty = (seq: number): string => `{"at":1,"door":"smtp-1","seq":${seq},"type":"session-opened"}`;
const batch = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function start(limits: Partial<LiveLimits> = {}) {
  const clock = { now: 0 };
  const live = createLiveEvents(() => clock.now, limits);
  const watch = (all = false): LiveWatcher => live.watch({ all }) ?? assert.fail('may not watch');
  const next = async (watcher: LiveWatcher): Promise<string> => {
    const item = await watcher.next();
    return item.kind === 'event'
      ? String((JSON.parse(item.line) as { readonly seq: number }).seq)
      : item.kind === 'missed'
        ? `missed ${item.missed}`
        : item.kind;
  };
  return { clock, live, watch, next };
}

test('decisions go to everyone, chatter to those who want all, in order', async () => {
  const { live, watch, next } = start();
  const [some, all] = [watch(), watch(true)];
  const early = next(some);
  live.publish(batch(chatty(1), decision(2), chatty(3)));
  live.publish(batch(decision(4)));
  assert.deepEqual([await early, await next(some)], ['2', '4']);
  assert.deepEqual([await next(all), await next(all), await next(all), await next(all)], ['1', '2', '3', '4']);
});

test('a slow watcher misses a counted number, is told where, and nobody else misses anything', async () => {
  const { live, watch, next } = start({ queue: 3 });
  const [slow, quick] = [watch(), watch()];
  for (let seq = 1; seq <= 10; seq++) {
    live.publish(batch(decision(seq)));
    assert.equal(await next(quick), String(seq));
  }
  assert.deepEqual([await next(slow), await next(slow), await next(slow), await next(slow)], ['1', '2', '3', 'missed 7']);
  live.publish(batch(decision(11)));
  assert.equal(await next(slow), '11');
});

test('after a gap nothing newer comes before the gap is told', async () => {
  const { live, watch, next } = start({ queue: 2 });
  const watcher = watch();
  live.publish(batch(decision(1), decision(2), decision(3)));
  assert.equal(await next(watcher), '1');
  live.publish(batch(decision(4)));
  assert.deepEqual([await next(watcher), await next(watcher)], ['2', 'missed 2']);
});

test('of a flood in one batch only the beginning is looked at', async () => {
  const { live, watch, next } = start({ linesPerBatch: 2 });
  const watcher = watch();
  live.publish(batch(decision(1), decision(2), decision(3), decision(4)));
  assert.deepEqual([await next(watcher), await next(watcher), await next(watcher)], ['1', '2', 'missed 2']);
});

test('so many may watch and no more; who leaves makes room', async () => {
  const { live, watch, next } = start({ watchers: 2 });
  const [first] = [watch(), watch()];
  assert.equal(live.watch({ all: false }), null);
  first.close();
  assert.equal(await next(first), 'closed');
  watch();
  assert.equal(live.watchers, 2);
});

test('who takes nothing for a minute while its queue is full loses its place: its connection is dead', () => {
  const { live, watch, clock } = start({ queue: 1, patienceMs: 60_000 });
  watch();
  live.publish(batch(decision(1)));
  clock.now = 60_000;
  live.publish(batch(decision(2)));
  assert.equal(live.watchers, 1);
  clock.now = 60_001;
  live.publish(batch(decision(3)));
  assert.equal(live.watchers, 0);
});
