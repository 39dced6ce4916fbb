import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../config/options.ts';
import { withFixedOptions } from './reload.ts';

const config = (more: object): Config => ({ state: '/var/lib/floodgate', threads: 2, mode: 'enforce', journal: { maxSize: 1 }, ...more }) as unknown as Config; // the options it looks at

test('the state directory stays the one that is locked: a door replaced later must not begin another', () => {
  const { config: next, warnings } = withFixedOptions(config({}), config({ state: '/elsewhere', mode: 'observe' }));
  assert.equal(next.state, '/var/lib/floodgate');
  assert.equal(next.mode, 'observe', 'the rest is new');
  assert.deepEqual(
    warnings.map(({ path }) => path),
    ['state'],
  );
});

test('threads, web and journal are told to wait for a start as well', () => {
  const { config: next, warnings } = withFixedOptions(config({}), config({ threads: 4, web: { address: { host: '::1', port: 1 } }, journal: { maxSize: 2 } }));
  assert.deepEqual(warnings.map(({ path }) => path).sort(), ['journal', 'threads', 'web']);
  assert.equal(next.web, undefined);
});

test('nothing changed, nothing to warn of', () => assert.deepEqual(withFixedOptions(config({}), config({})).warnings, []));
