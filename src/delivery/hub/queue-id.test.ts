import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueIdIn } from './queue-id.ts';

const cases: readonly [text: string, expected: string | null, whose: string][] = [
  ['Ok: queued as 4dCw5T1Zz9z2x', '4dCw5T1Zz9z2x', 'Postfix'],
  ['OK id=1vMGZ1-00000000A9b-3Xyz', '1vMGZ1-00000000A9b-3Xyz', 'Exim'],
  ['5ALAsT3b012345 Message accepted for delivery', '5ALAsT3b012345', 'Sendmail'],
  ['8d1f2a3b Message accepted for delivery', '8d1f2a3b', 'OpenSMTPD'],
  ['<x@y.example> [InternalId=81896264728, Hostname=EX01] 8523 bytes in 0.1 Queued mail for delivery', '81896264728', 'Exchange'],
  ['ok 1763718000 qp 4711', '4711', 'qmail'],
  ['<user@example.org> Saved', null, 'Dovecot names none'],
  ['queued as <script>', null, 'what is unsafe to repeat is no id'],
];

for (const [text, expected, whose] of cases) {
  test(`"${text}" names ${expected ?? 'nothing'}: ${whose}`, () => {
    assert.equal(queueIdIn({ code: 250, enhanced: '2.0.0', lines: [text] }), expected);
  });
}
