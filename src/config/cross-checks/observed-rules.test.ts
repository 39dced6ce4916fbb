import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfigText } from '../load.ts';

const checkIds = ['forged-bounce', 'relay-not-allowed'];
const warningsOf = (more: string): readonly string[] => {
  const text = `site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}
hub: {address: "192.0.2.10:25"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
${more}
`;
  const loaded = loadConfigText(text, '/etc/floodgate/floodgate.yaml', {
    checkIds,
    abuseChecks: ['forged-bounce'],
    localAddresses: [],
    nowMs: Date.UTC(2026, 7, 1),
  });
  assert.ok(loaded.ok);
  return loaded.warnings.filter(({ path }) => path === 'rules' || path === 'checks').map(({ message }) => message);
};
const rules = (action: string, ...ids: readonly string[]): string =>
  `rules: [${ids.map((id) => `{id: ${id}, when: {subject: invoice}, action: ${action}}`).join(', ')}]`;

test('in mode observe a rule that would act is named: it seems broken otherwise, as lists and measures hold', () => {
  assert.deepEqual(warningsOf(`mode: observe\n${rules('quarantine', 'invoices')}`), ['mode is observe: what invoices would do is only recorded']);
  assert.deepEqual(warningsOf(`mode: observe\nobserveUntil: 2026-08-08\n${rules('tag', 'a', 'b', 'c', 'd', 'e')}`), [
    'mode is observe: what a, b, c and 2 more would do is only recorded until 2026-08-08T00:00Z',
  ]);
});

test('nothing is said where rules are carried out, or would only record anyway', () => {
  assert.deepEqual(warningsOf(rules('quarantine', 'invoices')), []);
  assert.deepEqual(warningsOf(`mode: observe\nobserveUntil: 2026-07-01\n${rules('quarantine', 'invoices')}`), []);
  assert.deepEqual(warningsOf(`mode: observe\n${rules('observe', 'invoices')}`), []);
});

test('a check whose action somebody has written down is named as well; what mode observe does not suspend is not', () => {
  const forged = 'checks: {forged-bounce: {action: reject}, relay-not-allowed: {action: defer}}';
  assert.deepEqual(warningsOf(`mode: observe\nobserveUntil: 2026-08-08\n${forged}`), [
    'mode is observe: what forged-bounce would do is only recorded until 2026-08-08T00:00Z',
  ]);
  assert.deepEqual(warningsOf(forged), []);
  assert.deepEqual(warningsOf('mode: observe\nchecks: {forged-bounce: {action: observe}}'), []);
});
