import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMarkdown } from './report.ts';

test('a page shows median and spread of each contestant, and every goal with its rounds', () => {
  const rounds = new Map([
    ['Floodgate', [{ 'msg/s': 300 }, { 'msg/s': 100 }, { 'msg/s': 200 }]],
    ['peer', [{ 'msg/s': 100 }, { 'msg/s': 100 }, { 'msg/s': 100 }]],
  ]);
  const page = toMarkdown({ title: 'forward', rounds, goals: [{ figure: 'msg/s', against: 'peer', atLeast: 2.5 }] });
  assert.equal(
    page,
    `### forward

| | msg/s |
|---|---|
| Floodgate | 200 (100-300) |
| peer | 100 (100-100) |

- **missed**: msg/s at least 2.5 times peer's: 2 (rounds 3, 1, 2)
`,
  );
});
