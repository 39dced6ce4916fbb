// `floodgate quarantine digest`: the letters that tell recipients of their held mail.
import { escapeUnsafe } from '../events/log-line.ts';
import type { DigestStatus, ShownLetter } from '../respond/digest/control.ts';
import { CliError, printJson, type CommandLine } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { plural } from './queue-text.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type Options = WhichGateway & { readonly json?: boolean; readonly now?: boolean; readonly preview?: string };

const path = '/api/v1/digest';

/** Adds `digest` to the group `quarantine`. */
export function digestCommand(group: CommandLine): CommandLine {
  return group
    .command('digest')
    .description('letters that tell recipients of their held mail: how they stand, a round now, a look at one')
    .option('--now', 'send the letters of a round now')
    .option('--preview <recipient>', 'show the letter a recipient would get; its links release nothing')
    .action(digest);
}

async function digest({ json, now, preview, ...gateway }: Options): Promise<void> {
  if (now === true && preview !== undefined) throw new CliError('give --now or --preview, not both', 2);
  const ask = (method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);
  if (preview !== undefined) {
    const letter = (await ask('POST', `${path}/preview`, { recipient: preview })) as ShownLetter; // our own daemon answers: respond/digest/control.ts
    if (json === true) return printJson(letter);
    process.stdout.write(`Subject: ${escapeUnsafe(letter.subject)}\n\n${letter.text.split('\n').map(escapeUnsafe).join('\n').trimEnd()}\n`);
    return;
  }
  const status = (await (now === true ? ask('POST', `${path}/round`, {}) : ask('GET', path))) as DigestStatus; // as above
  if (json === true) return printJson(status);
  process.stdout.write(`${now === true ? roundText(status) : statusText(status)}\n`);
}

function roundText({ last, underWay }: DigestStatus): string {
  if (underWay || last === null) return 'the round is under way; floodgate quarantine digest tells how it ended';
  const failed = last.failed === 0 ? '' : `; ${last.failed} could not be handed over (event digest-failed)`;
  return `${plural(last.letters, 'letter')} sent, with ${plural(last.lines, 'message')}${failed}`;
}

function statusText(status: DigestStatus): string {
  if (!status.enabled) return 'off: recipients are not told (quarantine.digest, docs/digest.md)';
  const lines = [
    `next round   ${status.underWay ? 'under way' : (status.nextAt ?? 'none')}`,
    `last round   ${status.lastAt ?? 'none at its hour yet'}`,
    // A round that was asked for has no hour.
    ...(status.last === null ? [] : [`latest       ${roundText({ ...status, underWay: false })}`]),
    ...(status.ordersWaiting === 0 ? [] : [`releases that recipients have asked for and that wait for the next hop: ${status.ordersWaiting}`]),
  ];
  return lines.join('\n');
}
