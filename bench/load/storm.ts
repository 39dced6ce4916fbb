// A storm of connections to unknown users or to a closed banner: either as fast as the server answers (closed loop, for CPU a session) or
// at a fixed rate with clients that linger after the refusal (open loop, the abuse scenario). `node bench/load/storm.ts '{...}'`.
import { setTimeout as wait } from 'node:timers/promises';
import { assertLoopback, assertWithin, sourceAddress, type Target } from './bounds.ts';
import { openConversation, type Conversation } from './conversation.ts';
import { runAsProgram } from './program.ts';

export interface StormOptions {
  readonly target: Target;
  /** Sessions in all. */
  readonly connections: number;
  /** New connections a second; 0: closed loop with `atOnce` sessions. */
  readonly perSecond: number;
  readonly atOnce: number;
  /** How long a client keeps its connection after the refusal, in milliseconds. */
  readonly lingerMs: number;
  /** Each client has an address in one of so many /24 networks. */
  readonly networks: number;
  /** So many different unknown recipients take turns. */
  readonly recipients: number;
  /** Where the refusal is expected. */
  readonly refusedAt: 'banner' | 'rcpt';
}

export interface StormResult {
  readonly seconds: number;
  readonly opened: number;
  /** Refused where expected with 5xx. */
  readonly refused: number;
  /** Turned away with 4xx or 5xx elsewhere: a cap, a rate. */
  readonly turnedAway: number;
  /** Ended without a reply. */
  readonly failed: number;
  /** Accepted although refusal was expected. */
  readonly accepted: number;
  readonly peakOpen: number;
}

type Ending = 'refused' | 'turnedAway' | 'failed' | 'accepted';

const judge = (code: number, isExpectedHere: boolean): Ending => {
  if (code === 0) return 'failed';
  if (code < 400) return 'accepted';
  return isExpectedHere && code >= 500 ? 'refused' : 'turnedAway';
};

/** Says what it takes to be refused, and how that ended. */
async function getRefused(session: Conversation, options: StormOptions, recipient: string): Promise<Ending> {
  const banner = await session.reply();
  if (options.refusedAt === 'banner' || banner !== 220) return judge(banner, options.refusedAt === 'banner');
  for (const line of ['EHLO load.example', 'MAIL FROM:<sender@load.example>']) {
    const code = await session.say(line);
    if (code !== 250) return judge(code, false);
  }
  return judge(await session.say(`RCPT TO:<${recipient}>`), true);
}

/** Runs the storm and counts its endings. */
export async function storm(options: StormOptions): Promise<StormResult> {
  assertLoopback(options.target);
  assertWithin({ connections: options.connections, perSecond: options.perSecond, openAtOnce: options.atOnce, networks: options.networks });
  const counts = { opened: 0, refused: 0, turnedAway: 0, failed: 0, accepted: 0, peakOpen: 0 };
  let open = 0;

  const one = async (): Promise<void> => {
    const index = counts.opened++;
    counts.peakOpen = Math.max(counts.peakOpen, ++open);
    const session = openConversation({ target: options.target, from: sourceAddress(index, options.networks) });
    const ending = await getRefused(session, options, `nobody${index % options.recipients}@bench.example`);
    counts[ending]++;
    if (options.lingerMs > 0 && ending !== 'failed') await wait(options.lingerMs);
    if (!session.socket.destroyed && options.refusedAt === 'rcpt') await session.say('QUIT');
    session.socket.destroy();
    open--;
  };

  const started = performance.now();
  await (options.perSecond > 0 ? atRate(options, one) : closedLoop(options, () => counts.opened, one));
  return { seconds: (performance.now() - started) / 1000, ...counts };
}

/** `atOnce` clients, each beginning anew as soon as it is done. */
async function closedLoop(options: StormOptions, opened: () => number, one: () => Promise<void>): Promise<void> {
  const client = async (): Promise<void> => {
    while (opened() < options.connections) await one();
  };
  await Promise.all(Array.from({ length: options.atOnce }, client));
}

/** A fixed number of new clients a second, whatever becomes of the earlier ones; at most `atOnce` are open. */
async function atRate(options: StormOptions, one: () => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  const started = performance.now();
  for (let begun = 0; begun < options.connections;) {
    const due = Math.min(options.connections, Math.floor(((performance.now() - started) / 1000) * options.perSecond));
    for (; begun < due; begun++) {
      if (running.size >= options.atOnce) continue; // the server holds too many of us: this client stays away
      const client = one().finally(() => running.delete(client));
      running.add(client);
    }
    await wait(2);
  }
  await Promise.all(running);
}

await runAsProgram(import.meta.url, (options: StormOptions) => storm(options));
