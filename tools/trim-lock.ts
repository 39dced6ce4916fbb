// Takes out of package-lock.json the optional packages it names but could not find: bindings of a tool for other systems that a
// registry does not carry. `npm install` passes over them, `npm ci` stops at them. Run by `npm run relock` after a change of dependencies.
import { readFile, writeFile } from 'node:fs/promises';

interface Lock {
  readonly packages: Readonly<Record<string, { optionalDependencies?: Record<string, string> }>>;
}

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(await readFile(file, 'utf8')) as Lock;
let removed = 0;
for (const entry of Object.values(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (`node_modules/${name}` in lock.packages) continue;
    delete entry.optionalDependencies?.[name];
    removed++;
  }
}
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${removed} optional packages that cannot be had are taken out`);
