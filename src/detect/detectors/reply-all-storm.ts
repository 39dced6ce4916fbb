// Detector: a conversation that many answer to all. Each answer goes to hundreds, some answer "please do not answer to all", and so on. What
// gives it away is answers in a conversation times the people who get each.
import { DistinctCount, DistinctWindow } from '../../lib/distinct-count.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { reachedMailbox } from '../outcomes.ts';

const id = 'reply-all-storm';
const hourMs = 3_600_000;
const oncePlaces = 1 << 17;

const options = {
  watch: { default: 5, min: 2, max: 10_000, doc: 'Answers in one conversation within an hour from which it is watched.' },
  alert: { default: 10, min: 2, max: 10_000, doc: 'Answers in one conversation within an hour from which it is a storm.' },
  severe: { default: 50, min: 2, max: 10_000, doc: 'Answers in one conversation within an hour from which it is severe.' },
  fewestReaders: { default: 50, min: 2, max: 1_000_000, doc: 'Mailboxes of ours that must get it, however small the site.' },
  mostReaders: { default: 2500, min: 2, max: 1_000_000, doc: 'Mailboxes of ours that are enough, however large the site.' },
  shareOfMailboxes: { default: 25, min: 1, max: 100, doc: 'Share of the mailboxes seen that must get it, in percent.' },
  threads: { default: 10_000, min: 100, max: 1_000_000, doc: 'Conversations remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

interface Thread {
  readonly answers: DistinctWindow;
  readonly readers: DistinctWindow;
}

class ReplyAllStorm implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #mailboxes = new DistinctCount();
  readonly #once = new FingerprintSet(oncePlaces);
  readonly #threads: HotKeys<Thread>;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    const fresh = (): Thread => ({ answers: new DistinctWindow(hourMs), readers: new DistinctWindow(hourMs) });
    this.#threads = new HotKeys({ detector: id, capacity: given.threads, quietMs: hourMs, fresh });
  }

  get size(): number {
    return this.#threads.size;
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#threads.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction === 'out' || !reachedMailbox(sighting)) return;
    const { at, traits, to, from, messageId, source } = sighting;
    const reader = this.#context.words.mailbox(to).hash;
    this.#mailboxes.add(reader);
    const thread = traits?.reply === true ? traits.thread : undefined;
    // Most conversations have a single answer here: it leaves a fingerprint only.
    if (thread === undefined || !this.#once.add(this.#hash(thread))) return;
    const hot = this.#threads.of(thread, at);
    hot.note(sighting, traits?.author ?? from);
    hot.state.answers.add(this.#hash(messageId ?? source), at);
    hot.state.readers.add(reader, at);
    // Both counts are made of parts: looked at only once a conversation is large enough to be one.
    if (hot.count < this.#options.watch * this.#options.fewestReaders) return;
    const answers = hot.state.answers.countAt(at);
    const readers = hot.state.readers.countAt(at);
    const hit = reached(answers.count - answers.err, this.#options);
    if (hit === null || readers.count - readers.err < this.#enoughReaders()) return;
    const key = { thread };
    this.#threads.keepHot(key, at);
    this.#threads.tell(
      hot,
      at,
      {
        key,
        level: hit.level,
        statistic: { name: 'answers-per-hour', value: answers.count, threshold: hit.threshold },
        confidence: 'high',
        spoofable: true,
        counts: { answers: { est: answers.count, err: answers.err }, readers: { est: readers.count, err: readers.err } },
        because: `${answers.count} answers to all in one conversation within an hour, each to many of ${readers.count} mailboxes`,
      },
      raise,
    );
  }

  #enoughReaders(): number {
    const { fewestReaders, mostReaders, shareOfMailboxes } = this.#options;
    return Math.max(fewestReaders, Math.min(mostReaders, (shareOfMailboxes / 100) * this.#mailboxes.count));
  }

  #hash(text: string): number {
    return sketchHash(this.#context.hashKey, text);
  }
}

/** D8: many answer to all. */
export const replyAllStorm: DetectorDefinition<typeof options> = {
  id,
  row: 'D8',
  doc: 'Many answer to all in one conversation, and each answer goes to a large part of the site.',
  kinds: ['message'],
  options,
  create: (given, context) => new ReplyAllStorm(given, context),
};
