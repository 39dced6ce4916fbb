// Detector: a message that comes back. Two forwarders that point at each other, or a list subscribed to itself, bring the same message to the
// same mailbox again and again until somebody counts.
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { pairHash, sketchHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';

const id = 'circling-message';
const dayMs = 24 * 3_600_000;

const options = {
  watch: { default: 3, min: 2, max: 1000, doc: 'Times the same message comes to the same mailbox from which it is watched.' },
  alert: { default: 5, min: 2, max: 1000, doc: 'Times the same message comes to the same mailbox from which it circles.' },
  severe: { default: 25, min: 2, max: 10_000, doc: 'Times the same message comes to the same mailbox from which it is severe.' },
  watchHops: { default: 25, min: 5, max: 1000, doc: 'Received lines from which a message is watched.' },
  messages: { default: 10_000, min: 100, max: 1_000_000, doc: 'Messages that came more than once remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Fingerprints of messages that came once: most never come again and need no more. */
const seenPlaces = 1 << 18;

class CirclingMessage implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #once = new FingerprintSet(seenPlaces);
  readonly #again: HotKeys<{ hops: number }>;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#again = new HotKeys({ detector: id, capacity: given.messages, quietMs: dayMs, fresh: () => ({ hops: 0 }) });
  }

  get size(): number {
    return this.#again.size;
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#again.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.retry === true || sighting.outcome === 'deferred') return;
    const { messageId, to, traits } = sighting;
    if (messageId === null) return;
    // One mail to three lists comes three times to whoever is on all of them: each list counts for itself.
    const mailbox = this.#context.words.mailbox(to);
    const list = traits?.listId ?? '';
    const cameBefore = this.#once.add(pairHash(pairHash(this.#hash(messageId), mailbox.hash), this.#hash(list)));
    const hops = traits?.hops ?? 0;
    if (!cameBefore && hops < this.#options.watchHops) return;
    this.#comesAgain(`${messageId} ${mailbox.text} ${list}`, hops, sighting, raise);
  }

  #hash(text: string): number {
    return sketchHash(this.#context.hashKey, text);
  }

  #comesAgain(pair: string, hops: number, sighting: MessageSighting, raise: (alarm: Alarm) => void): void {
    const { at, origin, messageId, to } = sighting;
    const hot = this.#again.of(pair, at);
    const isLonger = hops > hot.state.hops;
    hot.state.hops = Math.max(hops, hot.state.hops);
    hot.note(sighting, origin.name);
    // The first time left only a fingerprint.
    const times = hot.count + 1;
    const hit = reached(times, this.#options) ?? (hops >= this.#options.watchHops ? ({ level: 'watch', threshold: this.#options.watchHops } as const) : null);
    if (hit === null) return;
    const isByHops = times < this.#options.watch;
    this.#again.tell(
      hot,
      at,
      {
        key: { recipient: this.#context.words.mailbox(to).text, message: messageId ?? '' },
        level: hit.level,
        count: times,
        statistic: isByHops ? { name: 'hops', value: hops, threshold: hit.threshold } : { name: 'times', value: times, threshold: hit.threshold },
        // A circling message has longer Received lines each time; a program that sends copies has not.
        confidence: isLonger && times > 2 ? 'high' : 'medium',
        spoofable: true,
        counts: { times: { est: times, err: 0 }, hops: { est: hot.state.hops, err: 0 } },
        because: isByHops ? `a message to ${to} passed ${hops} servers` : `the same message came to ${to} ${times} times`,
      },
      raise,
    );
  }
}

/** D8: the same message comes to the same mailbox again and again. */
export const circlingMessage: DetectorDefinition<typeof options> = {
  id,
  row: 'D8',
  doc: 'The same message comes to the same mailbox again and again, or has passed too many servers.',
  kinds: ['message'],
  options,
  create: (given, context) => new CirclingMessage(given, context),
};
