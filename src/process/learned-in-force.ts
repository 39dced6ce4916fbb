// What detectors have learned, kept over a restart: written whole every ten minutes and at the end, read at the start. What is damaged, of another
// form, or older than a week is not taken up: to learn anew is better than to judge by what was.
import { join } from 'node:path';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import type { LearnedByDetector } from '../detect/engine.ts';
import type { Learned } from '../detect/learned.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { readWhole, replaceWhole, sealed, unsealed } from './whole-file.ts';

/** What detectors have learned, and the key by which they have hashed it. */
export interface LearnedState {
  readonly hashKey: HashKey;
  readonly detectors: LearnedByDetector;
}

/** The same while it is being learned. */
export interface LiveLearned {
  readonly hashKey: HashKey;
  readonly learners: ReadonlyMap<string, Learned>;
}

export interface LearnedInForce {
  /** Of an earlier run; null: there is nothing that could be taken up. */
  readonly earlier: LearnedState | null;
  /** From now on this is written down. */
  keep(state: () => LiveLearned): void;
  /** Writes it once more. */
  close(): Promise<void>;
}

export interface LearnedInForceParts {
  /** The state directory. */
  readonly dir: string;
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Default ten minutes, in ms: a crash forgets so much. */
  readonly saveEveryMs?: number;
}

/** What stands in the file; of each detector in a piece of its own, made one after the other so that nothing else waits for all of them. */
interface Written {
  readonly savedAt: number;
  readonly hashKey: HashKey;
  readonly pieces: readonly { readonly id: string; readonly version: number; readonly saved: Uint8Array }[];
}

const usualSaveMs = 600_000;
const hourMs = 3_600_000;
const oldestMs = 7 * 24 * hourMs;
/** Counts up with the form of the whole; each detector has a version of its own. */
const magic = 'FGLRND1\n';

export async function openLearned({ dir, trouble, now, saveEveryMs = usualSaveMs }: LearnedInForceParts): Promise<LearnedInForce> {
  const file = join(dir, 'learned');
  const found = await readWhole(file, trouble);
  const earlier = found === null ? null : readLearned(found, now());
  if (typeof earlier === 'string') trouble(`${file} ${earlier}: detectors learn anew`);
  let state: (() => LiveLearned) | null = null;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (state === null) return saving;
    const current = state;
    saving = saving
      .then(async () => replaceWhole(file, sealed(magic, serialize(await gather(current(), now())))))
      .catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
    return saving;
  };
  const timer = setInterval(() => void save(), saveEveryMs).unref();
  return {
    earlier: typeof earlier === 'string' ? null : earlier,
    keep: (given) => {
      state = given;
    },
    close: () => {
      clearInterval(timer);
      return save();
    },
  };
}

async function gather({ hashKey, learners }: LiveLearned, savedAt: number): Promise<Written> {
  const pieces: { id: string; version: number; saved: Uint8Array }[] = [];
  for (const [id, learned] of learners) {
    pieces.push({ id, version: learned.version, saved: serialize(learned.save()) });
    await letOthersRun();
  }
  return { savedAt, hashKey, pieces };
}

/** What stands in the file, or why it is not taken up. */
function readLearned(file: Buffer, now: number): LearnedState | string {
  const content = unsealed(magic, file);
  if (content === null) return 'is damaged or of another version';
  const { savedAt, hashKey, pieces } = deserialize(content) as Written; // sealed: `gather` made it
  if (savedAt > now + hourMs) return `is of ${new Date(savedAt).toISOString()}, which is still to come`;
  if (now - savedAt > oldestMs) return `is of ${new Date(savedAt).toISOString()}, more than a week ago`;
  return { hashKey, detectors: Object.fromEntries(pieces.map(({ id, version, saved }) => [id, { version, saved: deserialize(saved) as unknown }])) };
}
