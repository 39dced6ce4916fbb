// What keeps a gateway from starting, or from being heard: it says so in one line and ends, or goes on with its mail; never half of each.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { layOutGateway, type Gateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd, ended, runProgram, stopProcess, type Owner } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { within } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const options = { hub: `127.0.0.1:${hub.port}`, config: { hub: { verifyRecipients: false } } };
const envelope = { from: 'x@sender.example', to: ['anna@hub.example'] } as const;

/** Tries to start it by the shell's words; what it said when it ended. */
async function ending(gateway: Gateway, prefix = '') {
  const finished = await within(
    15_000,
    'a gateway that cannot start to end',
    runProgram('/bin/sh', ['-c', `${prefix} exec "$0" "$@"`, process.execPath, program, 'run', '--config', gateway.configFile], {
      cwd: gateway.directory,
      env: { ...process.env, NO_COLOR: '1' },
    }),
  );
  return { code: finished.code, said: finished.stderr };
}

test('the web’s port is taken: exit 1 and one clear line, and no gateway stays behind', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  atEnd(t, () => taken.close());
  const { port } = taken.address() as AddressInfo;
  const { code, said } = await ending(await layOutGateway(t, { ...options, config: { web: { address: `127.0.0.1:${port}` } } }));
  assert.equal(code, 1);
  assert.match(said, new RegExp(`web cannot listen on 127\\.0\\.0\\.1:${port}`));
});

test('a door cannot listen although the port looked free: exit 1, and no gateway stays behind', async (t) => {
  const { code, said } = await ending(await layOutGateway(t, options), 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=mx'); // descriptor 3 is no socket
  assert.equal(code, 1);
  assert.match(said, /listener mx/);
});

test('a state directory that cannot be used is named, and not taken for that of another gateway', async (t) => {
  const gateway = await layOutGateway(t, options);
  mkdirSync(join(gateway.state, 'lock'), { recursive: true });
  const { code, said } = await ending(gateway);
  assert.equal(code, 1);
  assert.match(said, /state directory .* cannot be used/);
  assert.doesNotMatch(said, /another Floodgate|\n {4}at /);
});

test('whoever read its log has gone: mail flows on', async (t) => {
  const gateway = await layOutGateway(t, options);
  const child = spawn(process.execPath, [program, 'run', '--config', gateway.configFile], { cwd: gateway.directory, stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(t, () => stopProcess(child));
  await once(child.stdout, 'data');
  child.stderr.destroy();
  child.stdout.destroy();
  for (let i = 0; i < 3; i += 1) {
    const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { ...envelope, content: letter() });
    assert.equal(end?.code, 250);
    await gateway.event('message-finished'); // its log line has been written by then
  }
  child.kill('SIGTERM');
  await ended(child);
  assert.equal(child.exitCode, 0);
});
