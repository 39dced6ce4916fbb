// The text of a configuration file: YAML 1.2 to plain values, with the place of every key. The one importer of the YAML library,
// which is read only when there is a file: the embedded set-up starts without it.
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { type ConfigProblem, type OptionPath, pathText, placeKey, type Places, type Position } from './problem.ts';

export interface YamlText {
  /** Null where the syntax is so broken that the values mean nothing. */
  readonly value: unknown;
  readonly places: Places;
  readonly problems: readonly ConfigProblem[];
}

/** Our words for the library's errors: its own repeat pieces of the file, and a piece may be a password. */
const wording: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  BAD_ALIAS: ['an anchor (&) or alias (*) without a good name', 'a value that begins with * or & needs quotes'],
  BAD_DQ_ESCAPE: ['a \\ sequence that YAML does not know', "write \\\\ for a backslash, or use 'single quotes'"],
  BAD_INDENT: ['the indentation does not fit', 'keys of one section stand exactly below each other, and a bracket or quote further up must be closed'],
  BAD_SCALAR_START: ['a value cannot begin with this character', 'put the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: ['two colons in one line', 'put a value that holds ": " in quotes'],
  BLOCK_IN_FLOW: ['a list or section on lines of its own inside { } or [ ]', 'close the bracket, or write all of it in the brackets'],
  MISSING_CHAR: ['a character is missing: a quote, a bracket, a comma or a colon with a blank after it', 'look at this line and the one before'],
  MULTILINE_IMPLICIT_KEY: ['a key runs over two lines', 'the line before may lack its colon'],
  MULTIPLE_DOCS: ['a second document begins here', 'remove the line ---'],
  TAB_AS_INDENT: ['a tab in the indentation', 'indent with blanks'],
  TAG_RESOLVE_FAILED: ['a tag (!) that means nothing here', 'a value that begins with ! needs quotes'],
  UNEXPECTED_TOKEN: ['something is here that does not belong', 'look at the brackets and quotes of this line and the one before'],
};

const loadYaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** Reads the text of a configuration file. Keys written twice are problems, but the values are given all the same. */
export function readYaml(text: string): YamlText {
  const yaml = loadYaml();
  const lines = new yaml.LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = yaml.parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const { places, refused, duplicates } = survey(yaml, document.contents, at);
  const broken = [...document.errors, ...document.warnings].map(({ code, pos }): ConfigProblem => {
    const [message, hint] = wording[code] ?? ['this is not YAML', 'look at this line and the one before'];
    return { path: '', ...at(pos[0]), message, hint };
  });
  const usable = broken.length + refused.length === 0;
  return { value: usable ? (document.toJS() ?? {}) : null, places, problems: [...broken, ...refused, ...duplicates] };
}

/** Plain values as YAML text, for `config show`. */
export const yamlText = (value: unknown): string => loadYaml().stringify(value, { lineWidth: 120, flowCollectionPadding: false });

/** Walks the tree once: the place of every key and item, the keys that stand twice in one section, and what we do not take from YAML. */
function survey(yaml: typeof Yaml, contents: unknown, at: (offset: number) => Position) {
  const places = new Map<string, Position>();
  const refused: ConfigProblem[] = [];
  const duplicates: ConfigProblem[] = [];
  const placeOf = (node: unknown): Position => (yaml.isNode(node) && node.range ? at(node.range[0]) : { line: 1, column: 1 });
  const walk = (node: unknown, path: OptionPath): void => {
    if (yaml.isAlias(node)) refused.push({ path: pathText(path), ...placeOf(node), ...noAlias });
    if (yaml.isMap(node)) for (const { key, value } of node.items) visitKey(key, value, path);
    if (!yaml.isSeq(node)) return;
    for (const [index, item] of node.items.entries()) {
      places.set(placeKey([...path, index]), placeOf(item));
      walk(item, [...path, index]);
    }
  };
  const visitKey = (key: unknown, value: unknown, parent: OptionPath): void => {
    const place = placeOf(key);
    const name = nameOf(yaml, key);
    if (name === null) {
      refused.push({ path: pathText(parent), ...place, ...noName });
      return;
    }
    const path = [...parent, name];
    const first = places.get(placeKey(path));
    if (first)
      duplicates.push({ path: pathText(path), ...place, message: `is written twice; the first time in line ${first.line}`, hint: 'remove one of the two' });
    else places.set(placeKey(path), place);
    walk(value, path);
  };
  walk(contents, []);
  return { places, refused, duplicates };
}

/** A key as text; numbers and true or false are names too. Null for what cannot be one. */
function nameOf(yaml: typeof Yaml, key: unknown): string | null {
  const value: unknown = yaml.isScalar(key) ? key.value : null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Aliases can make rings and bombs of a small file, and `*:25` is one by accident; a configuration needs none. */
const noAlias = { message: 'is an alias (*) of YAML, which is not used here', hint: 'write the value out; one that begins with * needs quotes' };
const noName = { message: 'has a key that is not a name', hint: 'a key is a word, a colon and a blank' };
