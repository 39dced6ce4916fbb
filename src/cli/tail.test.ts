import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { until } from '../../test/harness/until.ts';
import { createLiveEvents } from '../events/live.ts';
import { sampleEvents } from '../events/sample-events.ts';
import { sampleHouse } from '../web/sample-house.ts';
import { createWeb } from '../web/server.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { tail } from '${new URL('tail.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [tail]);`;
const event = { at: Date.UTC(2026, 10, 21), door: 'smtp-1', seq: 1, ...sampleEvents['message-finished'] };
const line = `${JSON.stringify(event)}\n`;

/** A daemon that lets one watch, and `tail` watching it. */
async function start(context: TestContext, ...words: readonly string[]) {
  const state = scratchDirectory(context, 'tail');
  const live = createLiveEvents(Date.now, { watchers: 1, linesPerBatch: 2 });
  const access = () => ({ kind: 'granted', bearer: null }) as const;
  const web = createWeb(sampleHouse({ live: live.watch }), { version: '0', access, allowedHosts: () => [], onFault: (error) => assert.fail(String(error)) });
  context.after(() => web.close());
  await web.listenControl(join(state, 'control.sock'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'tail', ...words, '--state', state], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  const closed = once(child, 'close').then(([code]) => code as number | null);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
  await until('tail to watch', () => live.watchers === 1 || child.exitCode !== null);
  return { live, web, child, closed, err: () => said };
}

test('each decision is a line for people, what was missed is told apart, and the end of the gateway is told', async (context) => {
  const { live, web, child, closed, err } = await start(context);
  live.publish(line.repeat(5));
  const out = text(child.stdout);
  await until('the gap to be told', () => err() === 'floodgate: 3 events were too many to show here; the journal has them\n');
  await web.close();
  assert.equal(await closed, 0);
  assert.match(await out, /^(2026-11-21T00:00:00\.000Z info smtp-1 message-finished session=\S+ ip=192\.0\.2\.7 ref=\S+ .*\n){2}$/);
  assert.match(err(), /\nfloodgate: the gateway has ended\n$/);
});

test('for programs it is the event as the journal has it, and Control-C is no trouble', async (context) => {
  const { live, child, closed, err } = await start(context, '--json');
  const out = text(child.stdout);
  live.publish(line);
  child.stdout.once('data', () => child.kill('SIGINT'));
  assert.equal(await closed, 0);
  assert.equal(await out, line);
  assert.equal(err(), '');
});
