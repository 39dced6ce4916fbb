// `floodgate explain`: why a message or connection was treated as it was. Reads the journal; works without a daemon.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { explain as explainId, type Explained } from '../events/explain.ts';
import type { Explanation, Redecision } from '../events/explanation.ts';
import { explainedText } from '../events/explain-text.ts';
import type { KernelDrop } from '../web/house.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';
import { parseId } from '../events/explain-id.ts';
import { callDaemon, NoDaemon } from './daemon.ts';
import { kernelDropText } from './kernel-drop-text.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type ExplainArguments = WhichGateway & { readonly json?: boolean; readonly limit: string };

const maxLimit = 1000;

/** Adds `explain` to the program. */
export const explain: Subcommand = (program) => {
  program
    .command('explain <id...>')
    .description('why: every finding, fact and number behind a decision')
    .addHelpText(
      'after',
      "\nID is a reference from a reply, a session, a queue id (ours or the next hop's), a Message-ID,\nan IP or mail address, or a time like 2026-11-21T09:06 (UTC; the whole minute).\nOf an IP address that the kernel drops the running gateway says by which measures.",
    )
    .option('--json', 'one JSON object a decision')
    .option('--limit <n>', 'sessions at most, newest first', '20')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration')
    .action(run);
};

async function run(words: readonly string[], { json, limit, ...gateway }: ExplainArguments): Promise<void> {
  const id = words.join(' '); // a time may be written with a blank
  const sessions = Number(limit);
  if (!Number.isInteger(sessions) || sessions < 1 || sessions > maxLimit) throw new CliError(`--limit is a number from 1 to ${maxLimit}`, 2);
  const stateDir = stateDirOf(gateway);
  const runs = await flushDaemon(stateDir);
  const explained = await explainId(journalOf(stateDir), id, { limit: sessions, ...(runs ? { redecide: (each) => today(stateDir, each) } : {}) });
  const drop = runs ? await kernelDrop(stateDir, id) : null;
  if (explained.explanations.length === 0 && drop === null)
    throw new CliError(`nothing is known of ${JSON.stringify(id)} in ${journalOf(stateDir)}${badLines(explained)}`);
  if (json === true) {
    if (drop !== null) printJson({ id: drop.address, kind: 'kernel-drop', ...drop });
    for (const each of explained.explanations) printJson(each);
  } else process.stdout.write([...(drop === null ? [] : [kernelDropText(drop)]), explainedText(explained)].filter((text) => text !== '').join('\n'));
}

/** What the kernel drops leaves no line in the journal: only the running gateway knows. */
async function kernelDrop(stateDir: string, id: string): Promise<KernelDrop | null> {
  const wanted = parseId(id);
  if (wanted.kind !== 'ip') return null;
  try {
    const { status, json } = await callDaemon(stateDir, 'GET', `/api/v1/kernel/${encodeURIComponent(wanted.ip)}`);
    return status === 200 ? (json as { readonly drop: KernelDrop | null }).drop : null; // our own daemon of the same version answers
  } catch {
    return null; // it went down in between: then nobody keeps the kernel's set
  }
}

const badLines = ({ badLines: count }: Explained): string => (count > 0 ? ` (${count} of its lines could not be read)` : '');

function journalOf(stateDir: string): string {
  const dir = join(stateDir, 'journal');
  if (!existsSync(dir)) throw new CliError(`${dir} does not exist; name the state directory with --state or the configuration with --config`);
  return dir;
}

/** A running daemon writes what it still holds, so that the decision of a moment ago is found. Without one (false) the journal is complete. */
async function flushDaemon(stateDir: string): Promise<boolean> {
  try {
    await callDaemon(stateDir, 'POST', '/api/v1/journal/flush');
    return true;
  } catch (error) {
    if (!(error instanceof NoDaemon))
      process.stderr.write(`floodgate: ${error instanceof Error ? error.message : String(error)}; reading what the journal has\n`);
    return false;
  }
}

/** What the running daemon would decide now; null when it cannot tell. */
async function today(stateDir: string, explanation: Explanation): Promise<Redecision | null> {
  try {
    const { status, json } = await callDaemon(stateDir, 'POST', '/api/v1/today', explanation);
    return status === 200 ? (json as { readonly today: Redecision | null }).today : null; // our own daemon of the same version answers
  } catch {
    return null; // it went down in between: the rest of the answer stands
  }
}
