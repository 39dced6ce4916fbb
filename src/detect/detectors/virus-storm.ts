// Detector: infected messages. From the world they come in storms of one signature; one that comes from a user or a machine of ours means
// that it is infected, and is told at once.
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import { hostAlarmKey, hostOf } from '../caller-keys.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { exactly, plural } from '../wording.ts';

const id = 'virus-storm';
const hourMs = 3_600_000;

const options = {
  watch: { default: 10, min: 1, max: 1_000_000, doc: 'Infected messages of one signature within an hour, from which it is watched.' },
  alert: { default: 30, min: 1, max: 1_000_000, doc: 'Infected messages of one signature within an hour, from which it is a storm.' },
  severe: { default: 300, min: 1, max: 1_000_000, doc: 'Infected messages of one signature within an hour, from which it is severe.' },
  ownAlert: { default: 1, min: 1, max: 1000, doc: 'Infected messages of one of our own users or machines within a day, from which it is called infected.' },
  keys: { default: 4096, min: 100, max: 1_000_000, doc: 'Signatures, and users and machines of ours, remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Infected messages of one of ours, of which each is severe. */
const ownSevere = 20;
/** Characters of a signature's name that are kept. */
const nameMost = 100;

interface Storm {
  readonly perHour: WindowCount;
  readonly local: WindowCount;
}

class VirusStorm implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #signatures: HotKeys<Storm>;
  readonly #own: HotKeys<WindowCount>;

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    this.#signatures = new HotKeys({
      detector: id,
      capacity: given.keys,
      quietMs: hourMs,
      fresh: () => ({ perHour: new WindowCount(hourMs), local: new WindowCount(hourMs) }),
    });
    this.#own = new HotKeys({ detector: id, capacity: given.keys, quietMs: 24 * hourMs, fresh: () => new WindowCount(24 * hourMs) });
  }

  get size(): number {
    return this.#signatures.size + this.#own.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.traits?.virus === undefined) return;
    // A message to a hundred recipients is one infected message.
    if (sighting.index !== 0 || sighting.retry === true) return;
    const virus = sighting.traits.virus.slice(0, nameMost);
    const { caller } = sighting;
    if (caller.user !== null || (caller.inside && caller.ip !== '' && sighting.direction === 'out')) this.#fromOurs(sighting, virus, raise);
    else this.#fromWorld(sighting, virus, raise);
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#signatures.settle(at, calm);
    this.#own.settle(at, calm);
  }

  #fromWorld(sighting: MessageSighting, virus: string, raise: (alarm: Alarm) => void): void {
    const { at, caller, origin } = sighting;
    const storm = this.#signatures.of(virus, at);
    storm.note(sighting, origin.name);
    const perHour = storm.state.perHour.add(at);
    const isLocal = this.#context.placeOf?.(caller.ip)?.local ?? caller.inside;
    const local = isLocal ? storm.state.local.add(at) : storm.state.local.countAt(at);
    const hit = reached(perHour, this.#options);
    if (hit === null) return;
    this.#signatures.tell(
      storm,
      at,
      {
        key: { message: virus },
        level: hit.level,
        statistic: { name: 'per-hour', value: perHour, threshold: hit.threshold },
        confidence: 'high',
        // Worms write any sender; the networks are those that really brought them.
        spoofable: origin.spoofable,
        counts: { local: exactly(local) },
        because: `${plural(perHour, 'message')} with ${virus} within an hour`,
      },
      raise,
    );
  }

  #fromOurs(sighting: MessageSighting, virus: string, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const name = caller.user ?? caller.ip;
    const own = this.#own.of(caller.user === null ? `host ${hostOf(caller)}` : `user ${caller.user}`, at);
    own.note(sighting, virus);
    const perDay = own.state.add(at);
    const { ownAlert } = this.#options;
    const hit = reached(perDay, { watch: ownAlert, alert: ownAlert, severe: ownSevere * ownAlert });
    if (hit === null) return;
    this.#own.tell(
      own,
      at,
      {
        key: caller.user === null ? hostAlarmKey(caller) : { user: caller.user },
        level: hit.level,
        statistic: { name: 'own-per-day', value: perDay, threshold: hit.threshold },
        confidence: 'high',
        spoofable: false,
        because: `${name} is one of ours and sent ${plural(perDay, 'infected message')} (${virus})`,
      },
      raise,
    );
  }
}

/** D14: infected messages from the world, and from ours. */
export const virusStorm: DetectorDefinition<typeof options> = {
  id,
  row: 'D14',
  doc: 'Many messages with the same virus come in, or a user or machine of ours sends one.',
  kinds: ['message'],
  options,
  create: (given, context) => new VirusStorm(given, context),
};
