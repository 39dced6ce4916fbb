// Load tools run as processes of their own, so that their work does not delay what is measured: options in as JSON, result out as JSON.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs `main` with the JSON options of the command line and prints its result, when the file at `url` is the program started. */
export async function runAsProgram<O, R>(url: string, main: (options: O) => Promise<R>): Promise<void> {
  if (process.argv[1] !== fileURLToPath(url)) return;
  const result = await main(JSON.parse(process.argv[2] ?? '{}') as O);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}

/** Starts `bench/load/<tool>.ts` and resolves to its result. The time limit is a backstop: every tool is bounded by itself. */
export function runTool<O, R>(tool: 'storm' | 'pacer' | 'blaster' | 'greeter', options: O, limitMs = 240_000): Promise<R> {
  const file = fileURLToPath(new URL(`${tool}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'], timeout: limitMs });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as R);
      else reject(new Error(`load tool ${tool} ended with ${code}`));
    });
  });
}
