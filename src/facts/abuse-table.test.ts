import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAbuseTable } from './abuse-table.ts';

test('the most specific network counts, of both families', () => {
  const table = parseAbuseTable('# ours by hand\n45.0.0.0/8: a@wide.example\n45.0.2.0/24: b@narrow.example, c@narrow.example\n2a00:1::/32: six@isp.example\n');
  assert.deepEqual(table.errors, []);
  assert.deepEqual(table.of('45.0.2.9'), { network: '45.0.2.0/24', mailboxes: ['b@narrow.example', 'c@narrow.example'] });
  assert.equal(table.of('45.9.2.9')?.network, '45.0.0.0/8');
  assert.deepEqual(table.of('2a00:1::9')?.mailboxes, ['six@isp.example']);
  assert.equal(table.of('46.0.0.1'), null);
});

test('each line that is wrong is named', () => {
  assert.deepEqual(
    parseAbuseTable('45.0.2.0/24\nhere: a@isp.example\n45.0.2.0/24: nobody\n').errors.map(({ line }) => line),
    [1, 2, 3],
  );
});
