// Connections at an even pace that want nothing but the banner, timed from the TCP connect. `node bench/load/greeter.ts '{...}'`.
import { setTimeout as wait } from 'node:timers/promises';
import { summarize, type Summary } from '../measure/summary.ts';
import { assertLoopback, assertWithin, type Target } from './bounds.ts';
import { openConversation } from './conversation.ts';
import { runAsProgram } from './program.ts';

export interface GreeterOptions {
  readonly target: Target;
  readonly perSecond: number;
  readonly seconds: number;
  /** Source addresses, in turn. */
  readonly from: readonly string[];
  /** Who has no banner by then goes away, in milliseconds. */
  readonly patienceMs: number;
  /** Greeted, it says nothing for so long before it goes, in milliseconds; default: it goes at once. */
  readonly stayMs?: number;
}

export interface Greetings {
  /** Milliseconds to the banner; whoever was refused or gave up counts as the whole patience. By second of the run in which the client came. */
  readonly perSecond: readonly Summary[];
  readonly all: Summary;
  readonly greeted: number;
  /** With 4xx or 5xx. */
  readonly refused: number;
  readonly gaveUp: number;
}

interface Greeting {
  readonly second: number;
  readonly ms: number;
  /** 0 when the client gave up. */
  readonly code: number;
}

async function one(options: GreeterOptions, index: number, begun: number): Promise<Greeting> {
  const started = performance.now();
  const session = openConversation({ target: options.target, from: options.from[index % options.from.length] });
  const timer = setTimeout(() => session.socket.destroy(), options.patienceMs);
  const code = await session.reply();
  const ms = performance.now() - started;
  clearTimeout(timer);
  if (code === 220) setTimeout(() => session.socket.end('QUIT\r\n'), options.stayMs ?? 0);
  else session.socket.destroy();
  return { second: Math.floor((started - begun) / 1000), ms, code };
}

/** Comes on schedule, whatever becomes of the earlier ones. */
export async function greet(options: GreeterOptions): Promise<Greetings> {
  assertLoopback(options.target);
  assertWithin({ perSecond: options.perSecond, seconds: options.seconds });
  const total = Math.round(options.perSecond * options.seconds);
  const begun = performance.now();
  const coming: Promise<Greeting>[] = [];
  while (coming.length < total) {
    const early = begun + (coming.length * 1000) / options.perSecond - performance.now();
    if (early > 0) await wait(early);
    coming.push(one(options, coming.length, begun));
  }
  return sumUp(await Promise.all(coming), options);
}

function sumUp(greetings: readonly Greeting[], { seconds, patienceMs }: GreeterOptions): Greetings {
  const timesOf = (those: readonly Greeting[]): readonly number[] => those.map(({ ms, code }) => (code === 220 ? ms : patienceMs));
  const greeted = greetings.filter(({ code }) => code === 220).length;
  const gaveUp = greetings.filter(({ code }) => code === 0).length;
  const perSecond = Array.from({ length: Math.ceil(seconds) }, (_, second) => summarize(timesOf(greetings.filter((each) => each.second === second))));
  return { perSecond, all: summarize(timesOf(greetings)), greeted, refused: greetings.length - greeted - gaveUp, gaveUp };
}

await runAsProgram(import.meta.url, (options: GreeterOptions) => greet(options));
