// What held messages may have in common, as options of commands, and as the gateway's API takes it.
import { durationMsOf, sizeValue } from '../config/units.ts';
import { CliError, type CommandLine } from './command-line.ts';
import type { WhichGateway } from './which-gateway.ts';

const texts = ['sender', 'recipient', 'user', 'client', 'check', 'measure', 'incident', 'reason', 'subject'] as const;
type Texts = { readonly [S in (typeof texts)[number]]?: string };

export interface Selectors extends Texts {
  readonly since?: string;
  readonly before?: string;
  readonly larger?: string;
  readonly smaller?: string;
  readonly refused?: boolean;
}

export type AnyCommand = WhichGateway & { readonly json?: boolean };

/** A selection as the API takes it: all texts. */
export type Asked = Readonly<Record<string, string>>;

/** Adds the options that say which messages. */
export const selection = (command: CommandLine): CommandLine =>
  command
    .option('--sender <address>', 'address, domain, .domain, or <> for the null sender')
    .option('--recipient <address>', 'address, domain or .domain')
    .option('--user <name>', 'authenticated user')
    .option('--client <network>', 'address or network of the client')
    .option('--check <id>', 'the check that decided')
    .option('--measure <id>', 'the measure that decided')
    .option('--incident <id>', 'the incident it belongs to')
    .option('--reason <text>', 'part of the reason')
    .option('--subject <text>', 'part of the subject as people read it')
    .option('--since <time>', 'it came then or later: 2h (ago), or 2026-11-21T09:00:00Z')
    .option('--before <time>', 'it came before')
    .option('--larger <size>', 'its content is larger: 1MiB')
    .option('--smaller <size>', 'its content is smaller')
    .option('--refused', 'copies of refused mail (quarantine.keepRefused), and nothing else');

/** Adds the options that every command has. */
export const anyCommand = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

/** The selection of these options; throws where one is not understood. */
export function selectedBy(options: Selectors, now: number = Date.now()): Asked {
  const { since, before, larger, smaller, refused } = options;
  return {
    ...Object.fromEntries(texts.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
    ...(since === undefined ? {} : { since: timeOf('since', since, now) }),
    ...(before === undefined ? {} : { before: timeOf('before', before, now) }),
    ...(larger === undefined ? {} : { largerThan: bytesOf('larger', larger) }),
    ...(smaller === undefined ? {} : { smallerThan: bytesOf('smaller', smaller) }),
    ...(refused === true ? { refused: 'true' } : {}),
  };
}

function timeOf(name: string, raw: string, now: number): string {
  const ago = durationMsOf(raw);
  const ms = ago === null ? Date.parse(raw) : now - ago;
  if (Number.isNaN(ms)) throw new CliError(`--${name} ${raw} is no time: write 2h, or 2026-11-21T09:00:00Z`, 2);
  return new Date(ms).toISOString();
}

function bytesOf(name: string, raw: string): string {
  const read = sizeValue.safeParse(raw);
  if (!read.success) throw new CliError(`--${name} ${raw} is no size: write 64KiB or 1MiB`, 2);
  return String(read.data);
}
