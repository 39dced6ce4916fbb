// What the tests of `audit hub-brakes` have in common: a small machine, whose proposals are tight, and ways to run into them.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HubProduct, Machine } from '../../src/audit/brakes/brake.ts';
import { judgeBrakes } from '../../src/audit/brakes/judge.ts';
import { peerPath } from './peer.ts';
import { atEnd, runProgram, type Finished, type Owner } from './scratch.ts';
import { until } from './until.ts';

export const smallMachine: Machine = { processors: 1, memoryMiB: 100, gatewayConnections: 2, gatewayAddress: '127.0.0.9', messageBytes: 4096 };
export const gatewayAddress = '127.0.0.9';
/** Only the gateway is inside: what comes from 127.0.0.1 is a stranger to the brakes. */
export const gatewayNetworks = ['127.0.0.9/32'];

/** What the audit would have written. */
export interface Proposal {
  readonly setting: string;
  readonly proposed: string;
  readonly line: string;
}

export const proposals = (hub: HubProduct, machine: Machine, text = ''): readonly Proposal[] =>
  judgeBrakes(hub, [text], machine).flatMap(({ setting, proposed, line }) => (proposed === null || line === null ? [] : [{ setting, proposed, line }]));

/** smtp-source; ends with an error as soon as the server refuses: that is what is wanted here. */
export const source = (port: number, ...args: readonly string[]): Promise<Finished> =>
  runProgram(peerPath('smtp-source'), ['-f', 'alice@sender.example', '-t', 'anna@hub.example', ...args, `127.0.0.1:${port}`], { timeoutMs: 20_000 });

/** Sessions that say nothing and stay; those that are refused are as welcome. Gives the way to let them go. */
export async function hold(owner: Owner, port: number, count: number, localAddress = '127.0.0.1'): Promise<() => void> {
  const sockets: Socket[] = [];
  const letGo = (): void => sockets.forEach((socket) => socket.destroy());
  atEnd(owner, letGo);
  for (let opened = 0; opened < count; opened++) {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined).resume();
    sockets.push(socket);
    await Promise.race([once(socket, 'connect').catch(() => undefined), once(socket, 'close').catch(() => undefined)]);
  }
  return letGo;
}

/** Resolves when the log holds the words. */
export const shows = (log: () => string, words: RegExp, timeoutMs = 20_000): Promise<true> =>
  until(`${words.source} in the log`, () => words.test(log()), timeoutMs).catch(() => {
    throw new Error(`${words.source} is not in the log, which ends:\n${log().split('\n').slice(-15).join('\n')}`);
  });

/** Does it again and again until the log holds the words: some servers look at the machine every few seconds only. */
export async function provoke(log: () => string, words: RegExp, act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 30 && !words.test(log()); tries++) {
    await act();
    await shows(log, words, 500).catch(() => undefined);
  }
  await shows(log, words, 100);
}

/** Says the lines in turn, each after a reply; ends when they are said or the server hangs up. Gives the replies. */
export async function talk(port: number, lines: readonly string[], localAddress = '127.0.0.1'): Promise<readonly string[]> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const left = [...lines];
  const heard: string[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    heard.push(chunk.toString().trimEnd());
    const line = left.shift();
    if (line === undefined) socket.end();
    else socket.write(`${line}\r\n`);
  });
  await new Promise((resolve) => socket.once('close', resolve)); // being cut off is what some of them are after
  return heard;
}

/** A message to these recipients, as lines for `talk`. */
export const message = (to: readonly string[], body = 'x'): readonly string[] => [
  'HELO a.example',
  'MAIL FROM:<a@a.example>',
  ...to.map((user) => `RCPT TO:<${user}@hub.example>`),
  'DATA',
  `Subject: x\r\n\r\n${body}\r\n.`,
  'QUIT',
];
