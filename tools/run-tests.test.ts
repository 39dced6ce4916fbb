// The runner itself, over a folder of small tests: who gets a second try, and that nothing is hushed up.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, scratchDirectory, type Finished } from '../test/harness/scratch.ts';
import { until } from '../test/harness/until.ts';
import { promisedTimes } from './test-run/promised-times.ts';

const runner = fileURLToPath(new URL('run-tests.ts', import.meta.url));

const using = "import { test } from 'node:test'; import { existsSync, writeFileSync } from 'node:fs';\n";
const fine = `${using}test('fine', () => {});\n`;
const broken = `${using}test('broken', () => { throw new Error('it is broken'); });\n`;
/** Fails at the first run, because of what a second finds beside it. */
const onceRed = (mark: string): string =>
  `${using}test('steady', () => {});
test('unsteady', () => { if (existsSync('${mark}')) return; writeFileSync('${mark}', ''); throw new Error('the machine was busy'); });
`;
const onceDead = `${using}if (!existsSync('dead')) { writeFileSync('dead', ''); process.stderr.write('no port is free'); process.exit(3); }
test('alive', () => {});\n`;

/** `npm test` in a folder that holds these files, one of its own unless one is given. */
async function npmTest(where: TestContext | string, files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  const folder = typeof where === 'string' ? where : scratchDirectory(where, 'runner');
  for (const [name, content] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // it would take itself for a part of this test
  return runProgram(process.execPath, [runner, ...args], { cwd: folder, env });
}

/** The closing counts by name. */
const closing = ({ stdout }: Finished): Readonly<Record<string, number>> =>
  Object.fromEntries([...stdout.matchAll(/^# (\w+) (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)]));

test('a story that fails once and passes alone keeps the run red, and is told as unsteady with its whole error', async (t) => {
  const said = await npmTest(t, { 'test/e2e/a.test.ts': onceRed('mark'), 'test/peers/b.test.ts': fine });
  assert.equal(said.code, 1, said.stdout);
  assert.match(said.stdout, /\nunsteady \(failed once, passed alone\):\n\ntest\/e2e\/a\.test\.ts:\d+ {2}unsteady\n {4}Error: the machine was busy\n {8}at /);
  assert.match(said.stdout, /^AGAIN {3}test\/e2e\/a\.test\.ts {2}passed alone$/m);
  assert.doesNotMatch(said.stdout, /^failed:$/m);
  const { tests, pass, fail, unsteady } = closing(said);
  assert.deepEqual({ tests, pass, fail, unsteady }, { tests: 3, pass: 3, fail: 0, unsteady: 1 });
});

test('a file that dies before its tests is tried again as well, and what it wrote is told', async (t) => {
  const said = await npmTest(t, { 'test/peers/a.test.ts': onceDead });
  assert.equal(said.code, 1, said.stdout);
  assert.match(said.stdout, /passed alone\):\n\ntest\/peers\/a\.test\.ts:1 {2}test\/peers\/a\.test\.ts\n {4}no port is free\n/);
  assert.deepEqual([closing(said)['tests'], closing(said)['unsteady']], [1, 1]);
});

test('what fails alone as well is red, with both errors', async (t) => {
  const said = await npmTest(t, { 'test/e2e/a.test.ts': broken, 'test/e2e/b.test.ts': fine });
  assert.equal(said.code, 1);
  assert.match(said.stdout, /^failed:\n\ntest\/e2e\/a\.test\.ts:\d+ {2}broken\n[^]*^again, alone: test\/e2e\/a\.test\.ts:\d+ {2}broken\n/m);
  assert.deepEqual([closing(said)['fail'], closing(said)['unsteady']], [1, 0]);
});

test('a unit test gets no second try: it depends on nothing that a busy machine could spoil', async (t) => {
  const said = await npmTest(t, { 'src/a.test.ts': onceRed('mark') });
  assert.equal(said.code, 1);
  assert.doesNotMatch(said.stdout, /AGAIN|^unsteady \(/m);
  assert.deepEqual([closing(said)['fail'], closing(said)['unsteady']], [1, 0]);
});

test('of four files that failed none is tried again: so many are no accident', async (t) => {
  const names = ['a', 'b', 'c', 'd'];
  const said = await npmTest(t, Object.fromEntries(names.map((name) => [`test/e2e/${name}.test.ts`, onceRed(name)])));
  assert.equal(said.code, 1);
  assert.doesNotMatch(said.stdout, /AGAIN/);
  assert.equal(closing(said)['fail'], 4);
});

test('whoever looks for unsteady tests asks for no second try', async (t) => {
  const said = await npmTest(t, { 'test/e2e/a.test.ts': onceRed('mark') }, '--once');
  assert.equal(said.code, 1);
  assert.equal(closing(said)['fail'], 1);
});

test('a test that a shared file defines belongs to the file that ran it', async (t) => {
  const shared = `${using}export const story = (mark) => test('shared', () => { if (existsSync(mark)) return; writeFileSync(mark, ''); throw new Error('busy'); });\n`;
  const user = (mark: string): string => `import { story } from '../shared.ts'; story('${mark}');\n`;
  const said = await npmTest(t, { 'test/shared.ts': shared, 'test/e2e/a.test.ts': user('a'), 'test/e2e/b.test.ts': fine, 'test/e2e/c.test.ts': user('c') });
  assert.equal(said.code, 1, said.stdout);
  assert.deepEqual(
    [...said.stdout.matchAll(/^AGAIN {3}(\S+)/gm)].map(([, file]) => file),
    ['test/e2e/a.test.ts', 'test/e2e/c.test.ts'],
  );
});

test('what promises a time is asked with nothing of ours beside it', async (t) => {
  const lonely = `${using}test('lonely', () => writeFileSync('begun', ''));\n`;
  const neighbour = `import { test } from 'node:test'; import { until } from ${JSON.stringify(new URL('../test/harness/until.ts', import.meta.url).href)};
import { existsSync } from 'node:fs';
test('neighbour', async () => { if (await until('company', () => existsSync('begun'), 700).catch(() => false)) throw new Error('they ran side by side'); });\n`;
  const said = await npmTest(t, { 'test/e2e/load.test.ts': lonely, 'test/e2e/a.test.ts': neighbour, 'test/e2e/z.test.ts': neighbour });
  assert.equal(said.code, 0, said.stdout);
  assert.equal(closing(said)['pass'], 3);
});

test('what is said to promise a time is there', () => {
  assert.deepEqual(
    [...promisedTimes].filter((file) => !existsSync(new URL(`../${file}`, import.meta.url))),
    [],
  );
});

test('each group says how long it took, and which of its files took longest', async (t) => {
  const said = await npmTest(t, { 'test/e2e/a.test.ts': fine, 'src/b.test.ts': fine });
  assert.match(said.stdout, /^unit: 1 files, \d+\.\d s; longest: b \d+\.\d s\ne2e: 1 files, \d+\.\d s; longest: a \d+\.\d s$/m);
});

test('a run that is told to end says what is known by then, why something failed and what had not ended, and leaves no test behind', async (t) => {
  const folder = scratchDirectory(t, 'runner');
  const last = `${using}test('last', () => {
  writeFileSync('pid', String(process.pid));
  process.kill(process.ppid, 'SIGTERM');
  return new Promise(() => setInterval(() => {}, 1000));
});\n`;
  const said = await npmTest(folder, { 'src/a.test.ts': broken, 'test/e2e/b.test.ts': last });
  assert.notEqual(said.code, 0);
  assert.match(said.stdout, /^failed:\n\nsrc\/a\.test\.ts:\d+ {2}broken\n {4}Error: it is broken\n[^]*^ended by SIGTERM; 1 files had not ended, test\/e2e\/b/m);
  const pid = readFileSync(join(folder, 'pid'), 'utf8');
  await until('the test to be gone', () => !existsSync(`/proc/${pid}`));
});
