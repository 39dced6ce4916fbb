// The files of share/ as systemd itself reads them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { missing } from './harness/peer.ts';

const skip = missing('systemd-analyze');

/** Exposure by `systemd-analyze security`, of 10; most units of a distribution have 9. What is left is the network and port 25. */
const mostExposure = 2;

const units = ['floodgate.service', 'floodgate.socket', 'floodgate-kernel.service'] as const;

/** The unit files in a folder of their own, with a program in place of one that is not installed here. */
async function copyUnits(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-units-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const name of units) {
    const unit = await readFile(new URL(`../share/${name}`, import.meta.url), 'utf8');
    await writeFile(join(folder, name), unit.replaceAll('/usr/local/bin/floodgate', '/bin/true'));
  }
  return folder;
}

test('systemd finds nothing wrong with the units', { skip }, async (context) => {
  const folder = await copyUnits(context);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...units.map((name) => join(folder, name))], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

for (const service of ['floodgate.service', 'floodgate-kernel.service'] as const) {
  test(`${service} can do little besides its work, in the opinion of systemd`, { skip }, async (context) => {
    const folder = await copyUnits(context);
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', join(folder, service)], { encoding: 'utf8' });
    const exposure = Number(/Overall exposure level for floodgate[-a-z]*\.service: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure <= mostExposure, `exposure ${exposure}`);
  });
}

test('only the helper may change the packet filter, and only the gateway may have port 25', async () => {
  const rights = async (name: string): Promise<string | undefined> =>
    /^CapabilityBoundingSet=(.*)$/m.exec(await readFile(new URL(`../share/${name}`, import.meta.url), 'utf8'))?.[1];
  assert.equal(await rights('floodgate.service'), 'CAP_NET_BIND_SERVICE');
  assert.equal(await rights('floodgate-kernel.service'), 'CAP_NET_ADMIN');
});

test('the manager waits longer than a drain takes, and signals the main process only', async () => {
  const unit = await readFile(new URL('../share/floodgate.service', import.meta.url), 'utf8');
  const options = await readFile(new URL('../src/config/options.ts', import.meta.url), 'utf8');
  const drain = Number(/drain: duration\('(\d+)s'\)/.exec(options)?.[1]);
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) > drain);
  assert.match(unit, /^KillMode=mixed$/m);
});
