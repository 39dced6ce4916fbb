// The rounds of letters over time, and what an operator can ask of them: when the next one is, one now, a look at a letter.
import { z } from '../../lib/zod.ts';
import { previewLetter, runRound, type RoundParts, type RoundResult } from './round.ts';
import { nextRound, type DigestSchedule } from './schedule.ts';

/** How letters stand; times are ISO 8601 UTC with milliseconds. */
export interface DigestStatus {
  readonly enabled: boolean;
  readonly nextAt: string | null;
  readonly lastAt: string | null;
  readonly underWay: boolean;
  /** Of the last round since the start. */
  readonly last: RoundResult | null;
  /** Releases that recipients have asked for and that are not done yet. */
  readonly ordersWaiting: number;
}

/** A letter as it would be sent; its tokens release nothing. */
export interface ShownLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly lines: number;
}

type Refused = { readonly ok: false; readonly error: string };

export interface DigestControl {
  status(): DigestStatus;
  /** Begins a round now, or says that one is under way; resolves when it has ended, or after a while. */
  runNow(): Promise<({ readonly ok: true } & DigestStatus) | Refused>;
  preview(raw: unknown): Promise<({ readonly ok: true } & ShownLetter) | Refused>;
  /** To be called now and then: begins a round when its time has come. */
  tick(): void;
  /** Resolves when no round is under way. */
  ended(): Promise<void>;
}

/** A round by the clock. */
export interface BegunRound {
  /** When it began, in ms since the epoch. */
  readonly at: number;
  /** Everybody had his turn. Where not, the next run goes on with it. */
  readonly isWhole: boolean;
}

export interface DigestControlParts {
  /** Null: no letters are sent. */
  schedule(): DigestSchedule | null;
  /** Of the configuration in force; null: no letters are sent. */
  parts(): RoundParts | null;
  ordersWaiting(): number;
  /** The last round of an earlier run; null: never. */
  readonly lastRound: BegunRound | null;
  noteRound(round: BegunRound): void;
  /** Forgets what is over. */
  tidy(): Promise<void>;
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/** Somebody could not be told: tried again after so long, in ms, so often. */
const againMs = 15 * 60_000;
const mostAgain = 8;
const dayMs = 86_400_000;
/** A command is answered by then, whether the round has ended or not, in ms. */
const patienceMs = 20_000;

const toPreview = z.strictObject({ recipient: z.string().min(3).max(320) });

export function createDigestControl(parts: DigestControlParts): DigestControl {
  const { now, trouble } = parts;
  const openedAt = now();
  let lastAt = parts.lastRound?.at ?? null;
  let last: RoundResult | null = null;
  let again: { readonly at: number; readonly tries: number } | null = parts.lastRound?.isWhole === false ? { at: openedAt + againMs, tries: 0 } : null;
  let underWay: Promise<void> | null = null;

  const tryAgain = (isWanted: boolean): void => {
    const tries = (again?.tries ?? 0) + 1;
    again = isWanted && tries <= mostAgain ? { at: now() + againMs, tries } : null;
  };
  const round = async (ground: RoundParts): Promise<void> => {
    const before = last;
    try {
      last = await runRound(ground, dueAfter(now()) ?? now() + dayMs);
      tryAgain(last.again);
      if (again === null && lastAt !== null && !ground.isStopped()) parts.noteRound({ at: lastAt, isWhole: true });
      await parts.tidy();
    } catch (error) {
      if (last === before) tryAgain(true);
      trouble(`letters about held mail: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const begin = (ground: RoundParts, isDue: boolean): Promise<void> => {
    // One that is asked for or made up for does not move the hour of the others.
    if (isDue) {
      lastAt = now();
      again = null;
      parts.noteRound({ at: lastAt, isWhole: false });
    }
    underWay ??= round(ground).finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const dueAfter = (after: number): number | null => {
    const schedule = parts.schedule();
    return schedule === null ? null : nextRound(schedule, after, lastAt);
  };
  const dueAt = (): number | null => dueAfter(lastAt ?? openedAt);
  const status = (): DigestStatus => {
    const due = dueAt();
    return {
      enabled: due !== null,
      nextAt: due === null ? null : iso(Math.min(due, again?.at ?? Infinity)),
      lastAt: lastAt === null ? null : iso(lastAt),
      underWay: underWay !== null,
      last,
      ordersWaiting: parts.ordersWaiting(),
    };
  };

  return {
    status,
    runNow: async () => {
      const ground = parts.parts();
      if (ground === null) return off;
      await Promise.race([begin(ground, false), parts.wait(patienceMs)]);
      return { ok: true, ...status() };
    },
    preview: (raw) => preview(parts.parts(), raw),
    tick: () => {
      const ground = parts.parts();
      const due = dueAt();
      if (ground === null || due === null || underWay !== null) return;
      if (due <= now()) void begin(ground, true);
      else if (again !== null && again.at <= now()) void begin(ground, false);
    },
    ended: async () => {
      await underWay;
    },
  };
}

async function preview(ground: RoundParts | null, raw: unknown): ReturnType<DigestControl['preview']> {
  if (ground === null) return off;
  const read = toPreview.safeParse(raw);
  if (!read.success) return { ok: false, error: 'name a recipient, like user@example.org' };
  const shown = await previewLetter(ground, read.data.recipient);
  return shown === null ? { ok: false, error: `nothing is held for ${read.data.recipient} that a letter would name` } : { ok: true, ...shown };
}

const off: Refused = { ok: false, error: 'letters to recipients are off: add quarantine.digest to the configuration (docs/digest.md)' };
const iso = (ms: number): string => new Date(ms).toISOString();
