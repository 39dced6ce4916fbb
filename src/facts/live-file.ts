// A small file of the operator's that is used as it is now: looked at again when it is needed and some time has passed. A changed file
// that cannot be used changes nothing, and is told once.
import { readFile, stat } from 'node:fs/promises';
import type { LineNote } from './users-file.ts';

export interface LiveFile<T> {
  /** What was read last and was good. */
  readonly current: T;
  /** Reads the file again if it has changed; at most once a second. Never rejects. */
  look(): Promise<void>;
}

export interface LiveFileOptions<T> {
  readonly file: string;
  readonly parse: (text: string) => T & { readonly errors: readonly LineNote[] };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once for each change that cannot be used. */
  readonly onTrouble: (errors: readonly string[]) => void;
}

/** A file is looked at again when this time has passed: a removed user is out after a second. */
const lookAgainMs = 1000;

/** Rejects when the file cannot be used at the start; the message names every line that is wrong. */
export async function openLiveFile<T>({ file, parse, now, onTrouble }: LiveFileOptions<T>): Promise<LiveFile<T>> {
  const read = async (): Promise<{ readonly parsed: ReturnType<typeof parse>; readonly print: string }> => {
    // The print is taken first: a change while we read shows at the next look.
    const fresh = await fingerprint(file);
    return { parsed: parse(await readFile(file, 'utf8')), print: fresh };
  };
  const first = await read();
  if (first.parsed.errors.length > 0) throw new Error(lineTexts(file, first.parsed.errors).join('\n'));
  let current: T = first.parsed;
  let { print } = first;
  let lookedAt = now();

  return {
    get current() {
      return current;
    },
    async look() {
      if (now() - lookedAt < lookAgainMs) return;
      lookedAt = now();
      try {
        if ((await fingerprint(file)) === print) return;
        const fresh = await read();
        print = fresh.print;
        if (fresh.parsed.errors.length > 0) onTrouble(lineTexts(file, fresh.parsed.errors));
        else current = fresh.parsed;
      } catch (error) {
        if (print !== 'unreadable') onTrouble([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
        print = 'unreadable';
      }
    },
  };
}

async function fingerprint(file: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(file);
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

const lineTexts = (file: string, notes: readonly LineNote[]): string[] => notes.map(({ line, message }) => `${file}:${line}: ${message}`);
