import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadConfigText } from './load.ts';
import type { OptionPath } from './problem.ts';
import { repair } from './repair.ts';
import { valueAt } from './schema-problems.ts';
import { readYaml } from './yaml-file.ts';

const pathsOf = (more: string): readonly string[] => {
  const text = `site: {hostname: mx.example.org, domains: [example.org], customerDomains: [customer.example], postmaster: postmaster@example.org}
hub: {address: "192.0.2.10:25"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
intake: [{domain: customer.example}]
quarantine: {keyFile: /nowhere/keys, digest: {link: "https://mx.example.org"}}
${more}
`;
  const loaded = loadConfigText(text, '/etc/floodgate/floodgate.yaml', { checkIds: [], localAddresses: [] });
  return loaded.ok ? [] : loaded.errors.map(({ path }) => path);
};
const always = ['intake[0].domain', 'quarantine.keyFile', 'quarantine.digest.link'];

const cases: readonly [more: string, path: string, why: string][] = [
  ['rules: [{id: a, when: {subject: "("}}]', 'rules[0].when.subject', 'the only condition of a rule'],
  ['rules: [{id: b, when: {inside: true}}, {id: a, when: {subject: "("}, action: reject}]', 'rules[1].when.subject', 'of the second rule'],
  ['rules: [{id: "A B", when: {from: x}}]', 'rules[0].id', 'the name of a rule'],
  ['viruses: {clamd: x}', 'viruses.clamd', 'what must be written of a section that may be missing'],
  ['kernel: {socket: ""}', 'kernel.socket', 'the same of another section'],
  ['logs: [{format: auto}]', 'logs[0].path', 'an entry of a list without its only needed option'],
  ['alerts: {webhooks: [{url: x}]}', 'alerts.webhooks[0].url', 'deep down'],
  ['neverBlock: {senders: [a b]}', 'neverBlock.senders[0]', 'an entry of a list of names'],
  ['routes: {"a b": {address: "192.0.2.11:25"}}', 'routes["?"]', 'a key that is no domain'],
];

for (const [more, path, why] of cases) {
  test(`a wrong ${path} hides nothing else that is wrong: ${why}`, () => {
    const paths = pathsOf(more);
    // Who has no right routes cannot be told that one is missing.
    const others = path.startsWith('routes') ? always.slice(1) : always;
    assert.deepEqual(paths.toSorted(), [path, ...others].toSorted());
  });
}

test('whatever single option is wrong, the others can still be looked at together', () => {
  const whole = readYaml(readFileSync(new URL('../../examples/everything.yaml', import.meta.url), 'utf8')).value;
  const stuck: string[] = [];
  for (const path of everyPath(whole)) {
    const wrong = structuredClone(whole);
    const parent = valueAt(wrong, path.slice(0, -1));
    if (typeof parent === 'object' && parent !== null) Reflect.set(parent, path.at(-1) ?? '', [[null]]);
    if (repair(wrong) === null) stuck.push(path.join('.'));
  }
  assert.deepEqual(stuck, []);
});

function* everyPath(value: unknown, path: OptionPath = []): Generator<OptionPath> {
  if (path.length > 0) yield path;
  if (Array.isArray(value)) for (const [index, one] of value.entries()) yield* everyPath(one, [...path, index]);
  else if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) yield* everyPath(one, [...path, key]);
}
