// The option table as JSON Schema: for editors (share/floodgate.schema.json), the reference page, `config explain` and the hints of errors.
import { z } from '../lib/zod.ts';
import { options } from './options.ts';
import type { OptionPath } from './problem.ts';

/** What we use of JSON Schema; `unit` and `example` are ours; a unit is duration, size, count, date, network, domain, address, next hop, mail address, path. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly unit?: string;
  readonly example?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly items?: OptionSchema;
  readonly additionalProperties?: OptionSchema | false;
  readonly anyOf?: readonly OptionSchema[];
}

/** The schema of what an operator may write. Made anew at each call, some milliseconds: not for the way to a running daemon. */
export function optionSchema(): OptionSchema {
  const made = z.toJSONSchema(options, { io: 'input' }) as OptionSchema;
  return { title: 'Configuration of Floodgate', ...made } as OptionSchema;
}

/** The schema of one option, or null where there is no such option. A list's items and a map's values stand behind any index or key. */
export function schemaAt(root: OptionSchema, path: OptionPath): OptionSchema | null {
  let node: OptionSchema | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') node = node.items;
    else if (node.properties && Object.hasOwn(node.properties, step)) node = node.properties[step];
    else node = node.additionalProperties || undefined;
    if (node === undefined) return null;
  }
  return node;
}

/**
 * Every option at or below `node` that has no options of its own, with its path (`*` for any key of a map, `[]` behind a list)
 * and whether its section is wrong without it.
 */
export function* leaves(node: OptionSchema, at = '', required = false): Generator<readonly [path: string, schema: OptionSchema, required: boolean]> {
  const join = (key: string): string => (at === '' ? key : `${at}.${key}`);
  if (node.properties) for (const [key, child] of Object.entries(node.properties)) yield* leaves(child, join(key), node.required?.includes(key) ?? false);
  else if (node.items?.properties) yield* leaves(node.items, `${at}[]`);
  else if (node.additionalProperties) yield* leaves(node.additionalProperties, join('*'));
  else yield [at, node, required];
}

/** How the option is to be written, for the end of an error. */
export function hintOf(schema: OptionSchema | null): string {
  if (schema === null) return 'see docs/reference/options.md';
  const example = schema.example ?? schema.items?.example;
  return [
    schema.description ?? 'See docs/reference/options.md.',
    ...(example === undefined ? [] : [`Write it like ${schema.items ? `[${example}]` : example}`]),
  ].join(' ');
}
