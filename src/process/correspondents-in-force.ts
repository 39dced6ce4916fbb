// What all doors remember of correspondents, as the keeper holds it: merged, passed on, and kept over a restart.
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Correspondents, type ReputeChange } from '../facts/correspondents.ts';

/** Written again after so long where something has changed, in milliseconds: what a crash loses is learned again. */
const saveEveryMs = 60_000;

export interface CorrespondentsInForce {
  /** What a door is started with. */
  text(): string;
  take(changes: readonly ReputeChange[]): void;
  readonly size: number;
  close(): Promise<void>;
}

export interface CorrespondentsInForceParts {
  /** The state directory. */
  readonly dir: string;
  trouble(why: string): void;
}

/** Reads what an earlier run has left; a file that cannot be read is told, and the gateway begins knowing nobody. */
export async function openCorrespondentsInForce({ dir, trouble }: CorrespondentsInForceParts): Promise<CorrespondentsInForce> {
  const file = join(dir, 'correspondents');
  const known = new Correspondents({ now: Date.now });
  known.addText(await textOf(file, trouble));
  let changed = false;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (!changed) return saving;
    changed = false;
    saving = saving.then(() => replace(file, known.toText())).catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
    return saving;
  };
  const timer = setInterval(() => void save(), saveEveryMs).unref();
  return {
    text: () => known.toText(),
    take: (changes) => {
      known.merge(changes);
      changed = true;
    },
    get size() {
      return known.size;
    },
    close: () => {
      clearInterval(timer);
      return save();
    },
  };
}

async function textOf(file: string, trouble: (why: string) => void): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) trouble(`${file} cannot be read: ${String(error)}`);
    return '';
  }
}

/** A crash leaves the old file or the new one, whole. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o640);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
