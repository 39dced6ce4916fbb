// `floodgate queue`: mail that waits, in our quarantine, in our spool and in the queues of Postfix, Exim and Sendmail. Whatever changes something shows first what it would be,
// needs --yes, and can be undone for a day.
import { setTimeout as pause } from 'node:timers/promises';
import { escapeUnsafe } from '../events/log-line.ts';
import { carryOut, select, undo, type HandledInStore } from '../respond/queues/desk.ts';
import { undoForMs, type KeptActions, type QueueAction, type QueueVerb, type StorePlace } from '../respond/queues/kept-actions.ts';
import { QueueTrouble, type MailQueue, type QueueItem } from '../respond/queues/mail-queue.ts';
import { previewOf } from '../respond/queues/preview.ts';
import { lookedAtBytes, type LookAt, type Selection } from '../respond/queues/selection.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';
import { holdInGateway, letThrough } from './queue-measure.ts';
import {
  actionsOf,
  actor,
  gatewayOptions,
  durationOf,
  isNamed,
  keeping,
  openPlaces,
  openQueues,
  selectionOf,
  selectors,
  whichQueues,
  type GatewayOptions,
  type KeepOptions,
  type Selectors,
  type WhichQueues,
} from './queue-options.ts';
import { actionLine, itemLine, plural, previewText, shownAction, shownItem, shownPreview } from './queue-text.ts';
import { stateDirOf } from './which-gateway.ts';

type ListOptions = Selectors & { readonly limit: string };
type ActOptions = Selectors & KeepOptions & { readonly all?: boolean; readonly yes?: boolean; readonly for?: string };
type UndoOptions = GatewayOptions & KeepOptions;

/** Milliseconds between two looks of a standing order. */
const lookAgainMs = 5000;
/** Lines of a message's text that `show` gives. */
const linesShown = 40;

const verbs: readonly (readonly [verb: QueueVerb, done: string, description: string])[] = [
  ['hold', 'held', 'nothing more is tried with these messages until they are released'],
  ['discard', 'discarded', 'take messages out of their queues; they are kept for a day, undo brings them back'],
  ['release', 'released', 'let held messages go'],
];

/** Adds `queue list|show|hold|discard|release|undo`; `lookAt` reads messages. */
export const queueCommand =
  (lookAt: LookAt): Subcommand =>
  (program) => {
    const group = program.command('queue').description('mail that waits: in our quarantine, in our spool and in the queues of Postfix, Exim and Sendmail');
    selectors(group.command('list').description('messages in the queues; all that is given must fit'))
      .option('--limit <n>', 'messages at most', '100000')
      .action(told((options: ListOptions) => list(options, lookAt)));
    whichQueues(group.command('show <id>').description('one message: envelope, reason, header and the beginning of its text')).action(
      told((id: string, options: WhichQueues) => show(id, options, lookAt)),
    );
    for (const [verb, done, description] of verbs) {
      const command = keeping(selectors(group.command(`${verb} [id...]`).description(`${description}; without --yes only shows which`)))
        .option('--all', 'every message there is')
        .option('--yes', 'do it');
      if (verb !== 'release') command.option('--for <time>', 'and the same to what still arrives, for so long, like 2h; runs until then');
      command.action(told((ids: readonly string[], options: ActOptions) => act({ verb, done }, ids, options, lookAt)));
    }
    keeping(
      gatewayOptions(group.command('undo [action]').description('put everything back as it was before an action; without one: the actions of the last day')),
    ).action(told((id: string | undefined, options: UndoOptions) => (id === undefined ? listActions(options) : undoAction(id, options))));
  };

/** Trouble with a queue is the operator's to hear, in its own words. */
const told =
  <A extends readonly unknown[]>(run: (...args: A) => Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      await run(...args);
    } catch (error) {
      if (error instanceof QueueTrouble) throw new CliError(escapeUnsafe(error.message));
      throw error;
    }
  };

async function list({ limit, ...options }: ListOptions, lookAt: LookAt): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) throw new CliError(`--limit ${limit} is no number of messages`, 2);
  const { queues } = await openQueues(options);
  const selection = await selectionOf([], options, queues, lookAt);
  let shown = 0;
  let more = false;
  for await (const item of select(queues, selection, lookAt)) {
    more = shown === most;
    if (more) break;
    shown += 1;
    if (options.json === true) printJson(shownItem(item));
    else process.stdout.write(`${itemLine(item)}\n`);
  }
  if (options.json === true) return;
  if (more) process.stdout.write('there are more; give --limit\n');
  else process.stdout.write(shown === 0 ? 'nothing fits\n' : `${plural(shown, 'message')}\n`);
}

async function show(id: string, options: WhichQueues, lookAt: LookAt): Promise<void> {
  const { queues } = await openQueues(options);
  for (const queue of queues) {
    for await (const item of queue.list()) {
      if (item.id !== id) continue;
      const opened = await queue.open(id, lookedAtBytes);
      if (opened === null) break;
      return showOne(item, { ...opened, ...lookAt(opened) }, options.json === true);
    }
  }
  throw new CliError(`no message ${escapeUnsafe(id)} is in a queue`);
}

function showOne(
  item: QueueItem,
  opened: { readonly user: string | null; readonly ip: string; readonly beginning: Buffer } & ReturnType<LookAt>,
  json: boolean,
): void {
  const { user, ip, beginning, subject, messageId, text, origins } = opened;
  const header = (beginning.toString('utf8').split(/\r?\n\r?\n/, 1)[0] ?? '').split(/\r?\n/);
  if (json) return printJson({ ...shownItem(item), user, ip: ip === '' ? null : ip, origins, subject, messageId, header, text });
  const lines = [
    itemLine(item),
    ...item.to.map((to) => `  to       <${to}>`),
    `  client   ${ip === '' ? 'this machine' : ip}${user === null ? '' : `, user ${user}`}`,
    '',
    ...[...header, '', ...text.split('\n').slice(0, linesShown)].map((line) => `  | ${line}`),
  ];
  process.stdout.write(`${lines.map(escapeUnsafe).join('\n')}\n`);
}

interface Doing {
  readonly verb: QueueVerb;
  readonly done: string;
}

async function act(doing: Doing, ids: readonly string[], options: ActOptions, lookAt: LookAt): Promise<void> {
  if (ids.length === 0 && options.all !== true && !isNamed(options))
    throw new CliError('nothing is selected: name ids, say what the messages have in common, or say --all', 2);
  const forMs = options.for === undefined ? 0 : durationOf('--for', options.for);
  const { queues, places } = await openQueues(options);
  const selection = await selectionOf(ids, options, queues, lookAt);
  const items = await chosen(doing.verb, queues, selection, lookAt);
  if (options.yes !== true) {
    if (options.json === true) printJson(shownPreview(doing.verb, previewOf(items)));
    else process.stdout.write(previewText(doing.verb, previewOf(items)));
    return;
  }
  const missing = ids.filter((id) => !items.some((item) => item.id === id));
  if (missing.length > 0)
    throw new CliError(
      `nothing was done: ${missing.slice(0, 5).map(escapeUnsafe).join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there to be ${doing.done}`,
    );
  if (items.length === 0 && forMs === 0) {
    if (options.json !== true) process.stdout.write('nothing fits; nothing was done\n');
    return;
  }
  const tally = new Tally(doing, options.json === true);
  const actions = actionsOf(options);
  await requireRoom(doing, items, actions);
  await actions.list(Date.now()); // what is over goes, and makes room
  let action = await actions.begin({
    verb: doing.verb,
    at: Date.now(),
    by: actor(),
    about: aboutOf(selection, options),
    places: madeOf(places, options),
    measure: null,
  });
  if (options.json !== true) process.stdout.write(`action ${action.id}\n`);
  for await (const handled of carryOut(queues, action, items, actions)) tally.take(handled);
  if (doing.verb === 'hold') await sayEndOfHold(queues);
  if (forMs > 0) action = await stand({ action, doing, queues, selection, actions, tally, forMs, lookAt }, options);
  tally.close(action);
}

const madeOf = (places: readonly StorePlace[], { program, mailConfig }: ActOptions): readonly StorePlace[] =>
  program === undefined && mailConfig === undefined ? places.map(({ store }) => ({ store })) : places;

/** Messages that fit and that the verb changes. */
async function chosen(verb: QueueVerb, queues: readonly MailQueue[], selection: Selection, lookAt: LookAt): Promise<readonly QueueItem[]> {
  const items: QueueItem[] = [];
  for await (const item of select(queues, selection, lookAt)) if (verb === 'discard' || item.held === (verb === 'release')) items.push(item);
  return items;
}

/** A hold that the server ends by itself may end with a bounce. */
async function sayEndOfHold(queues: readonly MailQueue[]): Promise<void> {
  for (const queue of queues) {
    const end = await queue.endOfHold();
    if (end !== null) process.stderr.write(`floodgate: note: ${escapeUnsafe(end)}\n`);
  }
}

/** Quarantine and spool keep what they discard by themselves. */
async function requireRoom({ verb }: Doing, items: readonly QueueItem[], actions: KeptActions): Promise<void> {
  const toKeep = verb === 'discard' ? items.filter(({ store }) => store !== 'quarantine' && store !== 'floodgate') : [];
  await actions.requireRoom(
    toKeep.length,
    toKeep.reduce((sum, { size }) => sum + size, 0),
  );
}

interface Standing {
  readonly action: QueueAction;
  readonly doing: Doing;
  readonly queues: readonly MailQueue[];
  readonly selection: Selection;
  readonly actions: KeptActions;
  readonly tally: Tally;
  readonly forMs: number;
  readonly lookAt: LookAt;
}

/** The same again to what arrives, until the time is over or the operator ends it. */
async function stand({ action, doing, queues, selection, actions, tally, forMs, lookAt }: Standing, options: ActOptions): Promise<QueueAction> {
  const end = Date.now() + forMs;
  const gateway = await holdInGateway(stateDirOf(options), selection, { action: action.id, until: end });
  const standing = await actions.change(action, { until: end + undoForMs, ...('measure' in gateway ? { measure: gateway.measure } : {}) });
  if (options.json !== true) {
    process.stdout.write(`until ${new Date(end).toISOString()} the same is done to what arrives; Ctrl-C ends it\n`);
    process.stdout.write(
      'measure' in gateway ? `in the gateway measure ${gateway.measure} holds it in the quarantine\n` : `in the queues only: ${gateway.why}\n`,
    );
  }
  const stop = new AbortController();
  const stopNow = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopNow);
  const isOver = (): boolean => stop.signal.aborted || Date.now() >= end;
  while (!isOver()) {
    await pause(Math.min(lookAgainMs, Math.max(0, end - Date.now())), undefined, { signal: stop.signal }).catch(() => undefined); // ended by the operator
    if (isOver()) break;
    try {
      // An id that failed once is tried again: it may have been in delivery.
      const items = await chosen(doing.verb, queues, selection, lookAt);
      await requireRoom(doing, items, actions);
      for await (const handled of carryOut(queues, standing, items, actions)) tally.take(handled);
    } catch (error) {
      if (!(error instanceof QueueTrouble)) throw error;
      tally.trouble(error.message); // a server that restarts must not end the order
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stopNow);
  return standing;
}

/** Counts what became of messages, and says it. */
class Tally {
  readonly #doing: Doing;
  readonly #json: boolean;
  #done = 0;
  readonly #failed = new Set<string>();

  constructor(doing: Doing, json: boolean) {
    this.#doing = doing;
    this.#json = json;
  }

  take({ id, store, error }: HandledInStore): void {
    const name = `${store} ${id}`;
    if (error === null) {
      this.#done += 1;
      this.#failed.delete(name);
    } else {
      if (!this.#failed.has(name)) process.stderr.write(`floodgate: ${escapeUnsafe(`${name} ${error}`)}\n`);
      this.#failed.add(name);
    }
    if (this.#json) printJson({ id, store, ok: error === null, ...(error === null ? {} : { error }) });
  }

  /** Trouble with a whole queue: told once, and failed in the end. */
  trouble(message: string): void {
    if (!this.#failed.has(message)) process.stderr.write(`floodgate: ${escapeUnsafe(message)}\n`);
    this.#failed.add(message);
  }

  close(action: QueueAction): void {
    if (this.#json) printJson({ ...shownAction(action, this.#done), failed: this.#failed.size });
    else
      process.stdout.write(
        `${plural(this.#done, 'message')} ${this.#doing.done}; until ${new Date(action.until).toISOString()} "floodgate queue undo ${action.id}" puts everything back\n`,
      );
    this.failIfAny();
  }

  /** Exit 1 where something was not done. */
  failIfAny(): void {
    if (this.#failed.size > 0) throw new CliError(`${this.#failed.size} could not be ${this.#doing.done}`);
  }

  get done(): number {
    return this.#done;
  }
}

async function listActions(options: UndoOptions): Promise<void> {
  const actions = actionsOf(options);
  const found = await actions.list(Date.now());
  for (const action of found) {
    const messages = new Set((await actions.steps(action)).map(({ store, id }) => `${store} ${id}`)).size;
    if (options.json === true) printJson(shownAction(action, messages));
    else process.stdout.write(`${actionLine(action, messages)}\n`);
  }
  if (found.length === 0 && options.json !== true) process.stdout.write(`nothing in ${actions.dir} can be undone\n`);
}

async function undoAction(id: string, options: UndoOptions): Promise<void> {
  const actions = actionsOf(options);
  const action = (await actions.list(Date.now())).find((each) => each.id === id);
  if (action === undefined) throw new CliError(`no action ${escapeUnsafe(id)} in ${actions.dir} can be undone; "floodgate queue undo" lists them`);
  const letGo = await actions.claim(action);
  const tally = new Tally({ verb: action.verb, done: 'put back' }, options.json === true);
  try {
    const state = stateDirOf(options);
    // Its time is over a day before the action's.
    const isInForce = action.measure !== null && action.until - undoForMs > Date.now();
    const trouble = isInForce ? await letThrough(state, action.measure ?? '') : null;
    if (trouble !== null) process.stderr.write(`floodgate: measure ${action.measure ?? ''}: ${escapeUnsafe(trouble)}\n`);
    for await (const handled of undo(openPlaces(action.places, state), action, actions)) tally.take(handled);
  } finally {
    await letGo();
  }
  if (options.json !== true) process.stdout.write(`${plural(tally.done, 'message')} put back\n`);
  tally.failIfAny();
  await actions.end(action);
}

/** The selection in words, for the list of actions. */
function aboutOf({ words, ids, incident }: Selection, { older, like }: ActOptions): string {
  const parts = [
    ...Object.entries(words).map(([name, value]) => `${name} ${String(value)}`),
    ...(like === undefined ? [] : [`like ${like}`]),
    ...(older === undefined ? [] : [`older than ${older}`]),
    ...(incident === null ? [] : [`incident ${incident.id}`]),
    ...(ids === null ? [] : [plural(ids.size, 'named message')]),
  ];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
