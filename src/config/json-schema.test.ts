import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintOf, leaves, optionSchema, schemaAt } from './json-schema.ts';

const root = optionSchema();

for (const [path, schema] of leaves(root)) {
  test(`${path} says what it means`, () => assert.match(schema.description ?? '', /^\S.*\.$/));
}

test('every top-level section says what it is for', () => {
  for (const [name, schema] of Object.entries(root.properties ?? {})) assert.match(schema.description ?? '', /\.$/, name);
});

test('every option with a number has a range', () => {
  const open = [...leaves(root)].filter(
    ([, { type, minimum, maximum }]) => (type === 'integer' || type === 'number') && (minimum === undefined || maximum === undefined),
  );
  assert.deepEqual(
    open.map(([path]) => path),
    [],
  );
});

test('defaults are as an operator would write them, not as the program holds them', () => {
  assert.deepEqual([schemaAt(root, ['timeouts', 'command'])?.default, schemaAt(root, ['limits', 'message'])?.default], ['300s', '25 MiB']);
});

test('lists and maps are looked into by any index and key, unknown options are not there', () => {
  assert.equal(schemaAt(root, ['listeners', 7, 'role'])?.enum?.[0], 'mx');
  assert.equal(schemaAt(root, ['routes', 'customer.example', 'connections'])?.default, 50);
  assert.equal(schemaAt(root, ['limits', 'sesions']), null);
  assert.equal(schemaAt(root, ['limits', 'constructor']), null);
});

test('a hint shows how the option is written', () =>
  assert.equal(hintOf(schemaAt(root, ['site', 'domains'])), 'Our mail domains. Write it like [example.org]'));
