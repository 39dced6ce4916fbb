// Run by `npm run relock` after a change of dependencies. Takes out of package-lock.json what `npm ci` stumbles over: optional packages it
// names but could not find (bindings for other systems that a registry does not carry: `npm install` passes over them, `npm ci` stops), and
// which Node each package asks for. npm judges that by the Node it runs on itself, not by the one we bring along: it warns for nothing, and
// npm before 10 leaves out the binaries of lint and format.
import { readFile, writeFile } from 'node:fs/promises';

interface Lock {
  readonly packages: Readonly<Record<string, { optionalDependencies?: Record<string, string>; engines?: unknown }>>;
}

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(await readFile(file, 'utf8')) as Lock;
let removed = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  if (place !== '') delete entry.engines; // '' is ourselves: from Node 18 on
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (`node_modules/${name}` in lock.packages) continue;
    delete entry.optionalDependencies?.[name];
    removed++;
  }
}
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${removed} optional packages that cannot be had are taken out`);
