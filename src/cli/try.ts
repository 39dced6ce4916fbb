// floodgate try: a few messages as a stranger would send them, with the dialogue; for the first minutes with a gateway.
import { tryOut } from '../audit/try-out.ts';
import { isInNetworks, isWildcard } from '../config/address-space.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadContext } from '../config/load.ts';
import type { Config } from '../config/options.ts';
import { hostPortText } from '../config/value-types.ts';
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
      .description('send the running gateway on this machine a message, one to an unknown mailbox, and try to relay; show the dialogue')
      .option('--config <file>', "the gateway's configuration")
      .option('--to <address>', 'a mailbox that exists; default postmaster@ the first domain, in the embedded store alice@')
      .option('--json', 'one JSON object a line')
      .action(async (options: Options) => {
        const loaded = loadConfig(findConfig(options.config), context);
        if (!loaded.ok) throw new CliError('the configuration has errors; `floodgate check` names them');
        await tryGateway(loaded.config, options);
      });
  };

async function tryGateway({ listeners, site, hub }: Config, { to, json }: Options): Promise<void> {
  const listener = listeners.find(({ role }) => role === 'mx');
  const [domain] = site.domains;
  if (listener === undefined || domain === undefined) throw new CliError('the configuration has no domain, or no listener with the role mx');
  const { host, port } = listener.address;
  const at = isWildcard(host) ? '127.0.0.1' : host;
  const recipient = to ?? `${hub.address.kind === 'maildir' ? 'alice' : 'postmaster'}@${domain}`;
  const speaker = speakerFor(at, site.networks);
  const trials = await tryOut({ host: at, port, ...speaker, domain, recipient }).catch((error: unknown) => {
    throw new CliError(`${hostPortText({ host: at, port })}: ${error instanceof Error ? error.message : String(error)}; is the gateway running?`);
  });
  if (json) return trials.forEach(printJson);
  for (const { what, dialogue } of trials) process.stdout.write(`\n== ${what}\n${dialogue.join('\n')}\n`);
  process.stdout.write(
    `\nspoken from ${speaker.from}, ${speaker.isInside ? 'which is inside (site.networks) and may send to anyone: relaying was not tried' : 'a stranger'}\n`,
  );
  if (!speaker.isInside) process.stdout.write(`an alarm about ${speaker.from} in the next minutes is about this trial\n`);
  if ((trials[0]?.code ?? 0) >= 400)
    throw new CliError(`the message to ${JSON.stringify(recipient)} was refused; to see one arrive, name a mailbox that exists: --to someone@${domain}`);
}

/** A loopback address that the gateway takes for a stranger's, where there is one. The first may be a hub's on this machine: an alarm must not be about it. */
function speakerFor(host: string, networks: readonly string[]): { readonly from: string; readonly isInside: boolean } {
  const candidates = host.includes(':') ? ['::1'] : ['127.0.0.2', '127.0.0.1'];
  const outside = candidates.find((address) => !isInNetworks(address, networks));
  return { from: outside ?? candidates[0] ?? host, isInside: outside === undefined };
}
