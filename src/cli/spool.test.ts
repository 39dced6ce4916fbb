import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { atEnd, scratchDirectory, type Owner } from '../../test/harness/scratch.ts';
import { createAccess } from '../web/access.ts';
import { sampleHouse } from '../web/sample-house.ts';
import { createWeb } from '../web/server.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { spool } from '${new URL('spool.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [spool]);`;

/** Runs `floodgate spool` with these words against a daemon where one message waits for the hub. */
async function run(t: Owner, ...words: readonly string[]) {
  const state = scratchDirectory(t, 'spool');
  const access = createAccess({ bearerOf: () => null, isLoopback: () => true, record: () => undefined, now: () => 0 });
  const web = createWeb(sampleHouse(), { version: '0', access, allowedHosts: () => [], onFault: (error) => assert.fail(String(error)) });
  await web.listenControl(join(state, 'control.sock'));
  atEnd(t, () => web.close());
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'spool', ...words, '--state', state], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err };
}

test('one message waits and is tried: the words fit the number', async (t) => {
  assert.match((await run(t, 'list')).out, /\n1 waits for hub: connection refused\n1 waits\n$/);
  assert.equal((await run(t, 'retry', 'hub')).out, '1 is tried now\n');
});

test('a route that nothing waits for is answered with those that mail has waited for', async (t) =>
  assert.equal((await run(t, 'retry', 'nonsense')).err, 'floodgate: nothing waits for that route; mail has waited for: hub\n'));
