// The real look at the files that a configuration names; tests give another.
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FileLook } from './cross-check.ts';

/** A failed system call in plain words; only its code is used, never its text. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ELOOP: 'too many links',
  };
  return words[code] ?? (code === '' ? 'it cannot be read' : code);
}

const worldRead = 0o004;

export const realFiles: FileLook = {
  unreadable(path) {
    try {
      accessSync(path, constants.R_OK);
      return statSync(path).isDirectory() ? 'it is a folder' : null;
    } catch (error) {
      return whyUnreadable(error);
    }
  },
  unwritable(path) {
    try {
      accessSync(path, constants.W_OK);
      return null;
    } catch (error) {
      return whyUnreadable(error);
    }
  },
  worldReadable: (path) => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) % 0o10 >= worldRead,
  text(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  },
  room(path) {
    let at = resolve(path);
    while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
    try {
      const { bavail, blocks, bsize } = statfsSync(at);
      return { free: bavail * bsize, total: blocks * bsize };
    } catch {
      return null;
    }
  },
};
