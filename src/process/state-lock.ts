// One instance a state directory: an exclusive lock that the kernel takes back when the process dies, however it dies.
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/** SQLITE_BUSY: somebody else holds the lock. */
const busy = 5;

/** Takes the lock; not ok when another process has it. Release is by `close` or by dying. Throws when the directory cannot be used. */
export function lockState(dir: string): { readonly ok: true; close(): void } | { readonly ok: false } {
  const database = new DatabaseSync(join(dir, 'lock'));
  try {
    // Node has no flock; SQLite's exclusive transaction is the same kernel lock (fcntl), and needs no native module.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    // A full or broken disk is not another gateway.
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return { ok: false };
    throw error;
  }
  return { ok: true, close: () => database.close() };
}
