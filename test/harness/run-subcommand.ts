// Runs one subcommand as the shell would: its own process, exit code, both outputs.
import { spawnSync } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const source = new URL('../../src/cli/', import.meta.url);

/** `file` below src/cli/, `make` an expression that gives its subcommand from the file's exports `m`: `m.initCommand()`. */
export function runSubcommand(file: string, make: string, args: readonly string[], cwd: string): Ran {
  const script = `import * as m from ${JSON.stringify(new URL(file, source).href)};
    import { runCommandLine } from ${JSON.stringify(new URL('command-line.ts', source).href)};
    await runCommandLine(${JSON.stringify(args)}, { version: '0' }, [${make}]);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd,
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status, stdout, stderr };
}
