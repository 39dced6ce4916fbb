// Exim, OpenSMTPD and Sendmail have paths and users compiled in. Each runs in a mount namespace of its own, where private
// directories lie over those paths and a private /etc/passwd names its users: nothing of the machine is touched, several run at once.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A private file or directory laid over a path of the machine. */
export interface Overlay {
  readonly from: string;
  readonly over: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Arguments for `unshare`: mounts, then becomes the program. The process id stays the program's, and the kernel unmounts when it ends. */
export function underMounts(overlays: readonly Overlay[], command: readonly string[]): readonly string[] {
  const mounts = overlays.map(({ from, over }) => `mount --rbind ${quote(from)} ${quote(over)}`);
  return ['--mount', '--propagation', 'private', 'sh', '-c', [...mounts, 'exec "$@"'].join(' && '), 'sh', ...command];
}

/** A user that exists only in the private /etc/passwd. */
export interface PrivateUser {
  readonly name: string;
  readonly uid: number;
  readonly home?: string;
  readonly shell?: string;
}

/** Copies of passwd and group with more users in them, as overlays; each user has a group of its own name and number. */
export function privateUsers(directory: string, users: readonly PrivateUser[]): readonly Overlay[] {
  mkdirSync(directory, { recursive: true });
  const known = (line: string): boolean => users.some(({ name }) => line.startsWith(`${name}:`));
  const keep = (path: string): string[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !known(line));
  const passwd = users.map(({ name, uid, home = '/nonexistent', shell = '/usr/sbin/nologin' }) => `${name}:x:${uid}:${uid}::${home}:${shell}`);
  const group = users.map(({ name, uid }) => `${name}:x:${uid}:`);
  writeFileSync(join(directory, 'passwd'), `${[...keep('/etc/passwd'), ...passwd].join('\n')}\n`);
  writeFileSync(join(directory, 'group'), `${[...keep('/etc/group'), ...group].join('\n')}\n`);
  return [
    { from: join(directory, 'passwd'), over: '/etc/passwd' },
    { from: join(directory, 'group'), over: '/etc/group' },
  ];
}
