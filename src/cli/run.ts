// floodgate run: the daemon.
import type { Subcommand } from './command-line.ts';

export interface RunOptions {
  readonly config?: string;
}

/** The subcommand `run`; what it runs comes from the composition root. */
export const runCommand =
  (run: (options: RunOptions) => Promise<void>): Subcommand =>
  (program) => {
    program
      .command('run')
      .description('run the gateway in the foreground; SIGHUP reloads, SIGTERM ends it when the messages under way are done')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml, else a first-run set-up on loopback')
      .action((options: RunOptions) => run(options));
  };
