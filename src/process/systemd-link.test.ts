import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { until } from '../../test/harness/until.ts';
import { openSystemdLink, type SystemdLinkParts } from './systemd-link.ts';

/** A systemd-notify that notes what it is told; told to, it kills the shell that runs it. */
function start(t: TestContext, changes: Partial<SystemdLinkParts> & { readonly env?: NodeJS.ProcessEnv } = {}) {
  const folder = scratchDirectory(t, 'systemd-link');
  const notes = join(folder, 'notes');
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\nprintf '%s|%s\\n' "$NOTIFY_SOCKET" "$*" >> ${notes}\ncase "$1" in *deadly*) kill -9 $PPID ;; esac\n`);
  chmodSync(program, 0o755);
  const env = { PATH: [folder, process.env['PATH']].join(delimiter), NOTIFY_SOCKET: '/run/some.sock', SECRET: 'x', ...changes.env };
  const manager = openSystemdLink({ pids: [10, 11], lookEveryMs: 20, ...changes, env });
  t.after(() => manager.close());
  const told = (): readonly string[] => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
  const words = (): readonly string[] => told().map((line) => line.slice(line.indexOf('|') + 1));
  return { manager, told, words };
}

const well = { ready: true, lives: true, trouble: [] };

test('what is said arrives in order, one message a call, at the socket that was given', async (t) => {
  const { manager, told } = start(t);
  manager.ready();
  manager.reloading();
  manager.ready();
  manager.stopping();
  manager.close();
  manager.ready();
  await until('all of it', () => told().length >= 4);
  assert.deepEqual(told(), ['/run/some.sock|READY=1', '/run/some.sock|RELOADING=1', '/run/some.sock|READY=1', '/run/some.sock|STOPPING=1']);
});

test('how it stands is told when it changes; a text with line ends cannot say STOPPING=1', async (t) => {
  const { manager, words } = start(t);
  let trouble: readonly string[] = [];
  let looks = 0;
  manager.watch(() => {
    looks += 1;
    return { ready: true, lives: true, trouble };
  });
  await until('a few looks', () => looks > 3);
  trouble = ['hub\nSTOPPING=1\u0000is away', 'another', 'a third'];
  await until('the trouble', () => words().length >= 2);
  trouble = [];
  await until('the end of it', () => words().length >= 3);
  assert.deepEqual(words(), ['STATUS=taking mail', 'STATUS=taking mail: hub STOPPING=1 is away, and 2 more (floodgate status)', 'STATUS=taking mail']);
});

const watchdogs: readonly [env: NodeJS.ProcessEnv, expected: boolean, why: string][] = [
  [{ WATCHDOG_USEC: '30000000' }, true, 'it is wanted'],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '10' }, true, 'of this process'],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '11' }, true, 'of our launcher, which is all the manager knows'],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '12' }, false, 'of another process'],
  [{ WATCHDOG_USEC: '0' }, false, 'none'],
  [{}, false, 'nobody watches'],
];
for (const [env, expected, why] of watchdogs)
  test(`${JSON.stringify(env)}: ${expected ? 'tells that it lives' : 'says nothing of living'}: ${why}`, async (t) => {
    const { manager, words } = start(t, { env });
    manager.watch(() => well);
    manager.stopping();
    await until('all that was said', () => words().includes('STOPPING=1'));
    assert.equal(words().includes('WATCHDOG=1'), expected);
  });

test('a gateway that takes no mail does not say that it lives: whoever watches starts it anew', async (t) => {
  const { manager, words } = start(t, { env: { WATCHDOG_USEC: '30000000' } });
  manager.watch(() => ({ ready: false, lives: false, trouble: ['door smtp-1 is down'] }));
  manager.stopping();
  await until('all that was said', () => words().includes('STOPPING=1'));
  assert.deepEqual(words(), ['STATUS=NOT READY: door smtp-1 is down', 'STOPPING=1']);
});

test('a full disk, for which mail is put off, is no reason to be started anew', async (t) => {
  const { manager, words } = start(t, { env: { WATCHDOG_USEC: '30000000' } });
  manager.watch(() => ({ ready: false, lives: true, trouble: ['the disk is full'] }));
  manager.stopping();
  await until('all that was said', () => words().includes('STOPPING=1'));
  assert.deepEqual(words().slice(0, 2), ['WATCHDOG=1', 'STATUS=NOT READY: the disk is full']);
});

test('a shell that is killed is replaced: or the watchdog would end a gateway that is well', async (t) => {
  const { manager, words } = start(t, { env: { WATCHDOG_USEC: '30000000' } });
  let trouble = ['deadly'];
  manager.watch(() => ({ ready: true, lives: true, trouble }));
  await until('it to have been killed', () => words().some((line) => line.includes('deadly')));
  trouble = [];
  await until('another', () => words().lastIndexOf('WATCHDOG=1') > words().findIndex((line) => line.includes('deadly')) + 1);
});

test('where nobody listens nothing is started', (t) => {
  const { manager, words } = start(t, { env: { NOTIFY_SOCKET: '' } });
  manager.ready();
  manager.watch(() => assert.fail('nobody wants to know'));
  assert.deepEqual(words(), []);
});
