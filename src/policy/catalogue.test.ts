// The contract of a check: one file, one test, one page, one line in the catalogue.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { catalogue } from './catalogue.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const files = readdirSync(path('checks/')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

test('every check file is in the catalogue, once, and nothing else is', () => {
  assert.ok(files.length > 10, 'the check files were not found');
  assert.deepEqual(catalogue.map(({ id }) => `${id}.ts`).toSorted(), files.toSorted());
});

for (const { id, kind, defaults, facts } of catalogue) {
  test(`${id} has a test and a page that says how it can be wrong and how to switch it off`, () => {
    assert.ok(existsSync(path(`checks/${id}.test.ts`)));
    const page = readFileSync(path(`../../docs/checks/${id}.md`), 'utf8');
    assert.ok(page.startsWith(`# ${id}\n`));
    for (const heading of ['## What it sees', '## Default', '## How it can be wrong', '## Switching it off']) assert.ok(page.includes(heading), heading);
  });

  test(`${id} fails the right way: permission closed, the rest open; permission asks no DNS`, () => {
    assert.equal(defaults.onUnsure, kind === 'permission' ? 'defer' : 'pass');
    if (kind !== 'permission') return;
    assert.ok(['defer', 'reject'].includes(defaults.action));
    assert.ok(!facts.includes('reverseName') && !facts.includes('lists'));
  });
}
