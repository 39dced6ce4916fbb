// The files that the configuration names, looked at while the gateway runs. Whoever uses such a file keeps what was good when it goes bad, and
// nothing seems to be wrong until the next restart: so it is told when it happens, and shown until it is good again.
import { stat } from 'node:fs/promises';
import { realFiles } from '../config/file-look.ts';
import type { Config } from '../config/options.ts';
import type { Recorder } from '../model/events.ts';
import { checkFiles, type FilesFound } from './file-checks.ts';

export interface FileWatch {
  /** What is wrong with which file now, and a reload that was refused. */
  trouble(): readonly string[];
  /** One look; reads files only where one has changed. Never rejects. */
  look(): Promise<void>;
  /** A reload was refused for these reasons; null: one was carried out. */
  reloaded(refusedFor: readonly string[] | null): void;
  stop(): void;
}

export interface FileWatchParts {
  /** The configuration in force. */
  config(): Config;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A change is seen within so long, in ms. It costs one stat a file. */
const lookEveryMs = 2000;
/** Certificates end without being touched; in ms. */
const anywayEveryMs = 3_600_000;
/** Of a refused reload, as of the files. */
const mostShown = 5;

/** Looks for the first time, at what has just been found good, and then every two seconds. */
export function openFileWatch({ config, record, now }: FileWatchParts): FileWatch {
  let of: Config | null = null;
  let found: FilesFound = { wrong: [], files: [] };
  let prints = '';
  let checkedAt = 0;
  let refused: { readonly at: number; readonly why: readonly string[] } | null = null;
  let looking: Promise<void> | null = null;

  const check = (current: Config): void => {
    const before = found;
    found = checkFiles(current, realFiles, now());
    of = current;
    checkedAt = now();
    tellChanges(before, found, record);
  };
  const look = async (): Promise<void> => {
    const current = config();
    // Prints first: what changes while we read shows at the next look.
    const fresh = await printsOf(found.files);
    if (of === current && fresh === prints && now() - checkedAt < anywayEveryMs) return;
    const files = found.files.join('\n');
    check(current);
    prints = found.files.join('\n') === files ? fresh : await printsOf(found.files);
  };
  const timer = setInterval(() => void lookOnce(), lookEveryMs).unref();
  const lookOnce = (): Promise<void> =>
    (looking ??= look()
      .catch(() => undefined) // nothing that it does rejects but by a fault of the disk, which others tell of
      .finally(() => {
        looking = null;
      }));

  return {
    trouble: () => [...(refused === null ? [] : refusedText(refused)), ...shortened(found.wrong.map(({ option, why }) => `${option}: ${why}`))],
    look: lookOnce,
    reloaded: (why) => {
      refused = why === null ? null : { at: now(), why };
    },
    stop: () => clearInterval(timer),
  };
}

function tellChanges(before: FilesFound, after: FilesFound, record: Recorder): void {
  const [old, fresh] = [before, after].map(({ wrong }) => Map.groupBy(wrong, ({ option }) => option));
  for (const [option, wrong] of fresh ?? []) {
    const why = wrong.map((each) => each.why).join(', ');
    if (
      why !==
      old
        ?.get(option)
        ?.map((each) => each.why)
        .join(', ')
    )
      record({ type: 'file-broken', option, why });
  }
  for (const option of old?.keys() ?? []) if (fresh?.has(option) !== true) record({ type: 'file-mended', option });
}

const refusedText = ({ at, why }: { readonly at: number; readonly why: readonly string[] }): readonly string[] => [
  `the configuration was refused at ${new Date(at).toISOString()}, that of before is in force (floodgate check): ${shortened(why).join('; ')}`,
];

const shortened = (all: readonly string[]): readonly string[] =>
  all.length <= mostShown ? all : [...all.slice(0, mostShown), `${all.length - mostShown} more`];

async function printsOf(files: readonly string[]): Promise<string> {
  const prints = await Promise.all(
    files.map((file) =>
      stat(file, { bigint: true }).then(
        ({ ino, size, mtimeNs, ctimeNs }) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
        (error: unknown) => String(error),
      ),
    ),
  );
  return prints.join('\n');
}
