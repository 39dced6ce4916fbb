// What one option is: value, where it comes from, unit, range, meaning, and the page that tells more.
import { nearest } from '../lib/nearest.ts';
import { leaves, type OptionSchema, optionSchema, schemaAt } from './json-schema.ts';
import type { ConfigSource, LoadContext } from './load.ts';
import type { Config } from './options.ts';
import { type OptionPath, parsePath, pathText, placeKey } from './problem.ts';
import { valueAt } from './schema-problems.ts';
import { asWritten } from './show.ts';

export interface Explanation {
  readonly key: string;
  /** As an operator would write it; null where it is not set. */
  readonly value: unknown;
  /** The line that sets it, from 1; null for a default. */
  readonly line: number | null;
  /** duration, size, count, text, true or false... */
  readonly unit: string;
  readonly default: unknown;
  /** "1 to 1000", "mx, submission, smarthost"; null where anything of its unit goes. */
  readonly range: string | null;
  readonly meaning: string;
  readonly page: string;
}

const plural = (word: string): string => (word.endsWith('s') ? `${word}es` : `${word}s`);

/** What kind of value an option takes, in a word. */
export function unitOf(schema: OptionSchema): string {
  if (schema.items) return `list of ${plural(unitOf(schema.items))}`;
  if (schema.unit !== undefined) return schema.unit;
  if (schema.enum) return 'one of';
  if (schema.anyOf)
    return schema.anyOf
      .map((one) => one.const ?? one.enum?.join(' or ') ?? unitOf(one))
      .filter((word) => word !== '')
      .join(' or ');
  const names: Readonly<Record<string, string>> = { string: 'text', integer: 'count', number: 'number', boolean: 'true or false', object: 'section' };
  return names[String(schema.type)] ?? String(schema.type);
}

/** What values an option takes, or null where any of its kind will do. */
export function rangeOf(schema: OptionSchema): string | null {
  if (schema.enum) return schema.enum.join(', ');
  if (schema.unit === 'size') return null;
  const numbers = [schema, ...(schema.anyOf ?? [])].find((one) => one.minimum !== undefined && one.maximum !== undefined);
  if (numbers) return `${numbers.minimum} to ${numbers.maximum}`;
  return schema.minItems === undefined ? null : `at least ${schema.minItems}`;
}

/** The section of the reference page that has the option. */
export const pageOf = (path: OptionPath): string =>
  path[0] === 'checks' && path.length > 1 ? `docs/checks/${path[1]}.md` : `docs/reference/options.md#${String(path[0]).toLowerCase()}`;

export type Explained = { readonly ok: true; readonly explanations: readonly Explanation[] } | { readonly ok: false; readonly nearest: string | null };

/** What is known of checks where nothing is set. */
export type KnownChecks = Pick<LoadContext, 'checkIds' | 'checkDefaults'>;

/** Explains one option, every option of a section, or the settings of a check by its id. */
export function explain(key: string, config: Config, source: ConfigSource, { checkIds, checkDefaults = {} }: KnownChecks): Explained {
  const root = optionSchema();
  const path = checkIds.includes(key) ? ['checks', key] : parsePath(key);
  const schema = path && schemaAt(root, path);
  const isUnknownCheck = path?.[0] === 'checks' && path.length > 1 && !checkIds.includes(String(path[1]));
  if (!path || !schema || isUnknownCheck) return { ok: false, nearest: nearestOption(key, root, checkIds) };
  const written = asWritten(config);
  const below = schema.properties ? Object.entries(schema.properties).flatMap(([name, child]) => spread([...path, name], child)) : [[path, schema] as const];
  return { ok: true, explanations: below.map(([at, leaf]) => withCheckDefault(explanationOf(at, leaf, valueAt(written, at), source), at, checkDefaults)) };
}

/** What a check does by itself stands with the check, not among the options. */
function withCheckDefault(one: Explanation, [section, id, field]: OptionPath, defaults: NonNullable<KnownChecks['checkDefaults']>): Explanation {
  const own = section === 'checks' ? defaults[String(id)] : undefined;
  if (own === undefined || (field !== 'action' && field !== 'onUnsure')) return one;
  return { ...one, value: one.value ?? own[field], default: own[field] };
}

/** The option whose last word is the key or nearest to it, else the nearest full path, section or check. */
function nearestOption(key: string, root: OptionSchema, checkIds: readonly string[]): string | null {
  const paths = [...leaves(root)].map(([path]) => path);
  const lastWord = (path: string): string => path.split('.').at(-1) ?? path;
  const near = nearest(key, paths.map(lastWord));
  return paths.find((path) => lastWord(path) === near) ?? nearest(key, [...paths, ...Object.keys(root.properties ?? {}), ...checkIds]);
}

/** A section's options one by one; lists and maps stay one value. */
const spread = (path: OptionPath, schema: OptionSchema): readonly (readonly [OptionPath, OptionSchema])[] =>
  schema.properties ? Object.entries(schema.properties).flatMap(([name, child]) => spread([...path, name], child)) : [[path, schema]];

function explanationOf(path: OptionPath, schema: OptionSchema, value: unknown, source: ConfigSource): Explanation {
  const line = source.places.get(placeKey(path))?.line ?? null;
  return {
    key: pathText(path),
    value: value ?? null,
    line,
    unit: unitOf(schema),
    default: schema.default ?? null,
    range: rangeOf(schema),
    meaning: schema.description ?? '',
    page: pageOf(path),
  };
}
