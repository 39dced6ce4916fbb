// Detector: a script or a machine of ours writes to strangers: a contact form that spams, a web application that was broken into. Who is
// counted is the script that made the mail, or else the sender at its host: a hub sends for many, and is not to blame for one.
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { halfSipHash } from '../../lib/half-sip-hash.ts';
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import { hostOf } from '../caller-keys.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { domainOf, steadySender } from '../envelope.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { exactly, plural } from '../wording.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'injector-abuse';
const hourMs = 3_600_000;

const options = {
  watch: { default: 50, min: 1, max: 1_000_000, doc: 'Strangers a script or sender wrote to within an hour, from which it is watched.' },
  alert: { default: 100, min: 1, max: 1_000_000, doc: 'Strangers a script or sender wrote to within an hour, from which it is abused.' },
  severe: { default: 1000, min: 1, max: 10_000_000, doc: 'Strangers a script or sender wrote to within an hour, from which it is severe.' },
  listFactor: { default: 20, min: 1, max: 1000, doc: 'Times as many for mailing lists, whose subscribers all are strangers once.' },
  injectors: { default: 8192, min: 100, max: 1_000_000, doc: 'Scripts and senders remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Places for everybody we ever wrote to. */
const addressPlaces = 1 << 20;
/** Characters of a script's name that are kept. */
const nameMost = 100;

class InjectorAbuse implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #injectors: HotKeys<WindowCount>;
  readonly #everWritten = new FingerprintSet(addressPlaces);

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    this.#injectors = new HotKeys({ detector: id, capacity: given.injectors, quietMs: hourMs, fresh: () => new WindowCount(hourMs) });
  }

  get size(): number {
    return this.#injectors.size + this.#everWritten.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction !== 'out' || sighting.retry === true) return;
    const isStranger = !this.#everWritten.add(halfSipHash(this.#context.hashKey, sighting.to));
    const { caller, traits, from } = sighting;
    if (!isStranger || (caller.user !== null && traits?.injector === undefined) || (!caller.inside && caller.user === null)) return;
    // Reports of our servers are another trouble (self-backscatter).
    if (from === '') return;
    this.#written(sighting, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { everWritten: this.#everWritten });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#injectors.settle(at, calm);
  }

  #written(sighting: MessageSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, from, traits } = sighting;
    const name = traits?.injector?.slice(0, nameMost) ?? steadySender(from);
    const injector = this.#injectors.of(`${hostOf(caller)} ${name}`, at);
    injector.note(sighting, domainOf(sighting.to));
    const strangers = injector.state.add(at);
    if (this.#isBulk(from) || this.#isBulk(name)) return;
    const factor = isList(sighting) ? this.#options.listFactor : 1;
    const { watch, alert, severe } = this.#options;
    const hit = reached(strangers, { watch: watch * factor, alert: alert * factor, severe: severe * factor });
    if (hit === null) return;
    this.#injectors.tell(
      injector,
      at,
      {
        key: caller.ip === '' ? { injector: name } : { injector: name, ip: caller.ip },
        level: hit.level,
        statistic: { name: 'strangers-per-hour', value: strangers, threshold: hit.threshold },
        confidence: 'medium',
        // The machine is ours; which of its programs it was is what it says itself.
        spoofable: traits?.injector === undefined,
        counts: { strangers: exactly(strangers) },
        because: `${name} at ${caller.ip === '' ? 'this host' : caller.ip} wrote to ${plural(strangers, 'stranger')} within an hour`,
      },
      raise,
    );
  }

  #isBulk(sender: string): boolean {
    return this.#context.isBulkSender?.(sender) === true || this.#context.isBulkSender?.(domainOf(sender)) === true;
  }
}

/** A discussion list or newsletter of ours, by its own words; it is given more, not everything. */
const isList = ({ traits, from }: MessageSighting): boolean =>
  traits?.listId !== undefined || /(?:^|[-_.+])(?:bounces?|owner|return|request)(?:$|[-_.+=])/.test(from.slice(0, Math.max(0, from.lastIndexOf('@'))));

/** D7: a script or host of ours is abused. */
export const injectorAbuse: DetectorDefinition<typeof options> = {
  id,
  row: 'D7',
  doc: 'A script or machine of ours writes to many strangers within an hour.',
  kinds: ['message'],
  options,
  create: (given, context) => new InjectorAbuse(given, context),
};
