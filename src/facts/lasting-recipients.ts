// Recipients that next hops have taken, on the disk: a reload or a crash while a next hop is away must not make strangers of them, or mail that could wait is put off.
// A help, never a condition: what cannot be read or written is as if nobody had asked. One file a door; at the start all are read.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LruMap } from '../lib/lru-map.ts';

export interface LastingRecipients {
  /** Until when, in milliseconds since the epoch, the yes holds; null: there is none. */
  until(key: string): number | null;
  /** A next hop takes the recipient. */
  note(key: string, until: number): void;
  /** It does not take it any more. */
  drop(key: string): void;
  /** Writes what is not written yet. */
  close(): void;
}

export interface LastingRecipientsParts {
  /** `recipients` in the state directory; made when missing. */
  readonly dir: string;
  /** The name of this door: nobody else writes its file. */
  readonly name: string;
  /** Recipients kept at most; the one noted longest ago goes first. */
  readonly entries: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What was learned is written after so many ms: a crash loses no more. */
const writeAfterMs = 200;
const suffix = '.jsonl';

/** A line of a file: the recipient, until when the yes holds (0: no more), and when that was learned; milliseconds since the epoch. */
type Line = readonly [key: string, until: number, at: number];

export function openLastingRecipients({ dir, name, entries, now }: LastingRecipientsParts): LastingRecipients {
  const path = join(dir, `${name}${suffix}`);
  const known = new LruMap<string, { readonly until: number; readonly at: number }>({ capacity: entries, now });
  let unwritten: Line[] = [];
  let lines = 0;
  let timer: NodeJS.Timeout | null = null;

  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {
      // A full disk costs knowledge, not mail: the recipients are asked about again.
    }
  };
  const toText = (all: readonly Line[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
  const rewrite = (): void => {
    const all = [...known.entries()].map(([key, { until, at }]): Line => [key, until, at]); // not now: another door may have heard a no since
    writeFileSync(`${path}.new`, toText(all), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    lines = all.length;
  };
  const write = (): void => {
    timer = null;
    const text = toText(unwritten);
    lines += unwritten.length;
    unwritten = [];
    quietly(lines > 2 * entries ? rewrite : () => appendFileSync(path, text, { mode: 0o600 }));
  };
  const learn = (key: string, until: number): void => {
    const at = now();
    if (until > 0) known.set(key, { until, at }, until - at);
    else known.delete(key);
    unwritten.push([key, until, at]);
    timer ??= setTimeout(write, writeAfterMs).unref();
  };

  quietly(() => mkdirSync(dir, { recursive: true, mode: 0o750 }));
  for (const [key, until, at] of newestOf(dir)) if (until > now()) known.set(key, { until, at }, until - now());
  quietly(rewrite);
  return {
    until: (key) => known.get(key)?.until ?? null,
    note: learn,
    drop: (key) => {
      if (known.get(key) !== undefined) learn(key, 0);
    },
    close: () => {
      if (timer === null) return;
      clearTimeout(timer);
      write();
    },
  };
}

/** What all doors have written, the newest word for each recipient, oldest first. */
function newestOf(dir: string): readonly Line[] {
  const newest = new Map<string, Line>();
  for (const line of allLines(dir)) if (line[2] >= (newest.get(line[0])?.[2] ?? 0)) newest.set(line[0], line);
  return [...newest.values()].toSorted((one, other) => one[2] - other[2]);
}

function* allLines(dir: string): Generator<Line> {
  for (const fileName of namesIn(dir)) {
    if (!fileName.endsWith(suffix)) continue;
    for (const text of textOf(join(dir, fileName)).split('\n')) {
      const line = parseLine(text);
      if (line !== null) yield line;
    }
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Null for what a crash has torn. */
function parseLine(text: string): Line | null {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read)) return null;
    const [key, until, at] = read as readonly unknown[];
    return typeof key === 'string' && typeof until === 'number' && typeof at === 'number' ? [key, until, at] : null;
  } catch {
    return null;
  }
}
