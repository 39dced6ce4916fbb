#!/usr/bin/env node
// Starts Floodgate on the Node it needs. Plain JavaScript that any Node >= 18 can read: `npm ci` brings Node 24
// as a package (node-linux-*), so a machine whose own Node is older still runs the right one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = [24, 12];
const root = new URL('..', import.meta.url);
const source = fileURLToPath(new URL('src/main.ts', root));
const entry = existsSync(source) ? source : fileURLToPath(new URL('dist/main.js', root));

const isNewEnough = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
};

/** The Node that came with `npm ci`, or null where its package is missing (another platform, or a failed download). */
function bundledNode() {
  try {
    const packageFile = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const binary = fileURLToPath(new URL('bin/node', `file://${packageFile}`));
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

if (isNewEnough()) {
  process.argv[1] = entry;
  await import(`file://${entry}`);
} else {
  const node = bundledNode();
  if (node === null) {
    console.error(`floodgate: needs Node ${needed.join('.')} or newer; this is ${process.versions.node}. Run "npm ci" again: it brings Node 24 with it on Linux x64 and arm64.`);
    process.exit(1);
  }
  const child = spawnSync(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(child.status ?? 1);
}
