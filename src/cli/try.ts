// floodgate try: three messages as a stranger would send them, with the dialogue; for the first minutes with a gateway.
import { tryOut } from '../audit/try-out.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadContext } from '../config/load.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

interface Options {
  readonly config?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** The subcommand `try`. */
export const tryCommand =
  (context: LoadContext): Subcommand =>
  (program) => {
    program
      .command('try')
      .description('send the running gateway on this machine a message, one to an unknown mailbox and a relay trick; show the dialogue')
      .option('--config <file>', "the gateway's configuration")
      .option('--to <address>', 'a mailbox that exists; default alice@ the first domain')
      .option('--json', 'one JSON object a line')
      .action(async (options: Options) => {
        const loaded = loadConfig(findConfig(options.config), context);
        if (!loaded.ok) throw new CliError('the configuration has errors; `floodgate check` names them');
        const { config } = loaded;
        const listener = config.listeners.find(({ role }) => role === 'mx');
        const [domain] = config.site.domains;
        if (listener === undefined || domain === undefined) throw new CliError('the configuration has no listener with the role mx');
        const { host, port } = listener.address;
        const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
        const trials = await tryOut({ host: at, port, domain, recipient: options.to ?? `alice@${domain}` }).catch((error: unknown) => {
          throw new CliError(`${at}:${port}: ${error instanceof Error ? error.message : String(error)}; is the gateway running?`);
        });
        for (const trial of trials) {
          if (options.json) printJson(trial);
          else process.stdout.write(`\n== ${trial.what}\n${trial.dialogue.join('\n')}\n`);
        }
      });
  };
