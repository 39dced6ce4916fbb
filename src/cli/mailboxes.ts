// floodgate mailbox: the mailboxes of the embedded store.
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadContext } from '../config/load.ts';
import { createMailbox, listMailboxes } from '../delivery/maildir/mailboxes.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

/** The subcommands `mailbox add` and `mailbox list`. */
export const mailboxCommand =
  (context: LoadContext): Subcommand =>
  (program) => {
    const mailbox = program.command('mailbox').description('mailboxes of the embedded store (hub.address: maildir:/path)');
    mailbox
      .command('add <address>')
      .description('make a mailbox; mail for it is taken from then on, where its domain is one of site.domains')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml, else the first-run set-up')
      .action(async (address: string, options: Options) => {
        const { root, domains } = storeOf(options, context);
        await createMailbox(root, address);
        process.stdout.write(`${address} has a mailbox\n`);
        const named = domainOf(address);
        if (!domains.includes(named)) process.stderr.write(`floodgate: note: ${named} is none of site.domains (${domains.join(', ')}): no mail comes to it\n`);
      });
    mailbox
      .command('list')
      .description('all mailboxes')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml, else the first-run set-up')
      .option('--json', 'one JSON object a line')
      .action(async (options: Options) => {
        for (const address of await listMailboxes(storeOf(options, context).root)) {
          if (options.json) printJson({ address });
          else process.stdout.write(`${address}\n`);
        }
      });
  };

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** The store's directory, and the domains whose mail comes to it. */
function storeOf({ config: given }: Options, context: LoadContext): { readonly root: string; readonly domains: readonly string[] } {
  const loaded = loadConfig(findConfig(given), context);
  if (!loaded.ok) throw new CliError('the configuration has errors; `floodgate check` names them');
  const { address } = loaded.config.hub;
  if (address.kind !== 'maildir') throw new CliError(`the hub is ${address.host}:${address.port}, not the embedded store: make mailboxes there`);
  return { root: address.path, domains: loaded.config.site.domains };
}
