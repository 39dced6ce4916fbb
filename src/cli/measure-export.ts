// `floodgate measure export`: measures in force as a packet filter, a router or a name server takes them.
import type { MeasuresShown } from '../facts/measure-desk.ts';
import { exportFormats, isExportFormat } from '../respond/exports/catalogue.ts';
import type { MeasureExport } from '../web/house.ts';
import { CliError, printJson, type CommandLine } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

interface ExportOptions extends WhichGateway {
  readonly format: string;
  readonly ports?: string;
  readonly json?: boolean;
}

const path = '/api/v1/measures';

/** Adds `export` to a group; `common` adds what all of the group have. */
export function exportCommand(group: CommandLine, common: (command: CommandLine) => CommandLine): void {
  common(
    group
      .command('export')
      .description('measures in force, for packet filters, routers and name servers; what is left out stands in comments')
      .option('--format <format>', `json, ${exportFormats.join(', ')}`, 'json')
      .option('--ports <ports>', 'TCP ports that blocked clients must not reach; default: 25,465,587'),
  ).action(run);
}

async function run({ format, ports, json, ...gateway }: ExportOptions): Promise<void> {
  if (format === 'json') {
    const { measures } = (await askDaemon(stateDirOf(gateway), 'GET', path)) as MeasuresShown; // our own daemon answers: facts/measure-desk.ts
    for (const each of measures) printJson(each);
    return;
  }
  if (!isExportFormat(format)) throw new CliError(`--format ${format} is not known; write json, ${exportFormats.join(', ')}`, 2);
  const query = new URLSearchParams({ format, ...(ports === undefined ? {} : { ports }) });
  const answer = (await askDaemon(stateDirOf(gateway), 'GET', `${path}/export?${query.toString()}`)) as Extract<MeasureExport, { ok: true }>; // as above
  if (json === true) printJson({ format, text: answer.text, networks: answer.networks, leftOut: answer.leftOut });
  else process.stdout.write(answer.text);
}
