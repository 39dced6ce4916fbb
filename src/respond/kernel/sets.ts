// The kernel helper: owns one nft table, and does to it what the protocol knows and nothing else. It is the only part of Floodgate
// with CAP_NET_ADMIN, and trusts nobody: every network is looked at again here, under a guard of its own.
import { createServer, type Server, type Socket } from 'node:net';
import type { NetworkGuard } from '../network-guard.ts';
import { freshTable, noTable, orderScript, readCounter, readElementCounter } from './nft-script.ts';
import type { Nft } from './nft.ts';
import { answerText, maxLine, notInSet, readAsked, readTimed, type Answer, type Asked, type Order, type Timed } from './protocol.ts';

export interface SetsParts {
  readonly nft: Nft;
  readonly guard: NetworkGuard;
  /** TCP ports that blocked clients must not reach. */
  readonly ports: readonly number[];
  /** One line for the log. */
  say(line: string): void;
}

export interface KernelSets {
  /** Makes the table and listens on a Unix socket; resolves when it can be asked. */
  listen(path: string): Promise<void>;
  /** Takes the table away, and with it everything that was dropped. */
  close(): Promise<void>;
}

/** The gateway has one connection, and a second for a moment when it comes again. */
const maxConnections = 4;

export function createKernelSets({ nft, guard, ports, say }: SetsParts): KernelSets {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void serve(socket, { nft, guard, ports, say });
  });
  server.maxConnections = maxConnections;
  return {
    listen: async (path) => {
      await makeTable({ nft, ports, say }, '');
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
      say(`listening on ${path}; ports ${ports.join(', ')}`);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await nft.run(noTable);
    },
  };
}

interface Pending {
  readonly order: Order;
  readonly count: number;
  readonly entries: Timed[];
}

/** One peer: a line after the other, each answered before the next is read. Whoever says anything else is cut off. */
async function serve(socket: Socket, parts: SetsParts): Promise<void> {
  socket.on('error', () => undefined);
  let pending: Pending | null = null;
  try {
    for await (const line of linesOf(socket)) {
      pending = await take(line, pending, socket, parts);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    parts.say(`a peer was cut off: ${why}`);
    socket.end(answerText({ kind: 'no', why }), () => socket.destroy());
  }
}

async function take(line: string, pending: Pending | null, socket: Socket, parts: SetsParts): Promise<Pending | null> {
  const open = pending === null ? begun(line) : added(pending, line);
  if ('entries' in open && open.entries.length < open.count) return open;
  const answer = 'entries' in open ? await carryOut(open, parts) : await counted(open, parts);
  socket.write(answerText(answer));
  return null;
}

type Question = Exclude<Asked, { readonly kind: 'order' }>;

/** An order whose networks follow, or a question, which is answered at once. */
function begun(line: string): Pending | Question {
  const asked = readAsked(line);
  if (asked === null) throw new Error('that is no order');
  return asked.kind === 'order' ? { order: asked.order, count: asked.count, entries: [] } : asked;
}

function added(pending: Pending, line: string): Pending {
  const entry = readTimed(pending.order, line);
  if (entry === null) throw new Error(`line ${pending.entries.length + 1} of ${pending.order} is not understood`);
  pending.entries.push(entry);
  return pending;
}

async function carryOut({ order, entries }: Pending, { nft, guard, ports, say }: SetsParts): Promise<Answer> {
  const refused = entries.flatMap(({ network, text }) => {
    const why = guard.why(network);
    return why === null ? [] : [{ text, why }];
  });
  const left = new Set(refused.map(({ text }) => text));
  const taken = order === 'remove' ? entries : entries.filter(({ text }) => !left.has(text));
  const [first] = order === 'remove' ? [] : refused;
  const why = first === undefined ? '' : `${first.text} ${first.why}`;
  if (first !== undefined) say(`left out ${refused.length} of ${entries.length}: ${why}`);
  try {
    if (order === 'replace') await replaceAll({ nft, ports, say }, taken);
    else if (taken.length > 0) await nft.run(orderScript(order, taken));
    return { kind: 'done', taken: taken.length, leftOut: entries.length - taken.length, why };
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    say(`${order} of ${taken.length} failed: ${trouble}`);
    return { kind: 'no', why: trouble };
  }
}

/** Somebody may have flushed the whole ruleset, and our table with it: `nft -f /etc/nftables.conf` does. */
async function replaceAll({ nft, ports, say }: Pick<SetsParts, 'nft' | 'ports' | 'say'>, entries: readonly Timed[]): Promise<void> {
  const script = orderScript('replace', entries);
  try {
    await nft.run(script);
  } catch (error) {
    say(`the table is made anew: ${error instanceof Error ? error.message : String(error)}`);
    await makeTable({ nft, ports, say }, script);
  }
}

/** With a counter for each network; without, where this nft or kernel has none. */
async function makeTable({ nft, ports, say }: Pick<SetsParts, 'nft' | 'ports' | 'say'>, script: string): Promise<void> {
  try {
    await nft.run(freshTable(ports, true) + script);
  } catch (error) {
    await nft.run(freshTable(ports, false) + script);
    say(`single networks are not counted: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function counted(asked: Question, { nft }: Pick<SetsParts, 'nft'>): Promise<Answer> {
  try {
    const counts = asked.kind === 'report' ? readCounter(await nft.counter()) : readElementCounter(await nft.elements(asked.network.family), asked.network);
    if (counts === 'absent') return { kind: 'no', why: notInSet };
    return counts === null || counts === 'uncounted' ? { kind: 'no', why: 'nft shows no counter' } : { kind: 'counted', ...counts };
  } catch (error) {
    return { kind: 'no', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Lines without their end. A line that is too long is no line of ours; neither is what is not ASCII. */
async function* linesOf(socket: Socket): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of socket.setEncoding('latin1').iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line;
    if (rest.length > maxLine) throw new Error('a line is too long');
  }
}
