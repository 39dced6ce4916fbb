// `floodgate incident`: what goes wrong, from the first alarm to its closing.
import { alarmKeyText } from '../model/alarm.ts';
import type { MeasureRecord } from '../model/measure.ts';
import type { ForgedSenderCase } from '../incidents/forged-sender-case.ts';
import { forgedSenderText } from './forged-sender-text.ts';
import { incidentLine, type ShownEntry, type ShownIncident, type ShownNeedle } from '../incidents/shown.ts';
import { shortNumber } from '../lib/short-number.ts';
import { printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type Common = WhichGateway & { readonly json?: boolean };

const path = '/api/v1/incidents';

/** Adds `incident list|show|ack|note|close` to the program. */
export const incident: Subcommand = (program) => {
  const group = program.command('incident').description('what goes wrong: alarms, their evidence and what was done');
  common(group.command('list').description('incidents that are open, oldest first').option('--closed', 'the latest that are closed too')).action(list);
  common(group.command('show <id>').description('one incident with its evidence and history, by id or reference')).action(show);
  common(group.command('ack <id>').description('it is seen: nobody is told again unless it grows worse')).action((id: string, options: Common) =>
    change(id, 'acknowledge', options),
  );
  common(group.command('note <id> <text...>').description('a line for its history')).action((id: string, text: readonly string[], options: Common) =>
    change(id, 'note', options, { text: text.join(' ') }),
  );
  common(group.command('close <id>').description('it is over; what still goes on opens a new one')).action((id: string, options: Common) =>
    change(id, 'close', options),
  );
};

const common = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

async function list({ json, closed, ...gateway }: Common & { readonly closed?: boolean }): Promise<void> {
  const answer = await ask(gateway, 'GET', `${path}?closed=${closed === true}`);
  const { incidents } = answer as { readonly incidents: readonly ShownIncident[] }; // our own daemon answers: incidents/desk.ts
  if (json === true) incidents.forEach(printJson);
  else if (incidents.length > 0) {
    const inForce = await measuresInForce(gateway);
    for (const each of incidents) process.stdout.write(`${incidentLine(withHits(each, inForce))}\n`);
  }
  if (json !== true && incidents.length === 0) process.stdout.write('no incidents\n');
}

async function show(id: string, { json, ...gateway }: Common): Promise<void> {
  const answer = await ask(gateway, 'GET', `${path}/${encodeURIComponent(id)}`);
  const found = answer as { readonly incident: ShownIncident; readonly history: readonly ShownEntry[] }; // as above
  // Only incidents of this detector have a case.
  const forged =
    found.incident.detector === 'backscatter-flood'
      ? ((await ask(gateway, 'GET', `${path}/${encodeURIComponent(id)}/forged-sender`)) as ForgedSenderCase) // incidents/forged-sender-case.ts
      : null;
  if (json === true) return printJson({ ...found.incident, history: found.history, ...(forged === null ? {} : { forgedSender: forged }) });
  const seen = withHits(found.incident, await measuresInForce(gateway));
  process.stdout.write(`${pageOf(seen, found.history)}${forged === null ? '' : `\n${forgedSenderText(forged, whoseOf(found.incident.key))}`}`);
}

/** Whose name is forged. */
const whoseOf = ({ recipient, domain }: ShownIncident['key']): string => recipient ?? domain ?? 'ADDRESS';

async function change(id: string, verb: string, { json, ...gateway }: Common, body?: object): Promise<void> {
  const answer = await ask(gateway, 'POST', `${path}/${encodeURIComponent(id)}/${verb}`, body);
  const changed = (answer as { readonly incident: ShownIncident }).incident; // as above
  if (json === true) printJson(changed);
  else process.stdout.write(`${incidentLine(withHits(changed, await measuresInForce(gateway)))}\n`);
}

/** The measures in force, and whether each may have met something: what the kernel drops is no hit (docs/kernel.md). */
async function measuresInForce(gateway: WhichGateway): Promise<ReadonlyMap<string, boolean>> {
  const { measures } = (await ask(gateway, 'GET', '/api/v1/measures')) as {
    readonly measures: readonly Pick<MeasureRecord, 'id' | 'action' | 'hits'>[]; // web/measure-routes.ts
  };
  return new Map(measures.map(({ id, action, hits }) => [id, hits > 0 || action === 'drop']));
}

/** A measure that has met nothing has done nothing: a person must see which. */
const withHits = (it: ShownIncident, inForce: ReadonlyMap<string, boolean>): ShownIncident => ({
  ...it,
  measures: it.measures.map((id) => (inForce.get(id) === false ? `${id} (0 hits)` : id)),
});

/** All that is known of it, for a person. */
function pageOf(it: ShownIncident, history: readonly ShownEntry[]): string {
  const counts = Object.entries(it.counts).map(([name, { est, err }]) => `  ${name.padEnd(18)} ${est}${err === 0 ? '' : ` (at most ${err} too high)`}`);
  const origins = it.origins.map(({ origin, est, err }) => `  ${String(est).padStart(8)}${err === 0 ? '' : ` (-${err})`}  ${origin}`);
  const lines = [
    `${it.reference}  ${it.detector}  ${alarmKeyText(it.key)}`,
    `${it.level}, ${it.state}; since ${it.onsetAt}, latest alarm ${it.lastAt}${it.closedAt === null ? '' : `, closed ${it.closedAt}`}`,
    it.because,
    `${it.statistic.name} ${shortNumber(it.statistic.value)} (alarm at ${it.statistic.threshold}), ${it.count} in all at that alarm, confidence ${it.confidence}${it.spoofable ? ', could be forged' : ''}`,
    ...counts,
    ...(origins.length === 0 ? [] : ['from', ...origins]),
    ...(it.measures.length === 0 ? [] : [`measures ${it.measures.join(', ')}`]),
    ...(it.campaign === null ? [] : [`part of the campaign ${it.campaign}`]),
    ...(it.folded === 0 ? [] : [`${it.folded} incidents folded in`]),
    ...(it.needles.length === 0 ? [] : ['may have been meant to be hidden', ...it.needles.map(needleLine)]),
    ...(it.samples.length === 0 ? [] : [`in the journal: ${it.samples.slice(-5).join(' ')}`]),
    '',
    ...history.map(({ at, step, by, text }) => `${at}  ${step.padEnd(12)} ${by}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

const needleLine = ({ at, from, subject, sort, source }: ShownNeedle): string =>
  `  ${at}  ${sort.padEnd(16)} ${from}: ${subject ?? '(no subject)'}  (${source})`;

const ask = (gateway: WhichGateway, method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);
