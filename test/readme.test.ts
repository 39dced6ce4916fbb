// The papers a newcomer reads hold: links lead somewhere, configurations load, commands and scripts exist.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfigText } from '../src/config/load.ts';
import { catalogue } from '../src/policy/catalogue.ts';
import { subcommandsOf } from '../src/process/commands.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = read('README.md');

/** Fenced code of a page: language and text, the fence's own indentation taken off. */
const codeBlocks = (text: string): readonly { readonly language: string; readonly code: string }[] =>
  [...text.matchAll(/^( *)```(\w*)\n([^]*?)^\1```/gm)].map(([, indent = '', language = '', code = '']) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));

/** Prose alone: what stands in code is no link. */
const withoutCode = (text: string): string => text.replaceAll(/^( *)```[^]*?^\1```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** Where relative links of a page lead, without the part behind #. */
const linksOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target));

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root }).toSorted()];

test('the pages and their links are found at all', () => {
  assert.ok(pages.length > 20);
  assert.ok(linksOf(readme).length > 10);
});

for (const page of pages) {
  test(`${page}: every relative link leads to a file that is there`, () => {
    const dead = linksOf(read(page)).filter((target) => !existsSync(join(root, dirname(page), target)));
    assert.deepEqual(dead, []);
  });
}

test('the configurations in README load without errors and warnings: people copy them', () => {
  const configurations = codeBlocks(readme).filter(({ language, code }) => language === 'yaml' && /^site:/m.test(code));
  assert.ok(configurations.length > 0);
  for (const { code } of configurations) {
    const result = loadConfigText(code, '/etc/floodgate/floodgate.yaml', { checkIds: catalogue.map(({ id }) => id), localAddresses: [] });
    assert.deepEqual([result.ok ? [] : result.errors, result.warnings], [[], []]);
  }
});

/** Shell commands of README, in code blocks and in the text. */
const commands = [
  ...codeBlocks(readme)
    .filter(({ language }) => language === 'sh')
    .map(({ code }) => code.replaceAll('\\\n', ' ')),
  ...[...readme.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
].join('\n');

test('the npm scripts that README names exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = [...commands.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, short]) => run ?? short ?? '');
  assert.ok(named.length >= 4);
  assert.deepEqual(
    named.filter((name) => scripts[name] === undefined),
    [],
  );
});

test('the subcommands that README names exist, with their options', () => {
  const known = subcommandsOf('0');
  const named = [...commands.matchAll(/(?:\bnpx |^|&& )floodgate ([a-z]+)(.*)$/gm)].map(
    ([, name = '', rest = '']) => [name, [...rest.replace(/ #.*$/, '').matchAll(/ (--[a-z-]+)/g)].map(([, option = '']) => option)] as const,
  );
  assert.ok(named.length >= 6);
  const manual = read('docs/reference/cli.md').split(/^## /m);
  for (const [name, options] of named) {
    assert.ok(known[name], name);
    const section = manual.find((one) => one.startsWith(`floodgate ${name}`)) ?? '';
    for (const option of options) assert.match(section, new RegExp(`\`${option}[ \`]`), `${name} ${option}`);
  }
});
