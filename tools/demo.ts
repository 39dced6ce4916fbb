// `npm run demo`: a gateway with an embedded mailbox store, a small attack on it and honest mail beside it, all on loopback, for twenty
// seconds or until Ctrl-C. Leaves nothing behind. Arguments: `--seconds N`.
import { setTimeout as later } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newTallies, playAttack, type Tallies } from './demo/attack.ts';
import { boardLine, boardText, verdictText } from './demo/board.ts';
import { openStage, type Stage } from './demo/stage.ts';

const secondsAtMost = 120;

/** Throws for bad usage. */
function secondsWanted(): number {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
  const seconds = Number(values.seconds);
  if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= secondsAtMost)) throw new Error(`--seconds is a whole number from 1 to ${secondsAtMost}`);
  return seconds;
}

const failWith = (exitCode: 1 | 2) => (error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode;
};

interface Screen {
  /** Twice a second on a terminal, on top of the last figures; elsewhere a line every two seconds. Ends with the signal. */
  follow(signal: AbortSignal): Promise<void>;
  /** The figures as they stand at the end. */
  last(): void;
}

function screen(stage: Stage, tallies: Tallies, of: number): Screen {
  const isTerminal = process.stdout.isTTY;
  const began = performance.now();
  let linesAbove = 0;
  const draw = (sessions: number | null): void => {
    const text = boardText({ seconds: Math.min(of, Math.round((performance.now() - began) / 1000)), of, tallies, sessions });
    const up = isTerminal && linesAbove > 0 ? `\x1b[${linesAbove}A` : '';
    linesAbove = text.split('\n').length;
    process.stdout.write(`${up}${isTerminal ? text.replaceAll(/^/gm, '\x1b[2K') : text}\n`);
  };
  return {
    async follow(signal) {
      while (!signal.aborted) {
        const sessions = await stage.sessions();
        if (isTerminal) draw(sessions);
        else process.stdout.write(`${boardLine({ seconds: Math.round((performance.now() - began) / 1000), of, tallies, sessions })}\n`);
        await later(isTerminal ? 500 : 2000, undefined, { signal }).catch(() => undefined);
      }
    },
    last: () => draw(0),
  };
}

async function main(seconds: number): Promise<void> {
  const interrupted = new AbortController();
  const end = (): void => {
    if (interrupted.signal.aborted) process.exit(1); // asked twice: at once
    interrupted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  await using stage = await openStage();
  process.stdout.write(
    `gateway on 127.0.0.1:${stage.smtp.port}, mailboxes below ${stage.folder}, dashboard http://127.0.0.1:${stage.web.port}/; Ctrl-C ends it\n\n`,
  );
  const tallies = newTallies();
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(seconds * 1000)]);
  const figures = screen(stage, tallies, seconds);
  await Promise.all([playAttack({ target: stage.smtp, recipient: stage.recipient, tallies, signal }), figures.follow(signal)]);
  figures.last();
  process.stdout.write(`\n${verdictText(tallies)}\nmessages in the mailbox: ${await stage.delivered()}\n`);
  const { reference } = tallies['relay attempts'];
  if (reference !== null && !interrupted.signal.aborted) process.stdout.write(`\nfloodgate explain ${reference}\n${await stage.explain(reference)}`);
}

try {
  await main(secondsWanted()).catch(failWith(1));
} catch (error) {
  failWith(2)(error);
}
