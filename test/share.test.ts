// The files of share/ as systemd itself reads them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const skip = spawnSync('systemd-analyze', ['--version']).status === 0 ? false : 'systemd-analyze is not on this machine';

/** Exposure by `systemd-analyze security`, of 10; most units of a distribution have 9. What is left is the network and port 25. */
const mostExposure = 2;

/** The unit files in a folder of their own, with a program in place of one that is not installed here. */
async function copyUnits(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-units-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const name of ['floodgate.service', 'floodgate.socket']) {
    const unit = await readFile(new URL(`../share/${name}`, import.meta.url), 'utf8');
    await writeFile(join(folder, name), unit.replaceAll('/usr/local/bin/floodgate', '/bin/true'));
  }
  return folder;
}

test('systemd finds nothing wrong with the units', { skip }, async (context) => {
  const folder = await copyUnits(context);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(folder, 'floodgate.service'), join(folder, 'floodgate.socket')], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('the service can do little besides its work, in the opinion of systemd', { skip }, async (context) => {
  const folder = await copyUnits(context);
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', join(folder, 'floodgate.service')], { encoding: 'utf8' });
  const exposure = Number(/Overall exposure level for floodgate\.service: ([\d.]+)/.exec(stdout)?.[1]);
  assert.ok(exposure <= mostExposure, `exposure ${exposure}`);
});

test('the manager waits longer than a drain takes, and signals the main process only', async () => {
  const unit = await readFile(new URL('../share/floodgate.service', import.meta.url), 'utf8');
  const options = await readFile(new URL('../src/config/options.ts', import.meta.url), 'utf8');
  const drain = Number(/drain: duration\('(\d+)s'\)/.exec(options)?.[1]);
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) > drain);
  assert.match(unit, /^KillMode=mixed$/m);
});
