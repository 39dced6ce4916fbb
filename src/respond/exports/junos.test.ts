// No Junos is to be had here, so the output is read by a strict parser of its syntax (Juniper, "CLI User Guide": statements end with a
// semicolon, containers have braces, replace: stands before a container) and held against the statements of the firewall hierarchy.
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { sampleExport } from '../sample-sheet.ts';

interface Node {
  readonly words: readonly string[];
  readonly replace: boolean;
  /** Undefined for a statement that ends with a semicolon. */
  readonly children?: readonly Node[];
}

const tokensOf = (text: string): string[] => {
  const bare = text.replaceAll(/\/\*[^\n]*?\*\//g, '');
  assert.doesNotMatch(bare, /[^\s\w./:;{}[\]-]/, 'a character that needs quoting');
  return bare.match(/[{};[\]]|[^\s{};[\]]+/g) ?? [];
};

function nodesOf(tokens: string[], isTop: boolean): readonly Node[] {
  const nodes: Node[] = [];
  while (tokens.length > 0 && tokens[0] !== '}') nodes.push(nodeOf(tokens));
  if (!isTop) assert.equal(tokens.shift(), '}', 'a brace is missing');
  else assert.equal(tokens.length, 0, 'a brace too many');
  return nodes;
}

function nodeOf(tokens: string[]): Node {
  const replace = tokens[0] === 'replace:';
  if (replace) tokens.shift();
  const words: string[] = [];
  while (tokens.length > 0 && !['{', '}', ';'].includes(tokens[0] ?? '')) words.push(tokens.shift() ?? '');
  assert.ok(words.length > 0, 'a statement without a word');
  const end = tokens.shift();
  assert.ok(end === '{' || (end === ';' && !replace), `${words.join(' ')} has no end`);
  return { words, replace, ...(end === '{' ? { children: nodesOf(tokens, false) } : {}) };
}

const isPrefix = (text: string): boolean => {
  const [address = '', bits = ''] = text.split('/');
  return isIP(address) !== 0 && /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
};

/** Statements by the path of their containers, each with its form. */
const statements: Readonly<Record<string, RegExp>> = {
  'policy-options/prefix-list': /^\S+$/,
  'firewall/family inet/filter/term/from/source-prefix-list': /^floodgate4$/,
  'firewall/family inet6/filter/term/from/source-prefix-list': /^floodgate6$/,
  'firewall/family inet/filter/term/from': /^(?:protocol tcp|destination-port \[ (?:\d+ )+\])$/,
  'firewall/family inet6/filter/term/from': /^(?:next-header tcp|destination-port \[ (?:\d+ )+\])$/,
  'firewall/family inet/filter/term/then': /^(?:count \w+|discard)$/,
  'firewall/family inet6/filter/term/then': /^(?:count \w+|discard)$/,
  'firewall/family inet/filter/term': /^then accept$/,
  'firewall/family inet6/filter/term': /^then accept$/,
};
/** Containers whose second word is a name. */
const named = ['prefix-list', 'filter', 'term'];

function check(nodes: readonly Node[], path: readonly string[]): void {
  for (const { words, children } of nodes) {
    const [kind = ''] = words;
    if (children !== undefined) check(children, [...path, named.includes(kind) ? kind : words.join(' ')]);
    else assert.match(words.join(' '), statements[path.join('/')] ?? /^(?!)/, `in ${path.join('/')}`);
    if (path.at(-1) === 'prefix-list') assert.ok(isPrefix(kind), kind);
  }
}

const parse = (text: string): readonly Node[] => {
  const nodes = nodesOf(tokensOf(text), true);
  check(nodes, []);
  return nodes;
};

test('every statement is one of the hierarchy, and every brace is closed', () => {
  assert.deepEqual(
    parse(sampleExport('junos')).map(({ words }) => words[0]),
    ['policy-options', 'firewall'],
  );
});

test('lists and filters are replaced, not added to: what has ended must go', () => {
  const containers = (nodes: readonly Node[]): readonly Node[] => nodes.flatMap((node) => [node, ...containers(node.children ?? [])]);
  for (const node of containers(parse(sampleExport('junos')))) {
    if (node.words[0] === 'prefix-list' || node.words[0] === 'filter') assert.ok(node.replace, node.words.join(' '));
  }
});

test('a filter over an empty list has no term that could match everything, and still accepts the rest', () => {
  const text = sampleExport('junos', []);
  parse(text);
  assert.doesNotMatch(text, /discard/);
  assert.equal(text.match(/then accept;/g)?.length, 2);
});

test('the parser refuses what Junos refuses, or this test would say nothing', () => {
  const good = sampleExport('junos');
  for (const [from, to] of [
    ['discard;', 'discard'],
    ['192.0.2.7/32;', '192.0.2.777/32;'],
    ['protocol tcp;', 'protocol-tcp;'],
    ['then accept;\n            }', 'then accept;'],
  ] as const) {
    assert.ok(good.includes(from), from);
    assert.throws(() => parse(good.replace(from, to)), Error, to);
  }
});
