// The import table of ARCHITECTURE.md ("Who may import whom") as data, and the sizes and names the house refuses.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface FolderRule {
  /** Folders (or single files) of src/ it may import from, besides itself. */
  readonly may: readonly string[];
  /** Those it may import types from, by `import type`. */
  readonly types?: readonly string[];
  /** Works on what it is given: no input or output, no clock, no chance. */
  readonly pure?: true;
}

const all = [
  'model',
  'lib',
  'config',
  'wire',
  'policy',
  'facts',
  'delivery',
  'events',
  'store',
  'detect',
  'incidents',
  'respond',
  'intake',
  'cli',
  'web',
  'audit',
  'process',
];
const queriesOfOthers = ['model', 'lib', 'config', 'policy', 'facts', 'delivery', 'events', 'store', 'audit', 'incidents', 'respond'];

const table: Readonly<Record<string, FolderRule>> = {
  model: { may: [], pure: true },
  lib: { may: [] },
  config: { may: ['model', 'lib'] },
  wire: { may: ['model', 'lib'], pure: true },
  policy: { may: ['model', 'lib'], types: ['config'], pure: true },
  facts: { may: ['model', 'lib', 'wire', 'store', 'policy/facts.ts'], types: ['config'] },
  delivery: { may: ['model', 'lib', 'wire', 'store', 'events'], types: ['config'] },
  events: { may: ['model', 'lib'], types: ['config'] },
  store: { may: ['model', 'lib'] },
  intake: { may: ['model', 'lib', 'wire', 'policy', 'events'], types: ['config'] },
  // Folds over what is told them, time included.
  detect: { may: ['model', 'lib'], pure: true },
  incidents: { may: ['model', 'lib', 'events', 'store'] },
  // What leaves the gateway for packet filters, routers and name servers; its exports/ is pure, see below.
  respond: { may: ['model', 'lib', 'wire', 'events', 'store'], types: ['config'] },
  audit: { may: ['model', 'lib', 'wire'] },
  web: { may: queriesOfOthers },
  // What the daemon answers on its control socket is what the web shows.
  cli: { may: queriesOfOthers, types: ['web'] },
  // Composition roots: the keeper's and the doors' threads begin here, and plug everything together.
  process: { may: all },
  'main.ts': { may: all },
};

const impureModules =
  /^node:(?:net|tls|fs|fs\/promises|dns|dns\/promises|dgram|http|https|http2|child_process|cluster|worker_threads|timers|timers\/promises|perf_hooks|os|sqlite|readline|process)$/;
const impureWords =
  /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|randomBytes|randomUUID|getRandomValues|setTimeout|setInterval|setImmediate|process\.|fetch\()/;

interface SourceFile {
  /** From src/, with slashes: `policy/check.ts`. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

interface Import {
  readonly file: SourceFile;
  readonly from: string;
  readonly typeOnly: boolean;
}

const src = fileURLToPath(new URL('../src', import.meta.url));
const files: readonly SourceFile[] = globSync('**/*.ts', { cwd: src, exclude: ['web/ui/**'] }).map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(join(src, path), 'utf8'),
  isTest: path.endsWith('.test.ts'),
}));
const imports: readonly Import[] = files.flatMap(importsOf);

function importsOf(file: SourceFile): Import[] {
  const statements = [...file.text.matchAll(/^(?:import|export)\s(type\s)?[^;'"]*?from\s'([^']+)'/gm)].map(([, type, from = '']) => ({
    file,
    from,
    typeOnly: type !== undefined,
  }));
  const others = [...file.text.matchAll(/^import\s'([^']+)'|\bimport\('([^']+)'\)|\brequire\('([^']+)'\)/gm)].map((match) => ({
    file,
    from: match[1] ?? match[2] ?? match[3] ?? '',
    typeOnly: false,
  }));
  return [...statements, ...others];
}

const folderOf = (path: string): string => path.split('/')[0] ?? '';
const isOurs = ({ from }: Import): boolean => from.startsWith('.');
/** From src/, or starting with `..` where it leaves it. */
const target = ({ file, from }: Import): string => normalize(join(dirname(file.path), from));

test('every folder of src is in the table, and every folder of the table has files with imports in them', () => {
  assert.deepEqual(
    [...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => !(folder in table)),
    [],
  );
  assert.deepEqual(
    Object.keys(table).filter((folder) => !files.some(({ path }) => folderOf(path) === folder)),
    [],
  );
  assert.ok(imports.filter(isOurs).length > files.length, `${imports.length} imports in ${files.length} files: the imports were read`);
});

for (const [folder, { may, types = [] }] of Object.entries(table)) {
  test(`${folder} imports from ${[...may, ...types.map((each) => `${each} (types)`)].join(', ') || 'nothing of ours'} only`, () => {
    const wrong = imports
      .filter((each) => isOurs(each) && folderOf(each.file.path) === folder)
      .filter((each) => !isAllowed(each, folder, may, types))
      .map((each) => `${each.file.path} imports ${target(each)}`);
    assert.deepEqual(wrong, []);
  });
}

function isAllowed(each: Import, folder: string, may: readonly string[], types: readonly string[]): boolean {
  const path = target(each);
  if (path.startsWith('../test/') || path.startsWith('../fuzz/')) return each.file.isTest;
  // The two ends of the control socket are tested against each other.
  if (each.file.isTest && [folder, folderOf(path)].toSorted().join(' ') === 'cli web') return true;
  if (path === '../package.json') return true;
  const other = folderOf(path);
  return other === folder || may.includes(other) || may.includes(path) || (each.typeOnly && types.includes(other));
}

/** Parts of folders that have more to them. */
const pureParts = ['respond/exports'];

for (const folder of [...Object.keys(table).filter((name) => table[name]?.pure === true), ...pureParts]) {
  test(`${folder} has no input, output, clock or chance: what it says depends on what it is given`, () => {
    const inFolder = files.filter(({ path, isTest }) => path.startsWith(`${folder}/`) && !isTest);
    assert.ok(inFolder.length > 0);
    const modules = imports
      .filter(({ file, from }) => inFolder.includes(file) && impureModules.test(from))
      .map(({ file, from }) => `${file.path} imports ${from}`);
    const words = inFolder.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (impureWords.test(withoutComment(line)) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
    );
    assert.deepEqual([...modules, ...words], []);
  });
}

const withoutComment = (line: string): string => (/^\s*(?:\/\/|\/?\*)/.test(line) ? '' : line.replace(/\s\/\/\s.*$/, ''));

test('a third-party package is imported behind one file of ours, so that it can be replaced there', () => {
  const users = new Map<string, Set<string>>();
  for (const { file, from } of imports.filter((each) => !isOurs(each) && !each.from.startsWith('node:') && !each.file.isTest)) {
    const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/');
    users.set(name, (users.get(name) ?? new Set()).add(file.path));
  }
  assert.ok(users.has('zod'), 'the imports were read');
  assert.deepEqual(
    [...users].filter(([, paths]) => paths.size > 1).map(([name, paths]) => `${name}: ${[...paths].join(', ')}`),
    [],
  );
});

test('no file is longer than 400 lines', () => {
  assert.deepEqual(
    files.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length })).filter(({ lines }) => lines > 400),
    [],
  );
});

test('the linter holds functions to 80 lines, five parameters and four levels', () => {
  const lint = readFileSync(new URL('../.oxlintrc.json', import.meta.url), 'utf8');
  for (const [rule, max] of [
    ['max-lines-per-function', 80],
    ['max-params', 5],
    ['max-depth', 4],
    ['max-lines', 400],
  ] as const)
    assert.match(lint, new RegExp(`"eslint/${rule}": \\["error", \\{ "max": ${max} \\}\\]`));
});

// Words that say nothing. `service` stands where the protocol has it (policy service) or as "what a door is given".
const emptyWords = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'handler', 'handlers', 'processor', 'info', 'impl', 'base', 'abstract'];
// DATA is a word of SMTP: it may be in the name of a thing, not be the name of a file.
const emptyFileWords = [...emptyWords, 'data'];
// Names whose number is their name.
const numbered = /(?:ipv[46]|v[46]|sha1|sha256|md5|utf8|base64|latin1|x25519|rfc\d+)$/i;

test('files are named in kebab-case after a thing, not after nothing', () => {
  const names = files.map(({ path }) => basename(path).replace(/(?:\.test)?\.ts$/, ''));
  // Migrations run in the order of their numbers.
  const wrong = names.filter(
    (name) =>
      !/^(?:\d{4}-)?[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) ||
      name.split('-').some((word) => emptyFileWords.includes(word)) ||
      (/\d$/.test(name) && !numbered.test(name)),
  );
  assert.deepEqual(wrong, []);
});

test('what is exported has no empty word in its name and no number at its end', () => {
  const wrong = files.flatMap(({ path, text }) =>
    [...text.matchAll(/^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => wordsOf(name).some((word) => emptyWords.includes(word)) || (/\d$/.test(name) && !numbered.test(name)))
      .map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(wrong, []);
});

const wordsOf = (name: string): string[] => name.split(/(?=[A-Z])|_/).map((word) => word.toLowerCase());

test('no unfinished work and no path of one machine is left in the source', () => {
  const wrong = files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (/\b(?:TODO(?!\(#\d+\))|FIXME|XXX)\b|\/home\/|\/Users\//.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
  );
  assert.deepEqual(wrong, []);
});
