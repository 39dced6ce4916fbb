// Generated documentation: `npm run docs` writes it, `node tools/gen-docs.ts --check` fails and names what is stale.
// A generator is a file in tools/docs/ that exports `generate`; adding the file is all there is to do.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A generated file: its path from the root of the repository, and its whole text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** What each file in tools/docs/ exports as `generate`. `root` is the folder of the repository. */
export type Generate = (root: string) => Promise<readonly GeneratedFile[]> | readonly GeneratedFile[];

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Runs every generator. */
export async function generateAll(root = repository): Promise<readonly GeneratedFile[]> {
  const folder = join(root, 'tools/docs');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).toSorted();
  const files: GeneratedFile[] = [];
  for (const name of names) {
    const { generate } = (await import(join(folder, name))) as { readonly generate?: Generate };
    if (!generate) throw new Error(`tools/docs/${name} exports no generate`);
    files.push(...(await generate(root)));
  }
  return files;
}

/** The generated files that are missing or differ from what their generator makes now. */
export async function staleFiles(root = repository): Promise<readonly GeneratedFile[]> {
  const files = await generateAll(root);
  const there = await Promise.all(files.map(({ path }) => readFile(join(root, path), 'utf8').catch(() => null)));
  return files.filter(({ text }, index) => text !== there[index]);
}

async function main(check: boolean): Promise<void> {
  for (const { path, text } of await staleFiles()) {
    if (check) {
      process.stderr.write(`${path} is stale: run npm run docs\n`);
      process.exitCode = 1;
    } else {
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text);
      process.stdout.write(`wrote ${path}\n`);
    }
  }
}

if (import.meta.main) await main(process.argv.includes('--check'));
