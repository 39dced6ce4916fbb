// What a cross-check is: a look at options together, which no option can take alone.
import type { Config } from './options.ts';
import type { Found, OptionPath } from './problem.ts';

export type Severity = 'error' | 'warning';

export interface CrossFound extends Found {
  readonly severity: Severity;
  /** A warning of what hurts as long as it is so: `floodgate status` shows it too. */
  readonly lasting?: true;
}

/** What can be said of a file without showing anything of it. */
export interface FileLook {
  /** Null: it can be read. Otherwise why not: "no such file", "permission denied", "is a directory". */
  unreadable(path: string): string | null;
  /** The same for a socket that is written to. */
  unwritable?(path: string): string | null;
  /** True when every user of this host may read it. */
  worldReadable(path: string): boolean;
  /** The text of a file that can be read; '' where it cannot. */
  text(path: string): string;
  /** Bytes of the file system on which it is or would be; null where the system does not tell. */
  room?(path: string): { readonly free: number; readonly total: number } | null;
}

export interface CrossContext {
  /** The ids of all checks in the catalogue. */
  readonly checkIds: readonly string[];
  /** Of these, what mode observe suspends. */
  readonly abuseChecks: readonly string[];
  /** True when the option stands in the file; false for defaults. */
  readonly isWritten: (path: OptionPath) => boolean;
  readonly nowMs: number;
  readonly files: FileLook;
  /** Addresses of this host's interfaces. */
  readonly localAddresses: readonly string[];
}

export interface CrossCheck {
  /** The options it rests on, `*` for any key or index: it stays silent when one of them is itself wrong, since it then sees a sample value. */
  readonly reads: readonly string[];
  find(config: Config, context: CrossContext): Iterable<CrossFound>;
}

export const error = (path: OptionPath, message: string, hint: string): CrossFound => ({ severity: 'error', path, message, hint });
export const warning = (path: OptionPath, message: string, hint: string): CrossFound => ({ severity: 'warning', path, message, hint });

/** Every entry that is in the list before, with the index of the first. */
export function* repeated<T>(entries: readonly T[]): Generator<{ readonly entry: T; readonly index: number; readonly first: number }> {
  const seen = new Map<T, number>();
  for (const [index, entry] of entries.entries()) {
    const first = seen.get(entry);
    if (first === undefined) seen.set(entry, index);
    else yield { entry, index, first };
  }
}
