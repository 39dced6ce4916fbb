// Changing the users file: a new file is written beside it and put in its place, so that a door never reads half of it.
import { constants } from 'node:fs';
import { open, readFile, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Another edit of the same file is under way, or one was interrupted. */
export class UsersFileBusy extends Error {}

/** Replaces the file's text by what `change` makes of it; null leaves the file alone. A new file is readable by its owner only. */
export async function editUsersFile(path: string, change: (text: string) => string | null): Promise<void> {
  const file = await realpath(path).catch(() => path); // a link stays a link
  const beside = `${file}.new`;
  const fresh = await openNew(beside);
  try {
    const text = change(await textOf(file));
    if (text === null) {
      await fresh.close();
      await unlink(beside);
      return;
    }
    await fresh.writeFile(text);
    await likeBefore(fresh, file);
    await fresh.sync();
    await fresh.close();
    await rename(beside, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await fresh.close().catch(() => undefined);
    await unlink(beside).catch(() => undefined);
    throw error;
  }
}

async function openNew(beside: string): Promise<FileHandle> {
  try {
    return await open(beside, 'wx', 0o600);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    throw new UsersFileBusy(`${beside} is there: another \`floodgate users\` is at work, or one was interrupted; then remove it`);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Owner and group as before (root edits what the gateway's user must read), or of the folder; never more rights than rw-r-----. */
async function likeBefore(fresh: FileHandle, file: string): Promise<void> {
  const before = await stat(file).catch(() => null);
  const owner = before ?? (await stat(dirname(file)));
  if (process.getuid?.() === 0) await fresh.chown(owner.uid, owner.gid);
  await fresh.chmod(0o600 | ((before?.mode ?? 0) & 0o040));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
