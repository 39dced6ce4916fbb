import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, insider } from '../../test/harness/policy-inputs.ts';
import { contentLimitsFor } from './content-room.ts';

const limits = { message: 1_000_000, header: 10_000, headerLines: 100 };

test('a stranger has what the operator wrote', () => assert.deepEqual(contentLimitsFor(limits, { client: clientOf(), user: null }), limits));

for (const [who, client, user] of [
  ['a host inside', insider, null],
  ['a user', clientOf({ role: 'submission' }), 'carol'],
  ['whoever reaches a smarthost listener', clientOf({ role: 'smarthost' }), null],
  ['a next hop', clientOf({ nextHop: true }), null],
] as const)
  test(`${who} has room for what a hub writes above a message that was taken at the limit`, () => {
    const { message, header, headerLines } = contentLimitsFor(limits, { client, user });
    assert.deepEqual([message - limits.message, header - limits.header, headerLines - limits.headerLines], [1_048_576, 65_536, 256]);
  });
