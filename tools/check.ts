// `npm run check`: what must hold before every commit, in under a minute. The quick steps run side by side, then the tests;
// a line a step, and what a failed step said.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

const quick: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['oxlint', '--type-aware'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'docs fresh', command: [process.execPath, 'tools/gen-docs.ts', '--check'] },
];
// Architecture and contracts are tests in test/ and run with these.
const tests: Step = { name: 'unit tests', command: [process.execPath, 'tools/run-tests.ts', '--only', 'unit'] };

async function isFine({ name, command }: Step): Promise<boolean> {
  const started = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [code, out, trouble] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  console.log(`${name.padEnd(12)} ${code === 0 ? 'ok    ' : 'FAILED'} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (code !== 0) console.log(`${out}${trouble}`.trimEnd().replaceAll(/^/gm, '    '));
  return code === 0;
}

const results = await Promise.all(quick.map(isFine));
results.push(await isFine(tests));
process.exitCode = results.every(Boolean) ? 0 : 1;
