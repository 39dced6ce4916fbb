// The small attack of the demo, with honest mail beside it. Bounded in rate and number, and on loopback only.
import { setTimeout as later } from 'node:timers/promises';
import { assertLoopback, sourceAddress, type Target } from '../../bench/load/bounds.ts';
import { openConversation, sendMessage, type Conversation } from '../../bench/load/conversation.ts';
import { honestMail as honestMessages } from '../../bench/load/honest-mail.ts';

/** What one kind of client has met so far. */
export interface Tally {
  readonly what: string;
  tried: number;
  /** Taken by the gateway: a message delivered, a recipient accepted, a connection greeted. */
  through: number;
  refused: number;
  /** Still without a banner when the client gave up. */
  waited: number;
  /** The reference in the newest refusal. */
  reference: string | null;
  /** From connecting to the answer, in milliseconds; honest mail only. Bounded by the length of the demo. */
  readonly tookMs: number[];
}

/** The parts of the play: honest mail first. */
export const parts = ['honest mail', 'unknown recipients', 'relay attempts', 'early talkers', 'connection burst'] as const;
export type Part = (typeof parts)[number];
export type Tallies = Readonly<Record<Part, Tally>>;

const newTally = (what: string): Tally => ({ what, tried: 0, through: 0, refused: 0, waited: 0, reference: null, tookMs: [] });

/** Nothing has happened yet. */
export const newTallies = (): Tallies => Object.fromEntries(parts.map((part) => [part, newTally(part)])) as Record<Part, Tally>;

interface Scene {
  readonly target: Target;
  readonly recipient: string;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}
type Act = (scene: Scene, round: number) => Promise<void>;

/** Time between two rounds of a part, in milliseconds, and what happens in a round. */
const acts: Readonly<Record<Part, readonly [everyMs: number, act: Act]>> = {
  'honest mail': [250, honestMail],
  'unknown recipients': [200, unknownRecipients],
  'relay attempts': [250, relayAttempts],
  'early talkers': [300, earlyTalker],
  'connection burst': [2000, connectionBurst],
};

/** Plays all parts at the same time until the signal comes; resolves when every client has hung up. */
export async function playAttack({
  target,
  recipient,
  tallies,
  signal,
}: {
  target: Target;
  recipient: string;
  tallies: Tallies;
  signal: AbortSignal;
}): Promise<void> {
  assertLoopback(target);
  await Promise.all(parts.map((part) => playPart(acts[part], { target, recipient, tally: tallies[part], signal })));
}

async function playPart([everyMs, act]: readonly [number, Act], scene: Scene): Promise<void> {
  const rounds: Promise<void>[] = [];
  for (let round = 0; !scene.signal.aborted; round += 1) {
    rounds.push(act(scene, round));
    await later(everyMs, undefined, { signal: scene.signal }).catch(() => undefined);
  }
  await Promise.all(rounds);
}

/** A connection that ends with the demo, and writes down the references it is told. */
function open({ target, tally, signal }: Scene, from: string): Conversation {
  const conversation = openConversation({ target, from });
  conversation.socket.on('data', (chunk: Buffer) => {
    const [, reference] = /^[45].*\(ref ([0-9A-Z-]+)\)/m.exec(chunk.toString('latin1')) ?? [];
    tally.reference = reference ?? tally.reference;
  });
  const end = (): unknown => conversation.socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  conversation.socket.once('close', () => signal.removeEventListener('abort', end));
  return conversation;
}

/** Each part has networks of its own, so that none is held for another's deeds. */
const addressOf = (part: Part, round: number): string => sourceAddress(parts.indexOf(part) * 512 + (round % 512), 4096);

const honestPatienceMs = 5000;

async function honestMail(scene: Scene, round: number): Promise<void> {
  const { tally, recipient } = scene;
  const began = performance.now();
  // It ends what it has begun: a message may be delivered that is not heard of any more.
  const session = open({ ...scene, signal: AbortSignal.timeout(honestPatienceMs) }, addressOf('honest mail', round));
  tally.tried += 1;
  const delivered =
    (await session.reply()) === 220 &&
    (await session.say('EHLO honest.example')) === 250 &&
    (await sendMessage(session, { ...honestMessages(2000)(), to: recipient }));
  if (delivered) {
    tally.through += 1;
    tally.tookMs.push(performance.now() - began);
    await session.say('QUIT');
  } else tally.refused += 1;
  session.socket.destroy();
}

/** Asks for one recipient after the other; each is counted. */
async function askFor(scene: Scene, from: string, recipients: readonly string[]): Promise<void> {
  const session = open(scene, from);
  const isReady =
    (await session.reply()) === 220 && (await session.say('EHLO botnet.example')) === 250 && (await session.say('MAIL FROM:<x@botnet.example>')) === 250;
  for (const recipient of isReady ? recipients : []) {
    const code = await session.say(`RCPT TO:<${recipient}>`);
    if (code === 0) break; // cut off
    count(scene.tally, code);
  }
  session.socket.destroy();
}

function count(tally: Tally, code: number): void {
  tally.tried += 1;
  if (code < 400) tally.through += 1;
  else tally.refused += 1;
}

function unknownRecipients(scene: Scene, round: number): Promise<void> {
  const guesses = ['info', 'sales', 'admin', 'test', 'office'].map((name) => scene.recipient.replace(/^[^@]*/, `${name}${round}`));
  return askFor(scene, addressOf('unknown recipients', round), guesses);
}

function relayAttempts(scene: Scene, round: number): Promise<void> {
  const domain = scene.recipient.replace(/^.*@/, '');
  return askFor(scene, addressOf('relay attempts', round), ['victim@world.example', `victim%world.example@${domain}`, `world.example!victim@${domain}`]);
}

async function earlyTalker(scene: Scene, round: number): Promise<void> {
  const { tally, signal } = scene;
  const session = open(scene, addressOf('early talkers', round));
  session.socket.write('EHLO botnet.example\r\n'); // without waiting for the banner
  const code = await session.reply();
  if (!signal.aborted) count(tally, code === 220 ? await session.say('NOOP') : 554);
  session.socket.destroy();
}

const burstSize = 80;
const burstPatienceMs = 1000;

/** Many connections at once from one network, 127.0.0.0/24; each holds what it gets for a second. */
async function connectionBurst(scene: Scene): Promise<void> {
  await Promise.all(
    Array.from({ length: burstSize }, async (_, index) => {
      const { tally, signal } = scene;
      const session = open(scene, `127.0.0.${2 + (index % 40)}`);
      const patience = later(burstPatienceMs, -1, { signal }).catch(() => -1);
      tally.tried += 1;
      const code = await Promise.race([session.reply(), patience]);
      if (code === 220) tally.through += 1;
      else if (code === -1 || signal.aborted) tally.waited += 1;
      else tally.refused += 1;
      await patience;
      session.socket.destroy();
    }),
  );
}
