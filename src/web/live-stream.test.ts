import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { processorMs } from '../../test/harness/processor-time.ts';
import { watchDaemon } from '../cli/live.ts';
import { CliError } from '../cli/command-line.ts';
import { createLiveEvents } from '../events/live.ts';
import { liveStream } from './live-stream.ts';
import { sampleHouse } from './sample-house.ts';
import { createWeb } from './server.ts';

const line = (seq: number): string => `{"at":1,"door":"smtp-1","seq":${seq},"type":"message-finished"}`;

async function start(context: TestContext, queue = 1000) {
  const state = mkdtempSync(join(tmpdir(), 'live-'));
  context.after(() => rmSync(state, { recursive: true }));
  const live = createLiveEvents(Date.now, { watchers: 1, queue });
  const access = () => ({ kind: 'granted', bearer: null }) as const;
  const web = createWeb(sampleHouse({ live: live.watch }), { version: '0', access, allowedHosts: () => [], onFault: (error) => assert.fail(String(error)) });
  context.after(() => web.close());
  await web.listenControl(join(state, 'control.sock'));
  return { live, state, web };
}

test('who watches over control.sock gets what is published, and who leaves makes room', async (context) => {
  const { live, state } = await start(context);
  const got: number[] = [];
  const leave = new AbortController();
  for await (const item of watchDaemon(state, { all: false, signal: leave.signal })) {
    if (item.kind === 'listening') {
      await assert.rejects(
        watchDaemon(state, { all: false, signal: leave.signal }).next(),
        (error) => error instanceof CliError && /as many watch/.test(error.message),
      );
      live.publish(`${line(1)}\n${line(2)}\n`);
    }
    if (item.kind === 'event') got.push(item.event.seq);
    if (got.length === 2) leave.abort();
  }
  assert.deepEqual(got, [1, 2]);
  while (live.watchers > 0) await new Promise(setImmediate);
});

test('the end of the daemon is the end of the stream, not an error', async (context) => {
  const { state, web } = await start(context);
  const kinds: string[] = [];
  for await (const item of watchDaemon(state, { all: true, signal: new AbortController().signal })) {
    kinds.push(item.kind);
    if (item.kind === 'listening') void web.close();
  }
  assert.deepEqual(kinds, ['listening']);
});

test('in silence a comment keeps the connection, and nothing that comes meanwhile is lost', async () => {
  const live = createLiveEvents(() => 0);
  const watcher = live.watch({ all: false });
  assert.ok(watcher);
  const reader = liveStream(watcher, 1).getReader();
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
  assert.equal(await read(), ': floodgate\n\n');
  assert.equal(await read(), ': still here\n\n');
  live.publish(`${line(7)}\n`);
  const seen = [await read(), await read(), await read()];
  assert.equal(seen.filter((text) => text === `data: ${line(7)}\n\n`).length, 1);
  await reader.cancel();
  assert.equal(live.watchers, 0);
});

test('a reader that takes nothing fills its own queue only: publishing never waits', () => {
  const live = createLiveEvents(() => 0, { queue: 5 });
  const watcher = live.watch({ all: false });
  assert.ok(watcher);
  liveStream(watcher);
  const before = processorMs();
  for (let seq = 0; seq < 10_000; seq++) live.publish(`${line(seq)}\n`);
  assert.ok(processorMs() - before < 2000);
});
