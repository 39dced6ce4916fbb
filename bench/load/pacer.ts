// Legitimate mail at an even pace, a connection each, timed from the TCP connect to the final 250. `node bench/load/pacer.ts '{...}'`.
import { setTimeout as wait } from 'node:timers/promises';
import { summarize, type Summary } from '../measure/summary.ts';
import { assertLoopback, assertWithin, type Target } from './bounds.ts';
import { openConversation, sendMessage } from './conversation.ts';
import { honestMail, type HonestMessage } from './honest-mail.ts';
import { runAsProgram } from './program.ts';

export interface PacerOptions {
  readonly target: Target;
  readonly perSecond: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Source addresses, in turn. */
  readonly from: readonly string[];
  /** A message not delivered within this time counts as lost. */
  readonly limitMs: number;
}

export interface PacerResult {
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  /** Milliseconds from connect to the final 250, of the delivered. */
  readonly latency: Summary;
}

async function deliverOne(options: PacerOptions, index: number, message: HonestMessage): Promise<number | null> {
  const started = performance.now();
  const session = openConversation({ target: options.target, from: options.from[index % options.from.length] });
  const timer = setTimeout(() => session.socket.destroy(), options.limitMs);
  const isDelivered = (await session.reply()) === 220 && (await session.say('EHLO good.example')) === 250 && (await sendMessage(session, message));
  const tookMs = performance.now() - started;
  clearTimeout(timer);
  if (isDelivered) session.socket.end('QUIT\r\n');
  else session.socket.destroy();
  return isDelivered ? tookMs : null;
}

/** Sends `perSecond * seconds` messages on schedule (a late reply does not delay the next message) and sums up their latencies. */
export async function pace(options: PacerOptions): Promise<PacerResult> {
  assertLoopback(options.target);
  assertWithin({ perSecond: options.perSecond, seconds: options.seconds, messageBytes: options.bytes });
  const next = honestMail(options.bytes);
  const total = Math.round(options.perSecond * options.seconds);
  const started = performance.now();
  const sent: Promise<number | null>[] = [];
  while (sent.length < total) {
    const due = started + (sent.length * 1000) / options.perSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    sent.push(deliverOne(options, sent.length, next()));
  }
  const times = (await Promise.all(sent)).filter((time) => time !== null);
  return { sent: total, delivered: times.length, lost: total - times.length, latency: summarize(times) };
}

await runAsProgram(import.meta.url, (options: PacerOptions) => pace(options));
