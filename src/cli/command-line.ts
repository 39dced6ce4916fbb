// The seam to the command-line library, and what every subcommand does the same way: exit codes and the one clear line of trouble.
// A subcommand file exports one `Subcommand`: it adds itself to the program.
import { Command } from 'commander';

export type CommandLine = Command;
export type Subcommand = (program: CommandLine) => void;

/** Trouble the operator must hear of: one line on standard error, exit 1; `usage` trouble exits 2. */
export class CliError extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One JSON object a line (JSON Lines), nothing else on standard output. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** The program with these subcommands, not run. */
export function assemble(subcommands: readonly Subcommand[]): CommandLine {
  const program = new Command('floodgate').exitOverride().showSuggestionAfterError();
  for (const add of subcommands) add(program);
  return program;
}

/** Runs the program; every way out has its exit code: 0 success, 1 failure, 2 bad usage. */
export async function runCommandLine(argv: readonly string[], about: { readonly version: string }, subcommands: readonly Subcommand[]): Promise<void> {
  const program = assemble(subcommands);
  program
    .version(about.version)
    .description("Mail-abuse firewall and response desk for a site's mail hub")
    .configureOutput({ outputError: (text, write) => write(text) });
  outliveReader();
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof CliError) process.stderr.write(`floodgate: ${error.message}\n`);
    else if (!isCommanderError(error)) process.stderr.write(`floodgate: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** `| head` has read enough: no trouble to tell of, and what was asked for is done to its end. */
function outliveReader(): void {
  process.stderr.on('error', () => undefined); // nowhere to tell it
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (process.exitCode !== 1) process.stderr.write(`floodgate: standard output: ${error.message}\n`);
    process.exitCode = 1;
  });
}

const isCommanderError = (error: unknown): error is { code: string; exitCode: number } =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 2;
  return 1;
}
