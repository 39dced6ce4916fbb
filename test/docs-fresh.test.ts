// Generated pages that lag behind their source lie to the operator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleFiles } from '../tools/gen-docs.ts';

test('every generated file is what its generator makes now (npm run docs)', async () => {
  assert.deepEqual(
    (await staleFiles()).map(({ path }) => path),
    [],
  );
});
