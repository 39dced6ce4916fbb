// From a file to a frozen, typed configuration, or to all that is wrong with it at once.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type CrossContext, type CrossFound, error, type FileLook } from './cross-check.ts';
import { crossCheck } from './cross-checks.ts';
import { embeddedConfig } from './embedded.ts';
import { realFiles, whyUnreadable } from './file-look.ts';
import { withAbsolutePaths } from './file-paths.ts';
import { type Config, options } from './options.ts';
import { type ConfigProblem, type Found, locate, type OptionPath, parsePath, placeKey, type Places } from './problem.ts';
import { repair } from './repair.ts';
import { problemsOf, valueAt } from './schema-problems.ts';
import { readYaml, type YamlText } from './yaml-file.ts';

export type { ConfigProblem } from './problem.ts';

/** Where a configuration came from. */
export interface ConfigSource {
  /** As it was given; null for the embedded set-up. */
  readonly file: string | null;
  /** Hexadecimal SHA-256 of the file's text, or of the embedded set-up as JSON. */
  readonly sha256: string;
  /** Where each written option stands, by `placeKey`; what is not here is a default. */
  readonly places: Places;
}

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly source: ConfigSource; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly errors: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] };

/** `action` and `onUnsure` of a check, as its page has them. */
export interface CheckDefaults {
  readonly action: string;
  readonly onUnsure: string;
}

export interface LoadContext {
  /** The ids of all checks in the catalogue: `checks.<id>` must be one of them. */
  readonly checkIds: readonly string[];
  /** What each does where nothing is set. */
  readonly checkDefaults?: Readonly<Record<string, CheckDefaults>>;
  /** Of these, what mode observe suspends. */
  readonly abuseChecks?: readonly string[];
  /** What the catalogue itself says against settings of checks; `path` is `checks.<id>`. */
  readonly checkProblems?: (
    config: Pick<Config, 'checks' | 'detectors' | 'playbook'>,
  ) => readonly { readonly path: string; readonly message: string; readonly hint: string }[];
  readonly nowMs?: number;
  readonly files?: FileLook;
  /** Addresses of this host; default: its interfaces'. */
  readonly localAddresses?: readonly string[];
}

/** Loads a file, or the embedded set-up where `file` is null. Never throws for what stands in the file. */
export function loadConfig(file: string | null, context: LoadContext): LoadResult {
  if (file === null) {
    const raw = embeddedConfig();
    return judge({ value: raw, places: new Map(), problems: [] }, { file, folder: process.cwd(), text: JSON.stringify(raw) }, context);
  }
  try {
    return loadConfigText(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)), file, context);
  } catch (failure) {
    const isText = failure instanceof TypeError; // what TextDecoder throws
    const message = isText ? 'is not UTF-8 text' : `cannot be read: ${whyUnreadable(failure)}`;
    return {
      ok: false,
      errors: [
        {
          path: '',
          line: null,
          column: null,
          message: `${file} ${message}`,
          hint: isText ? 'save it as UTF-8' : 'give the right file with --config; `floodgate init` writes a first one',
        },
      ],
      warnings: [],
    };
  }
}

/** Loads the text of a configuration file that stands, or will stand, at `file`. */
export function loadConfigText(text: string, file: string, context: LoadContext): LoadResult {
  return judge(readYaml(text), { file, folder: dirname(resolve(file)), text }, context);
}

interface Origin {
  readonly file: string | null;
  readonly folder: string;
  readonly text: string;
}

function judge(yaml: YamlText, origin: Origin, given: LoadContext): LoadResult {
  if (yaml.value === null) return { ok: false, errors: yaml.problems, warnings: [] };
  const parsed = options.safeParse(yaml.value);
  const usable = parsed.success ? { config: parsed.data, faulty: [] } : repair(yaml.value);
  const config = usable && withAbsolutePaths(usable.config, origin.folder);
  const found = config === null ? [] : [...crossCheck(config, contextOf(yaml, given), usable?.faulty), ...againstChecks(config, given)];
  const ofSeverity = (severity: CrossFound['severity']): readonly Found[] => found.filter((one) => one.severity === severity);

  const fromTable = parsed.success ? lostRoutes(yaml.value, parsed.data) : problemsOf(parsed.error.issues, yaml.value);
  const errors = inFileOrder([...yaml.problems, ...[...fromTable, ...ofSeverity('error')].map((one) => locate(one, yaml.places))]);
  const warnings = inFileOrder(ofSeverity('warning').map((one) => locate(one, yaml.places)));
  if (config === null || errors.length > 0) return { ok: false, errors, warnings };
  const sha256 = createHash('sha256').update(origin.text).digest('hex');
  return { ok: true, config: deepFreeze(config), source: { file: origin.file, sha256, places: yaml.places }, warnings };
}

function contextOf(yaml: YamlText, given: LoadContext): CrossContext {
  const interfaces = () => Object.values(networkInterfaces()).flatMap((one) => (one ?? []).map(({ address }) => address));
  return {
    checkIds: given.checkIds,
    abuseChecks: given.abuseChecks ?? [],
    isWritten: (path: OptionPath) => yaml.places.has(placeKey(path)),
    nowMs: given.nowMs ?? Date.now(),
    files: given.files ?? realFiles,
    localAddresses: given.localAddresses ?? interfaces(),
  };
}

/** Settings that a check or detector does not take; unknown ids of checks are told by the cross-checks. */
function againstChecks(config: Config, { checkIds, checkProblems }: LoadContext): readonly CrossFound[] {
  const found = checkProblems?.(config) ?? [];
  return found.flatMap(({ path, message, hint }) => {
    const way = parsePath(path);
    if (way === null || (way[0] === 'checks' && !checkIds.includes(String(way[1])))) return [];
    return [error(way, message, hint)];
  });
}

/** Two spellings of one domain (Example.org, example.org.) are two keys to YAML and one route to us. */
function lostRoutes(raw: unknown, config: Config): readonly Found[] {
  const written = Object.keys(valueAt(raw, ['routes']) ?? {});
  if (written.length === Object.keys(config.routes).length) return [];
  return [{ path: ['routes'], message: 'has the same domain in two spellings', hint: 'keep one of the two routes' }];
}

const inFileOrder = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
