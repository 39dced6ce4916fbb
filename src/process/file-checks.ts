// What can be wrong with the files that a configuration names, asked again while the gateway runs: the looks of `floodgate check`, and those at
// what AUTH reads as it is now.
import { error, type CrossCheck, type CrossContext, type CrossFound, type FileLook } from '../config/cross-check.ts';
import { watchedFileChecks } from '../config/cross-checks/files.ts';
import type { Config } from '../config/options.ts';
import { parseCertificatesFile } from '../facts/certificates-file.ts';
import { parseUsersFile, type LineNote } from '../facts/users-file.ts';

/** Wrong lines of one file that are told. */
const mostLines = 3;

type Parse = (text: string) => { readonly errors: readonly LineNote[] };

/** By number and reason: what stands in a file of users is nobody's to read in a log. */
const linesOf = (which: 'users' | 'certificates', parse: Parse): CrossCheck => ({
  reads: [`auth.${which}`],
  *find({ auth }, { files }) {
    const file = auth?.[which];
    if (file === undefined || files.unreadable(file) !== null) return;
    for (const { line, message } of parse(files.text(file)).errors.slice(0, mostLines)) yield error(['auth', which], `${file}:${line}: ${message}`, '');
  },
});

const checks: readonly CrossCheck[] = [...watchedFileChecks, linesOf('users', parseUsersFile), linesOf('certificates', parseCertificatesFile)];

/** What is found, and every file that was looked at for it. */
export interface FilesFound {
  /** `option: what is wrong`; errors, and warnings that last. */
  readonly wrong: readonly { readonly option: string; readonly why: string }[];
  readonly files: readonly string[];
}

/** Looks at every file the configuration names. Never throws: what a look itself fails of is told as wrong. */
export function checkFiles(config: Config, files: FileLook, nowMs: number): FilesFound {
  const seen = new Set<string>();
  const context = contextOf(remembering(files, seen), nowMs);
  const found = checks.flatMap((check) => foundBy(check, config, context));
  return {
    wrong: found
      .filter(({ severity, lasting }) => severity === 'error' || lasting === true)
      .map(({ path, message, severity }) => ({ option: path.join('.'), why: severity === 'error' ? `${message}${meanwhile}` : message })),
    files: [...seen],
  };
}

/** At a start nothing was read before: AUTH is not offered then. */
const meanwhile = '; until it is good what was read before is in force, or nothing';

function foundBy(check: CrossCheck, config: Config, context: CrossContext): readonly CrossFound[] {
  try {
    return [...check.find(config, context)];
  } catch (failure) {
    return [error(check.reads.slice(0, 1), `cannot be looked at: ${String(failure)}`, '')];
  }
}

/** The files are all that these checks look at. */
const contextOf = (files: FileLook, nowMs: number): CrossContext => ({
  checkIds: [],
  abuseChecks: [],
  isWritten: () => true,
  nowMs,
  files,
  localAddresses: [],
});

function remembering(files: FileLook, seen: Set<string>): FileLook {
  const noting =
    <T>(look: (path: string) => T) =>
    (path: string): T => {
      seen.add(path);
      return look(path);
    };
  return { unreadable: noting(files.unreadable), worldReadable: noting(files.worldReadable), text: noting(files.text) };
}
