// The files of the spool: names, and the steps with which a segment is written. The steps can be replaced, so that tests can fail at each.
import { open, readdir } from 'node:fs/promises';

/** One open segment. */
export interface SegmentFile {
  /** All of it, or it rejects. */
  write(pieces: readonly Buffer[]): Promise<void>;
  /** Content and length are on the disk. */
  flush(): Promise<void>;
  cutTo(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentSteps {
  /** Makes a file that was not there. */
  create(path: string): Promise<SegmentFile>;
  flushFolder(dir: string): Promise<void>;
}

export const diskSteps: SegmentSteps = {
  create: async (path) => {
    const file = await open(path, 'ax', 0o600);
    return {
      write: async (pieces) => {
        const all = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
        for (let at = 0; at < all.length;) at += (await file.write(all, at)).bytesWritten;
      },
      flush: () => file.datasync(),
      cutTo: (bytes) => file.truncate(bytes),
      close: () => file.close(),
    };
  },
  flushFolder: async (dir) => {
    const folder = await open(dir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

const segmentPattern = /^(.+)-(\d{8})\.seg$/;

export const segmentName = (name: string, number: number): string => `${name}-${String(number).padStart(8, '0')}.seg`;
/** The log of what was done with a segment's messages stands beside it. */
export const marksName = (segment: string): string => segment.replace(/\.seg$/, '.marks');
export const isMarksName = (fileName: string): boolean => fileName.endsWith('.marks');

/** Whose segment it is, and which; null for other files. */
export function parseSegmentName(fileName: string): { readonly name: string; readonly number: number } | null {
  const match = segmentPattern.exec(fileName);
  return match?.[1] === undefined ? null : { name: match[1], number: Number(match[2]) };
}

/** One more than the last there is. */
export async function nextSegmentNumber(dir: string, name: string): Promise<number> {
  const numbers = (await readdir(dir)).flatMap((fileName) => {
    const parsed = parseSegmentName(fileName);
    return parsed?.name === name ? [parsed.number] : [];
  });
  return Math.max(0, ...numbers) + 1;
}
