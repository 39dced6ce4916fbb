// Puts a kept file into a queue again: owner, mode and time as they were, on the disk before it has its name.
import { chmod, chown, constants, copyFile, open, rename, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Announcement, type KeptFile, QueueTrouble } from './mail-queue.ts';

/** Waits until a file's octets, or a folder's names, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Copies the kept file to a name that the queue's programs pass over. */
export async function layDown({ path, uid, gid, mode, mtimeMs }: KeptFile, temporary: string): Promise<void> {
  await copyFile(path, temporary);
  await chown(temporary, uid, gid);
  await chmod(temporary, mode);
  await utimes(temporary, mtimeMs / 1000, mtimeMs / 1000);
  await syncPath(temporary);
}

/** Gives it its name, for good when the promise resolves. */
export async function giveName(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  await syncPath(dirname(path));
}

/**
 * Puts the files of a message back where they were, the last one last, which makes it a message. Cut off at any point and done again, it is there
 * once: the name is announced when all is laid down, and a temporary file that is gone then was given its name.
 */
export async function putFiles(
  id: string,
  files: readonly KeptFile[],
  temporaryOf: (file: KeptFile) => string,
  { before, announce }: Announcement,
): Promise<string> {
  const last = files.at(-1);
  if (last === undefined) throw new QueueTrouble(`${id} has no kept file`);
  if (before !== null && !(await isThere(temporaryOf(last)))) return before;
  if (await isThere(last.home)) return id; // it had not left its queue
  for (const file of files) await layDown(file, temporaryOf(file));
  await announce(id);
  for (const file of files) await giveName(temporaryOf(file), file.home);
  return id;
}

/** Whether there is something of this name. */
export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A copy of a queue's file, on the disk when the promise resolves (the name in its folder is not yet). */
export async function keepCopy(name: string, home: string, path: string): Promise<KeptFile> {
  const { uid, gid, mode, mtimeMs } = await stat(home);
  await copyFile(home, path, constants.COPYFILE_EXCL);
  await chmod(path, 0o600);
  await syncPath(path);
  return { name, path, home, uid, gid, mode: mode & 0o7777, mtimeMs };
}
