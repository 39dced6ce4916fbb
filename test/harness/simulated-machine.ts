// The machine as a mail server under private mounts sees it: a load average of the test's own, a system log that is read, a small disk.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, scratchDirectory, startProcess, atEnd, type Owner } from './scratch.ts';
import { peerPath } from './peer.ts';
import type { Overlay } from './private-mounts.ts';
import { until } from './until.ts';

/** A load average that is what the test says; all three spans are the same. */
export function simulatedLoad(owner: Owner, load: number): { readonly overlays: readonly Overlay[]; set(load: number): void } {
  const file = join(scratchDirectory(owner, 'load'), 'loadavg');
  // Written in place: what is mounted is the file, not its name.
  const set = (value: number): void => writeFileSync(file, `${Array.from({ length: 3 }, () => value.toFixed(2)).join(' ')} 1/100 1000\n`);
  set(load);
  return { overlays: [{ from: file, over: '/proc/loadavg' }], set };
}

/** Datagrams of /dev/log, one line each in a file. Node has no such sockets. */
const listener = `
  socket(my $log, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($log, sockaddr_un($ARGV[0])) or die $!;
  chmod 0666, $ARGV[0];
  open(my $file, '>>', $ARGV[1]) or die $!;
  $file->autoflush(1);
  while (defined recv($log, my $message, 65535, 0)) { $message =~ s/[\\n\\0]+$//; print $file "$message\\n" }`;

/** A /dev of its own whose `log` is ours: what the server says to syslog is read. */
export async function syslogHeard(owner: Owner): Promise<{ readonly overlays: readonly Overlay[]; readonly file: string; log(): string }> {
  const directory = scratchDirectory(owner, 'syslog');
  const devices = join(directory, 'dev');
  const file = join(directory, 'messages');
  mkdirSync(devices);
  const nodes = ['null', 'zero', 'random', 'urandom', 'tty'];
  for (const node of nodes) writeFileSync(join(devices, node), '');
  writeFileSync(file, '');
  startProcess(owner, peerPath('perl'), ['-MSocket', '-MIO::Handle', '-e', listener, join(devices, 'log'), file]);
  await until('the system log to listen', async () => (await runProgram('test', ['-S', join(devices, 'log')])).code === 0);
  return {
    overlays: [...nodes.map((node) => ({ from: `/dev/${node}`, over: join(devices, node) })), { from: devices, over: '/dev' }],
    file,
    log: () => readFileSync(file, 'utf8'),
  };
}

/** A disk of its own, in memory, which belongs to `uid`; `leave` fills it until so many bytes are free. */
export async function smallDisk(owner: Owner, bytes: number, uid = 0): Promise<{ readonly path: string; leave(free: number): Promise<void> }> {
  const path = scratchDirectory(owner, 'disk');
  const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=755,uid=${uid}`, 'tmpfs', path]);
  if (mounted.code !== 0) throw new Error(`mount: ${mounted.stderr}`);
  atEnd(owner, () => runProgram('umount', ['--lazy', path]));
  const filling = join(path, 'filling');
  return {
    path,
    async leave(free) {
      writeFileSync(filling, '');
      const { stdout } = await runProgram('df', ['--output=avail', '-B1', path]);
      writeFileSync(filling, Buffer.alloc(Math.max(0, Number(stdout.split('\n')[1]) - free)));
    },
  };
}
