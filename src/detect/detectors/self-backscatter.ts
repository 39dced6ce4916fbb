// Detector: our own hub makes backscatter: it took mail, could not deliver it, and tells senders who never wrote. What leaves us with the null
// sender to the world is such a report, unless it is somebody's automatic answer.
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { domainOf } from '../envelope.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { plural } from '../wording.ts';

const id = 'self-backscatter';
const hourMs = 3_600_000;

const options = {
  watch: { default: 2, min: 1, max: 100_000, doc: 'Reports of ours to strangers within an hour, from which it is watched.' },
  alert: { default: 5, min: 1, max: 100_000, doc: 'Reports of ours to strangers within an hour, from which our hub makes backscatter.' },
  severe: { default: 100, min: 1, max: 100_000, doc: 'Reports of ours to strangers within an hour, from which it is severe.' },
  unseenFactor: { default: 4, min: 1, max: 100, doc: 'Times as many where the content is not seen: an absence notice looks the same in a log.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Reports that answer a message; an automatic answer that a person has set up is not the hub's doing. */
const made = new Set<string | undefined>(['bounce', 'delayed', 'virus-notice', 'spam-notice', 'challenge']);

interface Site {
  readonly seen: WindowCount;
  readonly unseen: WindowCount;
}

class SelfBackscatter implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #site: HotKeys<Site>;

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    this.#site = new HotKeys({
      detector: id,
      capacity: 2,
      quietMs: hourMs,
      fresh: () => ({ seen: new WindowCount(hourMs), unseen: new WindowCount(hourMs) }),
    });
  }

  get size(): number {
    return this.#site.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction !== 'out' || sighting.from !== '' || sighting.retry === true) return;
    if (sighting.outcome === 'refused' || sighting.outcome === 'held' || sighting.outcome === 'discarded') return; // it has not left us
    const { at, traits } = sighting;
    if (traits !== null && !made.has(traits.report)) return;
    const site = this.#site.of('', at);
    site.note(sighting, this.#context.orgDomain(domainOf(sighting.to)));
    const perHour = this.#count(site.state, sighting);
    const hit = reached(perHour, this.#options);
    if (hit === null) return;
    this.#site.tell(
      site,
      at,
      {
        key: { site: true },
        level: hit.level,
        statistic: { name: 'per-hour', value: perHour, threshold: hit.threshold },
        confidence: traits === null ? 'low' : 'high',
        spoofable: false,
        because: `our own servers sent ${plural(site.count, 'report')} to strangers; refuse at RCPT what cannot be delivered`,
      },
      raise,
    );
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#site.settle(at, calm);
  }

  #count({ seen, unseen }: Site, { at, traits }: MessageSighting): number {
    (traits === null ? unseen : seen).add(at);
    return seen.countAt(at) + unseen.countAt(at) / this.#options.unseenFactor;
  }
}

/** D13: our own hub makes backscatter. */
export const selfBackscatter: DetectorDefinition<typeof options> = {
  id,
  row: 'D13',
  doc: 'Our own servers take mail, cannot deliver it and send reports to strangers who may never have written.',
  kinds: ['message'],
  options,
  create: (given, context) => new SelfBackscatter(given, context),
};
