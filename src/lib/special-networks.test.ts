import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpecialNetworks } from './special-networks.ts';

const isSpecial = createSpecialNetworks();

for (const ip of [
  '10.1.2.3',
  '127.0.0.1',
  '172.31.9.9',
  '192.168.0.1',
  '100.64.1.1',
  '169.254.1.1',
  '203.0.113.7',
  '239.1.1.1',
  '::1',
  'fd00::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  'nonsense',
  '',
])
  test(`${ip === '' ? 'nothing' : ip} is nobody's`, () => assert.equal(isSpecial(ip), true));

for (const ip of ['45.0.2.9', '172.32.0.1', '100.128.0.1', '2a00:1450::1', '::ffff:45.0.2.9'])
  test(`${ip} is somebody's`, () => assert.equal(isSpecial(ip), false));
