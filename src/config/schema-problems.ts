// What the option table finds wrong, in the operator's words: no value of the file is repeated, unknown keys come with the nearest known one.
import type { z } from '../lib/zod.ts';
import { nearest } from '../lib/nearest.ts';
import { hintOf, leaves, type OptionSchema, optionSchema, schemaAt } from './json-schema.ts';
import type { Found, OptionPath } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** The value at a path of raw input; undefined where there is none. */
export function valueAt(raw: unknown, path: OptionPath): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** All that the option table finds wrong with `raw`. */
export function problemsOf(issues: readonly Issue[], raw: unknown): readonly Found[] {
  const root = optionSchema();
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknownKey(root, pathOf(issue), key)) : [problemOf(root, issue, raw)],
  );
}

/** The option an issue is about. */
export const pathOf = (issue: Issue): OptionPath => issue.path.map((step) => (typeof step === 'number' ? step : String(step)));

function problemOf(root: OptionSchema, issue: Issue, raw: unknown): Found {
  const path = pathOf(issue);
  const schema = schemaAt(root, path);
  const value = valueAt(raw, path);
  if (issue.code === 'custom') return { path, message: issue.message, hint: String(issue.params?.['hint'] ?? hintOf(schema)) };
  if (issue.code === 'invalid_key') return { path, ...customOf(issue.issues[0], 'is not a name that can stand here', hintOf(schema)) };
  if (value === undefined) return { path, message: 'is missing', hint: hintOf(schema) };
  if (value === null) return { path, message: 'has no value', hint: hintOf(schema) };
  if (issue.code === 'invalid_format') return { path, ...formatOf(issue.message, hintOf(schema)) };
  if (issue.code === 'invalid_value')
    return { path, message: `must be ${oneOf(issue.values.map(String))}`, hint: didYouMean(value, issue.values.map(String)) ?? hintOf(schema) };
  return { path, message: rangeOrType(issue, value), hint: hintOf(schema) };
}

/** What a format says of itself: "is not a web address; write it like https://...", or only how a name is written. */
function formatOf(text: string, otherwise: string): { readonly message: string; readonly hint: string } {
  if (!text.startsWith('is ')) return { message: 'is not a name', hint: text };
  const [message = '', ...hint] = text.split('; ');
  return { message, hint: hint.join('; ') || otherwise };
}

const customOf = (issue: Issue | undefined, message: string, hint: string) =>
  issue?.code === 'custom' ? { message: issue.message, hint: String(issue.params?.['hint'] ?? hint) } : { message, hint };

function rangeOrType(issue: Issue, value: unknown): string {
  if (issue.code === 'too_small' && issue.origin === 'array') return 'needs at least one entry';
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_type') return `must be ${kindNames[issue.expected] ?? issue.expected}, not ${kindOf(value)}`;
  return issue.message;
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
  record: 'a section with keys',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return { string: 'a text', boolean: 'true or false', object: 'a section with keys' }[typeof value as string] ?? 'this';
}

const oneOf = (names: readonly string[]): string => (names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`);

function didYouMean(value: unknown, known: readonly string[]): string | null {
  const name = typeof value === 'string' ? nearest(value, known) : null;
  return name === null ? null : `did you mean ${name}?`;
}

function unknownKey(root: OptionSchema, parent: OptionPath, key: string): Found {
  const siblings = Object.keys(schemaAt(root, parent)?.properties ?? {});
  const elsewhere = [...leaves(root)].map(([path]) => path).filter((path) => path.split('.').at(-1) === key);
  const hint = didYouMean(key, siblings) ?? (elsewhere.length > 0 ? `did you mean ${elsewhere.slice(0, 3).join(' or ')}?` : knownHere(siblings));
  return { path: [...parent, key], message: 'is not an option', hint };
}

/** A list longer than a person reads at once is better read in its page. */
const knownHere = (siblings: readonly string[]): string =>
  siblings.length > 20 ? `docs/reference/options.md has those known here` : `known here: ${siblings.join(', ')}`;
