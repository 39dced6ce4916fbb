// What a new check, event or option must bring with it: the failing title says which step was forgotten.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { leaves, optionSchema } from '../src/config/json-schema.ts';
import { catalogue as eventCatalogue } from '../src/events/catalogue.ts';
import { logLine } from '../src/events/log-line.ts';
import { sampleEvents } from '../src/events/sample-events.ts';
import type { EventType } from '../src/model/events.ts';
import { catalogue } from '../src/policy/catalogue.ts';
import { factTier } from '../src/policy/facts.ts';
import { detectors } from '../src/detect/catalogue.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const isThere = (path: string): boolean => existsSync(new URL(path, root));
const find = (pattern: string): string[] => globSync(pattern, { cwd: root });

// Permission and protocol checks refuse from the first day by their nature: docs/adr/default-actions-of-checks.md.
const records = find('docs/adr/*.md').map(read).join('\n');

for (const { id, kind, defaults, facts, stages } of catalogue) {
  test(`check ${id}: its file is src/policy/checks/${id}.ts`, () => assert.match(read(`src/policy/checks/${id}.ts`), new RegExp(`id: '${id}'`)));
  test(`check ${id}: a test stands beside it`, () => assert.ok(isThere(`src/policy/checks/${id}.test.ts`)));
  test(`check ${id}: its page is docs/checks/${id}.md`, () => assert.match(read(`docs/checks/${id}.md`), new RegExp(`^# .*${id}`, 'm')));
  test(`check ${id}: it starts by observing, or a decision record says why not`, () =>
    assert.ok(kind !== 'abuse' || defaults.action === 'observe' || records.includes(`\`${id}\``), defaults.action));
  test(`check ${id}: its stages and facts exist`, () => {
    assert.ok(stages.length > 0);
    for (const fact of facts) assert.ok(Object.hasOwn(factTier, fact), fact);
  });
  test(`check ${id}: when it cannot tell, ${kind === 'permission' ? 'the mail waits' : 'the mail passes'}`, () =>
    assert.ok(kind === 'protocol' || defaults.onUnsure === (kind === 'permission' ? 'defer' : 'pass')));
}

test('every file of src/policy/checks is in the catalogue, once', () => {
  const inFolder = find('src/policy/checks/*.ts')
    .map((path) => basename(path, '.ts'))
    .filter((name) => !name.endsWith('.test'));
  assert.ok(inFolder.length > 0);
  assert.deepEqual(inFolder.toSorted(), catalogue.map(({ id }) => id).toSorted());
});

test('every page of docs/checks belongs to a check', () => {
  const ids = catalogue.map(({ id }) => id);
  assert.deepEqual(
    find('docs/checks/*.md').filter((path) => !ids.includes(basename(path, '.md')) && basename(path) !== 'README.md'),
    [],
  );
});

// The sources in which things happen: not the catalogue itself, its samples, the union's definition, nor tests.
const happenings = find('src/**/*.ts')
  .filter(
    (path) => !path.endsWith('.test.ts') && !/^src\/(?:model|events\/(?:catalogue|sample-events|importance|counting|explanation|explain-id))\b/.test(path),
  )
  .map(read)
  .join('\n');

for (const type of Object.keys(eventCatalogue) as EventType[]) {
  const constructorName = type.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  test(`event ${type}: it is said somewhere`, () => assert.match(happenings, new RegExp(`type: '${type}'|\\bevents\\.${constructorName}\\(`)));
  test(`event ${type}: the log has a line for it`, () => {
    const { level } = eventCatalogue[type];
    const body = sampleEvents[type];
    assert.match(
      logLine('text', { time: '2026-01-01T00:00:00.000Z', door: 'smtp-1' }, (level as (given: typeof body) => 'info')(body), body),
      new RegExp(type),
    );
  });
}

const optionsPage = read('docs/reference/options.md');
for (const [path, leaf] of leaves(optionSchema(), '', false)) {
  const written = path.replace(/^\./, '').replace('.*', '.<name>');
  test(`option ${written}: it says what it is for, and the page has it`, () => {
    assert.ok((leaf.description ?? '').length > 5, 'describe() is missing in src/config/options.ts');
    assert.ok(optionsPage.includes(`\`${written}\``), 'npm run docs');
  });
}

test('no detector has the name of a check: both stand in the same log', () => {
  const names = new Set<string>(catalogue.map(({ id }) => id));
  assert.deepEqual(
    detectors.filter(({ id }) => names.has(id)).map(({ id }) => id),
    [],
  );
});
