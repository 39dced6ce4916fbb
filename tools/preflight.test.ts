// The check before the tools in TypeScript, in a folder laid out as different npm leave it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, scratchDirectory, type Finished } from '../test/harness/scratch.ts';

const bundled = `node-${process.platform}-${process.arch}/bin/node`;

interface Layout {
  /** npm has brought Node. */
  readonly hasBundled?: boolean;
  /** npm has kept its link beside the other programs. */
  readonly hasLink?: boolean;
}

/** A folder with only what the check looks at. */
function layOut(t: TestContext, { hasBundled = false, hasLink = false }: Layout): string {
  const folder = scratchDirectory(t, 'preflight');
  const modules = join(folder, 'node_modules');
  mkdirSync(join(folder, 'tools'));
  mkdirSync(join(modules, '.bin'), { recursive: true });
  cpSync(fileURLToPath(new URL('preflight.mjs', import.meta.url)), join(folder, 'tools/preflight.mjs'));
  if (hasBundled) {
    mkdirSync(dirname(join(modules, bundled)), { recursive: true });
    symlinkSync(process.execPath, join(modules, bundled));
  }
  if (hasLink) symlinkSync(`../${bundled}`, join(modules, '.bin/node'));
  return folder;
}

/** Run by this Node, or by one that says it is another. */
const preflight = (folder: string, version?: string): Promise<Finished> => {
  const pretends = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  return runProgram(process.execPath, [...(version === undefined ? [] : ['--import', pretends]), join(folder, 'tools/preflight.mjs')]);
};

const link = (folder: string): string => readlinkSync(join(folder, 'node_modules/.bin/node'));

test('a link to the bundled Node that an old npm took away again is put back: the scripts would run on the old Node', async (t) => {
  const folder = layOut(t, { hasBundled: true });
  assert.deepEqual(await preflight(folder, '18.20.4'), { code: 0, stdout: '', stderr: '' });
  assert.equal(link(folder), `../${bundled}`);
});

test('a link that is there stays as it is', async (t) => {
  const folder = layOut(t, { hasBundled: true, hasLink: true });
  assert.deepEqual(await preflight(folder, '18.20.4'), { code: 0, stdout: '', stderr: '' });
});

for (const [version, why] of [
  ['18.20.4', 'another release'],
  ['24.11.9', 'types are not stripped silently yet'],
] as const) {
  test(`without the bundled Node, Node ${version} is told what to do: ${why}`, async (t) => {
    const { code, stderr } = await preflight(layOut(t, {}), version);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`This is Node ${version.replaceAll('.', '\\.')}; 24\\.12 or newer is needed\\. "npm ci" brings it`));
  });
}

test('a Node that is new enough needs no other', async (t) => {
  const folder = layOut(t, {});
  assert.deepEqual(await preflight(folder), { code: 0, stdout: '', stderr: '' });
  assert.throws(() => link(folder), { code: 'ENOENT' });
});
