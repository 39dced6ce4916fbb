import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBootstrap } from './bootstrap.ts';

const file = (...services: readonly unknown[]): object => ({ version: '1.0', services });

test('the most specific network says whom to ask, encrypted servers first', () => {
  const bootstrap = readBootstrap([
    file([['45.0.0.0/8'], ['http://one.example/rdap/', 'https://one.example/rdap']], [['45.7.0.0/16'], ['https://two.example/']]),
    file([['2a00::/12'], ['https://six.example/']]),
  ]);
  assert.deepEqual(bootstrap.serversFor('45.1.1.1'), ['https://one.example/rdap/', 'http://one.example/rdap/']);
  assert.deepEqual(bootstrap.serversFor('45.7.1.1'), ['https://two.example/']);
  assert.deepEqual(bootstrap.serversFor('2a00:1::5'), ['https://six.example/']);
  assert.deepEqual(bootstrap.serversFor('46.0.0.1'), []);
  assert.deepEqual([...bootstrap.hosts], ['one.example', 'two.example', 'six.example']);
});

test('what is not as it should be is left out', () => {
  const bootstrap = readBootstrap([
    null,
    { services: 5 },
    file('x', [], [['45.0.0.0/8'], ['ftp://x.example/', 'nonsense']], [['here'], ['https://z.example/']], [[5, '46.0.0.0/8'], ['https://y.example/']]),
  ]);
  assert.deepEqual(bootstrap.serversFor('45.0.0.1'), []);
  assert.deepEqual(bootstrap.serversFor('46.0.0.1'), ['https://y.example/']);
});
