import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locate, type OptionPath, parsePath, pathText, placeKey } from './problem.ts';

const paths: readonly [path: OptionPath, text: string][] = [
  [['mode'], 'mode'],
  [['site', 'networks', 2], 'site.networks[2]'],
  [['listeners', 0, 'proxyProtocol', 'trusted', 1], 'listeners[0].proxyProtocol.trusted[1]'],
  [['routes', 'customer.example', 'address'], 'routes["customer.example"].address'],
];
for (const [path, text] of paths) {
  test(`${text} is written and read back`, () => {
    assert.equal(pathText(path), text);
    assert.deepEqual(parsePath(text), path);
  });
}

for (const text of ['', '.a', 'a..b', 'a[', 'a[x]', 'a b', 'a.']) test(`${JSON.stringify(text)} is no path`, () => assert.equal(parsePath(text), null));

for (const key of ['password:hunter2', 'two words', '\u001B[31m', 'a'.repeat(65), '']) {
  test(`the key ${JSON.stringify(key.slice(0, 20))} is not shown: it may be a value, or hurt the terminal`, () => assert.equal(pathText([key]), '["?"]'));
}

test('a problem has the place of the nearest option around it that is written', () => {
  const places = new Map([[placeKey(['hub']), { line: 3, column: 1 }]]);
  assert.deepEqual(locate({ path: ['hub', 'address'], message: 'm', hint: 'h' }, places), { path: 'hub.address', line: 3, column: 1, message: 'm', hint: 'h' });
  assert.equal(locate({ path: ['site'], message: 'm', hint: 'h' }, places).line, null);
});
