import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { atEnd, scratchDirectory, type Owner } from '../../test/harness/scratch.ts';
import { createAccess } from '../web/access.ts';
import { sampleHouse, sampleQuota } from '../web/sample-house.ts';
import { createWeb } from '../web/server.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { quota } from '${new URL('quota.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [quota]);`;

/** A daemon on control.sock, and the command run against it. */
async function start(t: Owner) {
  const state = scratchDirectory(t, 'quota');
  const house = sampleHouse();
  const access = createAccess({ bearerOf: () => null, isLoopback: () => true, record: () => undefined, now: () => 0 });
  const web = createWeb(house, { version: '0', access, allowedHosts: () => [], onFault: (error) => assert.fail(String(error)) });
  await web.listenControl(join(state, 'control.sock'));
  atEnd(t, () => web.close());
  const run = async (...words: readonly string[]) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'quota', ...words, '--state', state], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
    const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
    return { out, err, code };
  };
  return { house, run };
}

test('list and show: a line an account with what is used of what, or JSON Lines', async (t) => {
  const { run } = await start(t);
  assert.equal(
    (await run('list')).out,
    'user bob  outside/h 400 of 500  inside/h 0 of 1000  all/day no limit  raised 10 times until 2026-11-22T09:00:00.000Z by anna\n',
  );
  assert.deepEqual(JSON.parse((await run('list', '--json')).out), sampleQuota);
  const shown = JSON.parse((await run('show', '10.20.0.0/24', '--kind', 'network', '--json')).out) as typeof sampleQuota;
  assert.deepEqual([shown.account, shown.raised], ['network 10.20.0.0/24', null]);
  assert.deepEqual(await run('show', 'x', '--kind', 'planet'), { out: '', err: 'floodgate: kind is one of user, host, network, customer\n', code: 1 });
});

test('raise: ten times as much by itself, no limit with --lift, and a time that is understood', async (t) => {
  const { run, house } = await start(t);
  const before = Date.now();
  assert.match((await run('raise', 'bob', '--for', '24h')).out, /^user bob {2}/);
  await run('raise', 'bob', '--for', '1h', '--lift', '--json');
  const bodies = house.asked.map((asked) => JSON.parse(/^raise (.*) by /.exec(asked)?.[1] ?? '') as { user: string; until: string; times: number | null });
  assert.deepEqual(
    bodies.map(({ user, times }) => [user, times]),
    [
      ['bob', 10],
      ['bob', null],
    ],
  );
  const lasting = Date.parse(bodies[0]?.until ?? '') - before;
  assert.ok(lasting >= 86_400_000 && lasting < 86_400_000 + 60_000);
  assert.deepEqual(await run('raise', 'bob', '--for', 'ever'), {
    out: '',
    err: 'floodgate: --for ever is not understood; write it like 24h or 2d\n',
    code: 2,
  });
});

test('lower: what the gateway refuses is one line and exit 1', async (t) => {
  const { run } = await start(t);
  assert.deepEqual(await run('lower', 'bob'), { out: '', err: 'floodgate: the quota of bob is not raised\n', code: 1 });
});
