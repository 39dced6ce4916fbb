// The findings for people: a table, and the lines to paste with the place they belong to.
import type { HubProduct, Machine } from './brake.ts';
import type { BrakeFinding } from './judge.ts';
import { gatewayConnectionsCarried, sessionsCarried, sessionsNeeded } from './sizing.ts';

const places: Readonly<Record<HubProduct, string>> = {
  postfix: 'at the end of main.cf (remove older lines of the same names), then `postfix reload`',
  exim: 'in the main section, before the first `begin` (instead of older lines of the same names), then restart Exim',
  sendmail: 'in sendmail.mc before the first MAILER, then make sendmail.cf anew; or in sendmail.cf instead of older lines; then restart Sendmail',
};

/** The lines to write, with a comment that says where; empty when all is good. */
export function linesToPaste(findings: readonly BrakeFinding[]): string {
  const hubs = [...new Set(findings.flatMap(({ hub, line }) => (line === null ? [] : [hub])))];
  return hubs
    .map((hub) => {
      const own = findings.filter((finding) => finding.hub === hub && finding.line !== null);
      const macros = own.some(({ line }) => line?.startsWith('define('));
      return `${macros ? 'dnl' : '#'} ${hub}: ${places[hub]}\n${own.map(({ line }) => `${line}\n`).join('')}`;
    })
    .join('\n');
}

/** The table, what is wrong with the whole, and the lines. */
export function brakesText(findings: readonly BrakeFinding[], machine: Machine): string {
  const rows = findings.map(({ hub, setting, value, verdict, proposed, why }) => [hub, setting, value ?? '(default)', verdict, proposed ?? '', why]);
  const table = aligned([['hub', 'setting', 'value', 'verdict', 'proposed', 'why'], ...rows]);
  const lines = linesToPaste(findings);
  return `${table}\n${memoryText(machine)}${lines === '' ? 'Nothing to write.\n' : lines}`;
}

function memoryText(machine: Machine): string {
  return sessionsCarried(machine) >= sessionsNeeded(machine)
    ? ''
    : `Half of ${machine.memoryMiB} MiB does not carry ${machine.gatewayConnections} sessions of the gateway: set hub.connections there to ${gatewayConnectionsCarried(machine)}.\n\n`;
}

/** The widest cell that is not cut; the line to paste has the whole value. */
const widest = 44;
const cut = (cell: string): string => (cell.length > widest ? `${cell.slice(0, widest - 3)}...` : cell);

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => cut(row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cut(cell).padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
