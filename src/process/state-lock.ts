// One instance a state directory: an exclusive lock that the kernel takes back when the process dies, however it dies.
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/** Takes the lock or says who seems to have it; release is by `close` or by dying. */
export function lockState(dir: string): { readonly ok: true; close(): void } | { readonly ok: false } {
  const database = new DatabaseSync(join(dir, 'lock'));
  try {
    // Node has no flock; SQLite's exclusive transaction is the same kernel lock (fcntl), and needs no native module.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return { ok: false };
  }
  return { ok: true, close: () => database.close() };
}
