// share/man/floodgate.8 and docs/reference/cli.md: every command and option, from the same table as --help.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTree, type CommandNode } from '../../src/cli/command-tree.ts';
import { allCommands } from '../../src/process/commands.ts';
import type { Generate } from '../gen-docs.ts';

export const generate: Generate = async (root) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const tree = commandTree(await allCommands(version));
  return [
    { path: 'share/man/floodgate.8', text: manualPage(tree, version) },
    { path: 'docs/reference/cli.md', text: referencePage(tree) },
  ];
};

const flat = (nodes: readonly CommandNode[], above = 'floodgate'): readonly (readonly [line: string, node: CommandNode])[] =>
  nodes.flatMap((node) => {
    const line = `${above} ${node.name}`;
    return [...(node.commands.length === 0 ? [[[line, ...node.operands].join(' '), node] as const] : []), ...flat(node.commands, line)];
  });

const referencePage = (tree: readonly CommandNode[]): string =>
  `# Commands\n\nExit status: 0 success, 1 failure with one line on standard error, 2 bad usage. \`--json\` prints one JSON object a line.\n\n<!-- made by npm run docs -->\n` +
  flat(tree)
    .map(([line, { description, options }]) => {
      const rows = options.map(({ flags, description: what }) => `| \`${flags.replaceAll('|', '\\|')}\` | ${what} |\n`).join('');
      return `\n## ${line.replaceAll('<', '\\<')}\n\n${description}\n${rows === '' ? '' : `\n| option | |\n|---|---|\n${rows}`}`;
    })
    .join('');

/** Text for troff: backslashes, leading dots and quotes, and hyphens that must be copied as such. */
const troff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');

const manualPage = (tree: readonly CommandNode[], version: string): string => `.\\" made by npm run docs
.TH FLOODGATE 8 "" "floodgate ${version}" "System administration"
.SH NAME
floodgate \\- mail\\-abuse firewall in front of a mail server
.SH SYNOPSIS
.B floodgate
.I command
.RI [ option ...]
.SH DESCRIPTION
.B floodgate run
stands in front of a mail server and takes its mail from the world: strangers cannot relay through it, attackers cannot hold the server's
sessions, nothing it has acknowledged is lost, it makes no bounces, and it can explain every refusal by the reference that stands in it.
.SH COMMANDS
${flat(tree)
  .map(([line, { description, options }]) => {
    const rows = options.map(({ flags, description: what }) => `.RS\n.TP\n.B ${troff(flags)}\n${troff(what)}\n.RE`);
    return [`.TP\n.B ${troff(line)}\n${troff(description)}`, ...rows].join('\n');
  })
  .join('\n')}
.SH SIGNALS
.TP
.B SIGHUP
reads configuration, certificates and lists again; the old configuration stays when the new one is wrong.
.TP
.B SIGTERM
takes no new connections, lets messages under way finish, and exits 0. A second one ends it at once.
.SH FILES
.TP
.I ./floodgate.yaml, /etc/floodgate/floodgate.yaml
the configuration; every option with its default is in docs/reference/options.md, its JSON Schema in share/floodgate.schema.json.
.TP
.I STATE/journal
what happened, as JSON Lines; read by
.BR "floodgate explain" .
.TP
.I STATE/control.sock
the socket by which the commands reach the running gateway.
.SH EXIT STATUS
0 on success, 1 on failure with one line on standard error, 2 on bad usage.
.SH EXAMPLES
.nf
floodgate init \\-\\-networks 10.20.0.0/16 \\-\\-domains example.org \\-\\-hub 127.0.0.1:2626
floodgate check
floodgate explain 1M7YQFC8W0000\\-1
floodgate list add \\-\\-matches client 192.0.2.0/24
.fi
`;
