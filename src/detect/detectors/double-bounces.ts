// Detector: reports that cannot be delivered themselves. Our servers send back what they cannot deliver, and the address it came from does not
// exist: mail was taken that should have been refused, mostly spam with made-up senders.
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition } from '../detector.ts';
import { domainOf } from '../envelope.ts';
import { reached } from '../hot-keys.ts';
import { RaisedKeys } from '../raised-keys.ts';
import { Surge } from '../surge.ts';
import { exactly, minutesText } from '../wording.ts';
import { habitAlone, learnedOf, LearningSince, type Learned } from '../learned.ts';

const id = 'double-bounces';

const options = {
  usualPerMinute: {
    default: 0.02,
    min: 0.0001,
    max: 100,
    doc: 'Undeliverable reports a minute that are usual; a flood is ten times that, or ten times the habit.',
  },
  watch: { default: 12, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is watched; a report adds 2.3.' },
  alert: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is told.' },
  severe: { default: 230, min: 2, max: 10_000, doc: 'Sum of evidence, in nats, from which it is severe.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

const mostNewAnHour = 10;
const sumOverSevere = 1.2;
const quietMs = 3_600_000;
const key: AlarmKey = { site: true };

class DoubleBounces implements Detector {
  readonly #options: Options;
  readonly #surge = new Surge();
  readonly #raised = new RaisedKeys(quietMs);
  readonly #since = new LearningSince();

  constructor(given: Options) {
    this.#options = given;
  }

  get size(): number {
    return 1;
  }

  get learned(): Learned {
    return learnedOf(1, { since: this.#since, habit: habitAlone(this.#surge) });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    // From the world, an undeliverable report is somebody else's: backscatter.
    if (sighting.kind !== 'message' || sighting.from !== '' || sighting.direction === 'in') return;
    if (sighting.outcome !== 'bounced' && sighting.outcome !== 'refused') return;
    const { at, source, to } = sighting;
    const { usualPerMinute, severe } = this.#options;
    const sum = this.#surge.note(at, { sinceAt: this.#since.from(at), usualPerMinute, mostNew: mostNewAnHour, most: sumOverSevere * severe });
    const { evidence, count, onsetAt } = this.#surge;
    evidence.note(domainOf(to) || to, source);
    const hit = reached(sum, this.#options);
    if (hit === null || !this.#raised.isNews(key, hit.level, count, at)) return;
    raise({
      detector: id,
      key,
      level: hit.level,
      at,
      onsetAt,
      count,
      statistic: { name: 'cusum', value: sum, threshold: hit.threshold },
      confidence: 'high',
      spoofable: true,
      counts: { reports: exactly(count) },
      ...evidence.parts(),
      because: `${count} reports of ours could not be delivered within ${minutesText(at - onsetAt)}: mail was taken that should have been refused`,
    });
  }
}

/** D8: our reports cannot be delivered. */
export const doubleBounces: DetectorDefinition<typeof options> = {
  id,
  row: 'D8',
  doc: 'Reports of our servers cannot be delivered: mail with made-up senders was taken that should have been refused.',
  kinds: ['message'],
  options,
  create: (given) => new DoubleBounces(given),
};
