// What the operator of `floodgate queue` said, made into queues, a selection and a place for what is kept.
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { durationMsOf, sizeValue } from '../config/units.ts';
import type { ShownIncident } from '../incidents/shown.ts';
import type { AlarmKey } from '../model/alarm.ts';
import { exemplar } from '../respond/queues/desk.ts';
import { KeptActions, type StorePlace } from '../respond/queues/kept-actions.ts';
import { storeNames, type MailQueue, type StoreName } from '../respond/queues/mail-queue.ts';
import { type LookAt, type Selection, type SelectionWords } from '../respond/queues/selection.ts';
import { openStore, storesHere } from '../respond/queues/stores.ts';
import { CliError, type CommandLine } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { hasGateway, heldQueue } from './held-queue.ts';
import { whereReachable } from './reachable-queues.ts';
import { spooledQueue } from './spooled-queue.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

export type GatewayOptions = WhichGateway & { readonly json?: boolean };

export interface WhichQueues extends GatewayOptions {
  readonly store?: string;
  readonly program?: string;
  readonly mailConfig?: string;
}

export interface Selectors extends WhichQueues, SelectionWords {
  readonly older?: string;
  readonly like?: string;
  readonly incident?: string;
}

export interface KeepOptions extends WhichGateway {
  readonly keep?: string;
  readonly room: string;
}

export const gatewayOptions = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

export const whichQueues = (command: CommandLine): CommandLine =>
  gatewayOptions(command)
    .option('--store <names>', `${storeNames.join(', ')}, several with commas; default: all that are here`)
    .option('--program <path>', 'of one --store: its program; Postfix: the directory of its programs')
    .option('--mail-config <path>', 'of one --store: its configuration file; Postfix: the directory of main.cf');

export const selectors = (command: CommandLine): CommandLine =>
  whichQueues(command)
    .option('--sender <pattern>', 'address, domain, .domain, <> for the null sender, or with * for anything')
    .option('--recipient <pattern>', 'the same of a recipient that has not got it yet')
    .option('--user <name>', 'user who handed it in')
    .option('--origin <network>', 'address or network it came from')
    .option('--subject <text>', 'part of the subject')
    .option('--like <id>', 'nearly the same subject and text as this message; its queue id or Message-ID')
    .option('--incident <id>', 'what an incident is about')
    .option('--older <time>', 'waiting for longer than this, like 2h');

export const keeping = (command: CommandLine): CommandLine =>
  command
    .option('--keep <dir>', 'where discarded messages are kept for a day; default: queue-actions in the state directory')
    .option('--room <size>', 'what may be kept there in all', '2 GiB');

const words = ['sender', 'recipient', 'user', 'origin', 'subject'] as const;

/** Whether anything is said of the messages that are meant. */
export const isNamed = (options: Selectors): boolean => [...words, 'older', 'like', 'incident'].some((name) => options[name as keyof Selectors] !== undefined);

/** The queues that are meant, and how to find them again. */
export async function openQueues(options: WhichQueues): Promise<{ readonly queues: readonly MailQueue[]; readonly places: readonly StorePlace[] }> {
  const { store, program, mailConfig } = options;
  const state = stateDirOf(options);
  const stores =
    store === undefined ? [...((await hasGateway(state)) ? (['quarantine', 'floodgate'] as const) : []), ...(await storesHere())] : namedStores(store);
  if ((program !== undefined || mailConfig !== undefined) && (store === undefined || stores.length !== 1))
    throw new CliError('--program and --mail-config are of one store; name it with --store', 2);
  if (stores.length === 0) throw new CliError('there is no queue: neither a running gateway nor Postfix, Exim or Sendmail is found; name one with --store');
  const place = { ...(program === undefined ? {} : { program }), ...(mailConfig === undefined ? {} : { config: resolve(mailConfig) }) };
  const places = stores.map((each) => ({ store: each, ...place }));
  const queues = openPlaces(places, state);
  return { queues: store === undefined ? queues.map(whereReachable) : queues, places };
}

/** The queues of an action that was done before. */
export const openPlaces = (places: readonly StorePlace[], state: string): readonly MailQueue[] =>
  places.map(({ store, ...place }) => {
    if (store === 'quarantine') return heldQueue(state);
    return store === 'floodgate' ? spooledQueue(state) : openStore({ store, ...place });
  });

function namedStores(raw: string): readonly StoreName[] {
  const named = raw.split(',').map((each) => each.trim());
  const unknown = named.find((each) => !storeNames.some((name) => name === each));
  if (unknown !== undefined) throw new CliError(`--store ${unknown} is not known; write ${storeNames.join(', ')}`, 2);
  return storeNames.filter((name) => named.includes(name));
}

/** The selection that is meant; asks the gateway for an incident and the queues for the message that others are like. */
export async function selectionOf(ids: readonly string[], options: Selectors, queues: readonly MailQueue[], lookAt: LookAt): Promise<Selection> {
  const { older, like, incident } = options;
  const olderMs = older === undefined ? null : durationOf('--older', older);
  return {
    words: Object.fromEntries(words.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
    ids: ids.length === 0 ? null : new Set(ids),
    before: olderMs === null ? null : Date.now() - olderMs,
    like: like === undefined ? null : await exemplar(queues, like, lookAt),
    incident: incident === undefined ? null : await incidentOf(incident, options),
  };
}

async function incidentOf(id: string, gateway: WhichGateway): Promise<NonNullable<Selection['incident']>> {
  const answer = await askDaemon(stateDirOf(gateway), 'GET', `/api/v1/incidents/${encodeURIComponent(id)}`);
  const found = (answer as { readonly incident: ShownIncident }).incident; // our own daemon answers: incidents/desk.ts
  return { id: found.id, words: wordsOfKey(found.key) };
}

/** What an incident is about, as far as a queue can be searched by it: where a part of its key says nothing here, null. */
export function wordsOfKey({ recipient, ip, network, sender, user, domain, ...rest }: AlarmKey): SelectionWords | null {
  const origin = network ?? ip;
  const from = sender ?? domain;
  if (Object.keys(rest).length > 0) return null;
  const found = {
    ...(recipient === undefined ? {} : { recipient }),
    ...(origin === undefined ? {} : { origin }),
    ...(from === undefined ? {} : { sender: from === '' ? '<>' : from }),
    ...(user === undefined ? {} : { user }),
  };
  return Object.keys(found).length === 0 ? null : found;
}

/** Where actions and kept messages are. */
export function actionsOf({ keep, room, ...gateway }: KeepOptions): KeptActions {
  const bytes = sizeValue.safeParse(room);
  if (!bytes.success) throw new CliError(`--room ${room} is not understood; write it like 500 MiB`, 2);
  return new KeptActions(keep === undefined ? join(stateDirOf(gateway), 'queue-actions') : resolve(keep), bytes.data);
}

/** `2h` in milliseconds. */
export function durationOf(option: string, raw: string): number {
  const ms = durationMsOf(raw) ?? 0;
  if (ms === 0) throw new CliError(`${option} ${raw} is not understood; write it like 30m or 2h`, 2);
  return ms;
}

/** Who acts, for the record. */
export function actor(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // a user without an entry in passwd
  }
}
