import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { clientOf, configOf, factsOf, heloInput, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { Check } from '../policy/check.ts';
import { ownChecks } from './own-checks.ts';

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'floodgate-checks-'));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

const load = (dir: string): Promise<readonly Check[]> => ownChecks(configOf({ ownChecks: dir }));

test('the examples load and find what they say', async () => {
  const checks = await load(new URL('../../examples/checks', import.meta.url).pathname);
  const [address, many] = checks;
  assert.deepEqual(
    checks.map(({ id }) => id),
    ['helo-is-an-address', 'many-recipients-from-a-free-mailer'],
  );
  assert.equal(address?.run(heloInput({ helo: '192.0.2.7' }), factsOf(), undefined, 'helo').kind, 'finding');
  assert.equal(address?.run(heloInput({ helo: '192.0.2.7', client: clientOf({ inside: true }) }), factsOf(), undefined, 'helo').kind, 'clean');
  const from = mailboxOf('a@freemail.example');
  const accepted = Array.from({ length: 10 }, (_, index) => mailboxOf(`u${index}@example.org`));
  assert.equal(many?.run(rcptInput({ from, accepted }), factsOf(), undefined, 'rcpt').kind, 'finding');
  assert.equal(many?.run(rcptInput({ from, accepted: accepted.slice(1) }), factsOf(), undefined, 'rcpt').kind, 'clean');
});

test('TypeScript is taken as it is; tests beside the checks are not checks', async (t) => {
  const checks = await load(
    folder(t, {
      'mine.ts': "const why: string = 'because'; export default { stage: 'helo', run: () => why };",
      'mine.test.ts': 'export default 1',
      'notes.md': '#',
    }),
  );
  assert.deepEqual(
    checks.map(({ id, defaults }) => [id, defaults.action, defaults.onUnsure]),
    [['mine', 'observe', 'pass']],
  );
});

test('what it returns is made harmless: nonsense is unsure, evidence flat and short', async (t) => {
  const [nonsense, deep] = await load(
    folder(t, {
      'a.ts': "export default { stage: 'helo', run: () => 42 };",
      'b.ts': "export default { stage: 'helo', run: () => ({ because: 'b', evidence: { deep: { x: 1 }, long: 'x'.repeat(1000) } }) };",
    }),
  );
  assert.equal(nonsense?.run(heloInput(), factsOf(), undefined, 'helo').kind, 'unsure');
  const outcome = deep?.run(heloInput(), factsOf(), undefined, 'helo');
  assert.ok(outcome?.kind === 'finding' && outcome.evidence['deep'] === '{"x":1}' && String(outcome.evidence['long']).length === 200);
});

const broken: readonly [why: string, files: Readonly<Record<string, string>>, says: RegExp][] = [
  ['a syntax error', { 'x.ts': 'export default {' }, /x\.ts/],
  ['no check', { 'x.ts': 'export default { stage: "later", run() {} }' }, /default export is no check/],
  ['the name of a built-in check', { 'relay-trick.ts': "export default { stage: 'helo', run: () => null };" }, /two checks named relay-trick/],
  ['two at once are both named', { 'x.ts': '(', 'y.ts': '(' }, /x\.ts.*y\.ts/s],
];
for (const [why, files, says] of broken) test(`refused: ${why}`, async (t) => assert.rejects(load(folder(t, files)), says));

test('a folder that is not there is said', () => assert.rejects(load('/nowhere/at-all'), /nowhere/));

test('a changed file is loaded anew', async (t) => {
  const dir = folder(t, { 'mine.ts': "export default { stage: 'helo', run: () => 'one' };" });
  await load(dir);
  const file = join(dir, 'mine.ts');
  writeFileSync(file, "export default { stage: 'helo', run: () => 'two' };");
  utimesSync(file, 1, 1);
  const [check] = await load(dir);
  const outcome = check?.run(heloInput(), factsOf(), undefined, 'helo');
  assert.equal(outcome?.kind === 'finding' && outcome.because, 'two');
});
