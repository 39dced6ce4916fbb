import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../../test/harness/policy-inputs.ts';
import type { CrossContext } from '../cross-check.ts';
import { settingChecks } from './settings.ts';

const warned = (viruses: object, limits: object = {}): readonly string[] =>
  settingChecks
    .flatMap((check) => [
      ...check.find(configOf({ viruses: { clamd: '/run/clamd', ...viruses }, limits }), {
        checkIds: [],
        abuseChecks: [],
        isWritten: () => false,
        nowMs: 0,
      } as unknown as CrossContext),
    ]) // all they look at
    .filter(({ path }) => path[0] === 'viruses')
    .map(({ message }) => message);

test('by default clamd looks at all that is accepted', () => assert.deepEqual(warned({}), []));

test('where padding carries a virus past clamd it is told, and what becomes of that', () => {
  assert.match(warned({}, { message: 40 * 1024 ** 2 })[0] ?? '', /kept or refused unseen$/);
  assert.match(warned({ maxSize: 25 * 1024 ** 2, whenTooLarge: 'pass' })[0] ?? '', /a virus with padding behind it passes unseen$/);
});
