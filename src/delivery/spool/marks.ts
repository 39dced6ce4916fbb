// What was done with the messages of a segment: a line a mark, beside the segment, with a check sum in front. Written as soon as the next
// hop has answered; a mark that is lost with the machine means one copy more, never a message less.
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32c } from '../../lib/crc32c.ts';
import { marksName } from './segment-file.ts';

/** A message that an operator has taken out of the traffic. `at` in milliseconds since the epoch; `wasHeld`: what an undo leads back to. */
export type Parked = { readonly state: 'held' } | { readonly state: 'discarded'; readonly at: number; readonly wasHeld: boolean };

/**
 * done: nothing is left to do. served: these recipients, as they were written, have it; the others have not. parked: an operator has stopped it, or (null)
 * let it go again; `served` is empty then, for versions that do not know the word.
 */
export type Mark =
  | { readonly id: string; readonly done: 'delivered' | 'held' | 'discarded' }
  | { readonly id: string; readonly served: readonly string[]; readonly parked?: Parked | null };

const flushFile = promisify(fdatasync);
const checkSum = (text: string): string => crc32c(Buffer.from(text)).toString(16).padStart(8, '0');

/** All sound marks of a segment, in their order; the last may be torn. */
export async function readMarks(dir: string, segment: string): Promise<readonly Mark[]> {
  const text = await readFile(join(dir, marksName(segment)), 'utf8').catch((error: unknown) => {
    // Without its marks all of the segment would be delivered again: only where there are none it may be read without.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    const mark = line.slice(9);
    return line.length > 9 && line.slice(0, 8) === checkSum(mark) ? [JSON.parse(mark) as Mark] : []; // our own words, as the check sum shows
  });
}

export class Marks {
  readonly #dir: string;
  readonly #open = new Map<string, { readonly file: number; isFlushed: boolean }>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Writes at once: what dies right behind this has said it. Throws where the disk fails. */
  write(segment: string, mark: Mark): void {
    const text = JSON.stringify(mark);
    let open = this.#open.get(segment);
    if (open === undefined) this.#open.set(segment, (open = { file: openSync(join(this.#dir, marksName(segment)), 'a', 0o600), isFlushed: true }));
    // A line feed first: a torn line before this one does not take it along.
    const octets = Buffer.from(`\n${checkSum(text)} ${text}`);
    if (writeSync(open.file, octets) < octets.length) throw new Error('the disk took a part of the line only');
    open.isFlushed = false;
  }

  /** Brings to the disk what was written since; for a machine that loses its power. */
  async flush(): Promise<void> {
    for (const open of this.#open.values()) {
      if (open.isFlushed) continue;
      open.isFlushed = true;
      await flushFile(open.file).catch(() => {}); // a segment and its marks may have gone meanwhile
    }
  }

  /** The segment first: marks without it say nothing, it without them would be delivered again. */
  async remove(segment: string): Promise<void> {
    this.#close(segment);
    await unlink(join(this.#dir, segment));
    await unlink(join(this.#dir, marksName(segment))).catch(() => {});
  }

  close(): void {
    for (const segment of this.#open.keys()) this.#close(segment);
  }

  #close(segment: string): void {
    const open = this.#open.get(segment);
    if (open !== undefined) closeSync(open.file);
    this.#open.delete(segment);
  }
}
