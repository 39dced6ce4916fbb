// A list kept in a file: one entry a line, `#` starts a comment, and the comment behind an entry is its reason.
import { readFile, stat } from 'node:fs/promises';
import type { Config } from '../config/options.ts';
import { parseEntry, type ListEntry } from './list-entry.ts';

export type ListConfig = Config['lists'][number];

export interface ListText {
  readonly entries: readonly ListEntry[];
  /** Lines that are no entries; the first few in words. */
  readonly badLines: number;
  readonly problems: readonly string[];
}

const shownProblems = 3;

/** Reads the text of a list file. A bad line costs that line only. */
export function parseListText(text: string, { name, matches, action }: Pick<ListConfig, 'name' | 'matches' | 'action'>): ListText {
  const entries: ListEntry[] = [];
  const problems: string[] = [];
  let badLines = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const hash = line.indexOf('#');
    const raw = (hash < 0 ? line : line.slice(0, hash)).trim();
    if (raw === '') continue;
    const parsed = parseEntry(matches, raw);
    if ('entry' in parsed) {
      const reason =
        hash < 0
          ? ''
          : line
              .slice(hash + 1)
              .trim()
              .slice(0, 200);
      entries.push({ list: name, matches, entry: parsed.entry, action, reason: reason === '' ? null : reason });
    } else if (++badLines <= shownProblems) problems.push(`line ${index + 1} ${parsed.wrong}`);
  }
  return { entries, badLines, problems };
}

/** What a look at a file found. `same`: not touched since the identity given. */
export type FileLook =
  | { readonly kind: 'same' }
  | { readonly kind: 'read'; readonly identity: string; readonly text: string }
  | { readonly kind: 'trouble'; readonly identity: string; readonly why: string };

/** Bytes of the largest list file: some four million addresses; more is a mistake and would stop the keeper for seconds. */
const maxBytes = 64 * 1024 * 1024;

/** Reads a file if it changed. Trouble is told once for each state of the file. */
export async function lookAt(file: string, lastIdentity: string): Promise<FileLook> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    const identity = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    if (identity === lastIdentity) return { kind: 'same' };
    if (size > maxBytes) return { kind: 'trouble', identity, why: `${file} is larger than ${maxBytes} bytes` };
    return { kind: 'read', identity, text: await readFile(file, 'utf8') };
  } catch (error) {
    const why = `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return why === lastIdentity ? { kind: 'same' } : { kind: 'trouble', identity: why, why };
  }
}
