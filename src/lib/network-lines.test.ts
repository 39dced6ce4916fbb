import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetworkLines } from './network-lines.ts';

const rule = { isGood: (value: string) => value.startsWith('x'), wrong: 'holds no x' };

test('a wrong line is told by its number and takes nothing from the good ones', () => {
  const { rows, errors } = parseNetworkLines('# a comment\n45.0.2.0/24: x1, x2\n45.0.3.0/24 x1\nhere: x1\n45.0.4.0/24: x1, y\n2a00:1::/32: x6\r\n', rule);
  assert.deepEqual(rows, [
    { network: '45.0.2.0/24', values: ['x1', 'x2'] },
    { network: '2a00:1::/32', values: ['x6'] },
  ]);
  assert.deepEqual(errors, [
    { line: 3, message: 'is not network: value' },
    { line: 4, message: 'does not begin with a network' },
    { line: 5, message: 'holds no x' },
  ]);
});
