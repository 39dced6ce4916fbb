// Detector: one signed message sent to everybody. Somebody got one message signed by a good name, and sends that copy, with its signature, to
// thousands who are not named in it, from machines of his own. The signer is the victim: nothing may be done to its domain.
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { SignatureTrait } from '../../model/message-traits.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import { houseOf, netOf } from '../caller-keys.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';

const id = 'dkim-replay';
const hourMs = 3_600_000;

const options = {
  watch: { default: 20, min: 2, max: 100_000, doc: 'Recipients an hour of one signed message that it does not name, from which it is watched.' },
  alert: { default: 50, min: 2, max: 100_000, doc: 'Recipients an hour of one signed message that it does not name, from which it is a replay.' },
  severe: { default: 500, min: 2, max: 1_000_000, doc: 'Recipients an hour of one signed message that it does not name, from which it is severe.' },
  places: { default: 3, min: 1, max: 1000, doc: 'Houses or networks it must come from: a list server sends one message to many too.' },
  signatures: { default: 4000, min: 100, max: 1_000_000, doc: 'Signatures seen more than once remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Signatures seen once, as fingerprints; most never come again. */
const oncePlaces = 1 << 17;
/** Signatures of one message that are looked at: the first is the last that was made. */
const mostSignatures = 3;

interface Replay {
  readonly recipients: DistinctWindow;
  readonly places: DistinctWindow;
}

class DkimReplay implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #once = new FingerprintSet(oncePlaces);
  readonly #again: HotKeys<Replay>;

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    const fresh = (): Replay => ({ recipients: new DistinctWindow(hourMs), places: new DistinctWindow(hourMs) });
    this.#again = new HotKeys({ detector: id, capacity: given.signatures, quietMs: hourMs, fresh });
  }

  get size(): number {
    return this.#again.size;
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#again.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction !== 'in' || sighting.outcome === 'deferred') return;
    const { traits, caller, to } = sighting;
    if (traits?.signatures === undefined || caller.inside || caller.user !== null || traits.unnamed?.includes(to) !== true) return;
    for (const signature of traits.signatures.slice(0, mostSignatures)) {
      // A signature that does not hold lends nobody a good name.
      if (signature.mark === '' || (signature.result !== undefined && signature.result !== 'pass')) continue;
      const name = `${signature.domain}/${signature.mark}`;
      if (this.#once.add(sketchHash(this.#context.hashKey, name))) this.#comesAgain(name, signature, sighting, raise);
    }
  }

  #comesAgain(name: string, { domain }: SignatureTrait, sighting: MessageSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, to } = sighting;
    const place = houseOf(caller, (each) => this.#context.orgDomain(each)) ?? netOf(caller);
    const hot = this.#again.of(name, at);
    hot.note(sighting, place);
    hot.state.recipients.add(sketchHash(this.#context.hashKey, to), at);
    hot.state.places.add(sketchHash(this.#context.hashKey, place), at);
    if (hot.count + 1 < this.#options.watch) return;
    const recipients = hot.state.recipients.countAt(at);
    const places = hot.state.places.countAt(at);
    const hit = reached(recipients.count - recipients.err, this.#options);
    if (hit === null || places.count - places.err < this.#options.places) return;
    this.#again.tell(
      hot,
      at,
      {
        key: { message: name },
        level: hit.level,
        statistic: { name: 'unnamed-recipients-per-hour', value: recipients.count, threshold: hit.threshold },
        confidence: 'high',
        // Its signer did not send it.
        spoofable: true,
        counts: { recipients: { est: recipients.count, err: recipients.err }, places: { est: places.count, err: places.err } },
        because: `one message signed by ${domain} came to ${recipients.count} mailboxes it does not name, from ${places.count} places, within an hour`,
      },
      raise,
    );
  }
}

/** D11: a signed message is sent again to many. */
export const dkimReplay: DetectorDefinition<typeof options> = {
  id,
  row: 'D11',
  doc: 'One signed message is sent again, by others, to many whom it does not name.',
  kinds: ['message'],
  options,
  create: (given, context) => new DkimReplay(given, context),
};
