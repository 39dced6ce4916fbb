// Detector: two programs that answer each other. An out-of-office note answers a ticket system that answers the note, a bounce is bounced; each
// answer is one message, and they never tire. Two people who write in turn are slower, and one of them is no program.
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { pairHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';

const id = 'answering-machines';
const minuteMs = 60_000;

const options = {
  watch: {
    default: 6,
    min: 2,
    max: 1000,
    doc: 'Automatic messages between two addresses, both ways, with less than ten minutes between each, from which they are watched.',
  },
  alert: { default: 10, min: 2, max: 1000, doc: 'Automatic messages between two addresses from which they answer each other.' },
  severe: { default: 100, min: 2, max: 100_000, doc: 'Automatic messages between two addresses from which it is severe.' },
  unseenFactor: { default: 3, min: 1, max: 100, doc: 'Times as many must come where the content is not seen (logs): people write to each other too.' },
  pairs: { default: 10_000, min: 100, max: 1_000_000, doc: 'Pairs of addresses remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** A pause of this length, in ms, ends an exchange. */
const pauseMs = 10 * minuteMs;
/** Of the messages of an exchange, the smaller direction has at least this share. */
const fewestBack = 0.25;
const wrotePlaces = 1 << 18;

interface Exchange {
  /** From the address that sorts first, and from the other. */
  forth: number;
  back: number;
  unseen: number;
}

class AnsweringMachines implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  /** Who wrote to whom, as fingerprints: only an answer makes a pair. */
  readonly #wrote = new FingerprintSet(wrotePlaces);
  readonly #pairs: HotKeys<Exchange>;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#pairs = new HotKeys({ detector: id, capacity: given.pairs, quietMs: pauseMs, fresh: () => ({ forth: 0, back: 0, unseen: 0 }) });
  }

  get size(): number {
    return this.#pairs.size;
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#pairs.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.outcome === 'deferred' || !mayBeMachine(sighting)) return;
    const { text: author, hash: writer } = this.#context.words.sender(sighting.from || (sighting.traits?.author ?? ''));
    const { text: to, hash: reader } = this.#context.words.mailbox(sighting.to);
    if (author === '' || author === to) return;
    this.#wrote.add(pairHash(writer, reader));
    if (!this.#wrote.has(pairHash(reader, writer))) return;
    const isForth = author < to;
    const hot = this.#pairs.of(isForth ? `${author} ${to}` : `${to} ${author}`, sighting.at);
    if (hot.count === 0) Object.assign(hot.state, { forth: 0, back: 0, unseen: 0 });
    hot.note(sighting, author);
    if (isForth) hot.state.forth++;
    else hot.state.back++;
    if (sighting.traits === null) hot.state.unseen++;
    const { forth, back, unseen } = hot.state;
    const hit = reached(hot.count / (unseen > 0 ? this.#options.unseenFactor : 1), this.#options);
    if (hit === null || Math.min(forth, back) < fewestBack * hot.count) return;
    this.#pairs.tell(
      hot,
      sighting.at,
      {
        key: { recipient: to, sender: author },
        level: hit.level,
        statistic: { name: 'exchanged', value: hot.count, threshold: hit.threshold * (unseen > 0 ? this.#options.unseenFactor : 1) },
        confidence: unseen > 0 ? 'low' : 'high',
        spoofable: true,
        counts: { forth: { est: forth, err: 0 }, back: { est: back, err: 0 } },
        because: `${author} and ${to} have answered each other ${hot.count} times`,
      },
      raise,
    );
  }
}

/** Made by a program, as far as is known; people's mail is left alone where it can be told. */
const mayBeMachine = ({ traits }: MessageSighting): boolean => traits === null || traits.automated === true || traits.report !== undefined;

/** D8: two programs answer each other. */
export const answeringMachines: DetectorDefinition<typeof options> = {
  id,
  row: 'D8',
  doc: 'Two addresses answer each other automatically, again and again.',
  kinds: ['message'],
  options,
  create: (given, context) => new AnsweringMachines(given, context),
};
