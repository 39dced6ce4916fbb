// Detector: more mail than a mailbox is used to, whoever it is from. What the bomb detectors do not recognise is recognised here by its
// volume; and a full mailbox refuses real mail, so the alarm says when that will be where the quota is known.
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { Doorkeeper } from '../doorkeeper.ts';
import { reachedMailbox } from '../outcomes.ts';
import { RaisedKeys } from '../raised-keys.ts';
import { Surge, type SurgeTerms } from '../surge.ts';
import { exactly, minutesText } from '../wording.ts';
import { habitsIn, learnedOf, LearningSince, type Learned } from '../learned.ts';

const id = 'mailbox-flood';
const minuteMs = 60_000;
const hourMs = 3_600_000;

const options = {
  usualPerMinute: {
    default: 0.1,
    min: 0.001,
    max: 100,
    doc: 'Messages a minute that are usual for any mailbox; a flood is ten times that, or ten times the habit.',
  },
  watch: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a mailbox is watched; a message adds 2.3.' },
  alert: { default: 46, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is a flood.' },
  mostPerMinute: { default: 40, min: 1, max: 100_000, doc: 'Messages a minute, over at least two minutes, that are a flood for any mailbox.' },
  mostPerHour: { default: 2400, min: 10, max: 1_000_000, doc: 'Messages an hour that are severe for any mailbox: big providers stop taking mail at 3,600.' },
  learningHours: { default: 24, min: 0, max: 720, doc: 'Hours after the start in which no habit is known yet and only mostPerMinute counts.' },
  mailboxes: { default: 50_000, min: 100, max: 5_000_000, doc: 'Mailboxes remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Messages an hour that a habit may grow by at first; and while habits are learned, any number. */
const mostNewAnHour = 30;
/** The sum stops at this share above alert, so that it is over an hour after the last message. */
const sumOverAlert = 2;
/** The fixed rate must hold for so many minutes' worth of messages. */
const fixedMinutes = 2;
const quietMs = 30 * minuteMs;
const hotShare = 0.25;
const doorPlaces = 1 << 18;

interface Mailbox {
  readonly surge: Surge;
  bytes: number;
}

interface Reached {
  readonly level: AlarmLevel;
  readonly statistic: Alarm['statistic'];
}

class MailboxFlood implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #door: Doorkeeper;
  readonly #mailboxes: KeyedStates<Mailbox>;
  readonly #raised = new RaisedKeys(quietMs);
  readonly #since = new LearningSince();

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#door = new Doorkeeper(context.hashKey, doorPlaces);
    this.#mailboxes = new KeyedStates(given.mailboxes, () => ({ surge: new Surge(), bytes: 0 }));
  }

  get size(): number {
    return this.#mailboxes.size + this.#raised.size;
  }

  get learned(): Learned {
    return learnedOf(1, { since: this.#since, door: this.#door, habits: habitsIn(this.#mailboxes, ({ surge }) => surge) });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction === 'out') return;
    const { at, origin, source, bytes } = sighting;
    const { text: recipient, hash } = this.#context.words.mailbox(sighting.to);
    if (!reachedMailbox(sighting)) return this.#raised.keepHot({ recipient }, at);
    const terms = this.#termsAt(at);
    if (!this.#door.knowsHash(hash)) return;
    const mailbox = this.#mailboxes.of(recipient);
    const sum = mailbox.surge.note(at, terms);
    if (mailbox.surge.count === 1) mailbox.bytes = 0;
    mailbox.bytes += bytes;
    if (sum < this.#options.watch / 2) return;
    mailbox.surge.witness(origin.name, source, origin.spoofable);
    if (sum >= hotShare * this.#options.alert) this.#raised.keepHot({ recipient }, at);
    const reached = this.#reached(mailbox, sum, at, terms);
    if (reached !== null && this.#raised.isNews({ recipient }, reached.level, mailbox.surge.count, at))
      raise(this.#alarm(recipient, mailbox, reached, sighting));
  }

  #termsAt(at: number): SurgeTerms {
    const sinceAt = this.#since.from(at);
    const isLearning = at - sinceAt < this.#options.learningHours * hourMs;
    return {
      sinceAt,
      usualPerMinute: this.#options.usualPerMinute,
      mostNew: isLearning ? Number.POSITIVE_INFINITY : mostNewAnHour,
      most: sumOverAlert * this.#options.alert,
    };
  }

  #reached({ surge }: Mailbox, sum: number, at: number, { mostNew }: SurgeTerms): Reached | null {
    const { watch, alert, mostPerMinute, mostPerHour } = this.#options;
    const sinceMs = at - surge.onsetAt;
    const perMinute = surge.count / Math.max(fixedMinutes, sinceMs / minuteMs);
    const perHour = surge.count / Math.max(1, sinceMs / hourMs);
    if (perHour >= mostPerHour) return { level: 'severe', statistic: { name: 'per-hour', value: perHour, threshold: mostPerHour } };
    if (perMinute >= mostPerMinute) return { level: 'alert', statistic: { name: 'per-minute', value: perMinute, threshold: mostPerMinute } };
    if (mostNew === Number.POSITIVE_INFINITY) return null;
    if (sum >= alert) return { level: 'alert', statistic: { name: 'cusum', value: sum, threshold: alert } };
    return sum >= watch ? { level: 'watch', statistic: { name: 'cusum', value: sum, threshold: watch } } : null;
  }

  #alarm(recipient: string, { surge, bytes }: Mailbox, { level, statistic }: Reached, { at }: MessageSighting): Alarm {
    const { count, onsetAt, evidence } = surge;
    const full = this.#minutesUntilFull(recipient, bytes, at - onsetAt);
    return {
      detector: id,
      key: { recipient },
      level,
      at,
      onsetAt,
      count,
      statistic,
      confidence: 'medium',
      spoofable: evidence.spoofable,
      counts: { messages: exactly(count), bytes: exactly(bytes), ...(full === null ? {} : { 'minutes-until-full': exactly(full) }) },
      ...evidence.parts(),
      because: `${count} messages to ${recipient} within ${minutesText(at - onsetAt)}${full === null ? '' : `, full in ${minutesText(full * minuteMs)}`}`,
    };
  }

  /** Minutes until the mailbox refuses mail at this pace; null where its quota is not known. */
  #minutesUntilFull(recipient: string, bytes: number, sinceMs: number): number | null {
    const free = this.#context.bytesFreeOf?.(recipient) ?? null;
    return free === null || bytes === 0 ? null : Math.max(0, Math.round((free * Math.max(minuteMs, sinceMs)) / bytes / minuteMs));
  }
}

/** D3: more mail than a mailbox is used to. */
export const mailboxFlood: DetectorDefinition<typeof options> = {
  id,
  row: 'D3',
  doc: 'A mailbox gets far more mail than it is used to, whoever it is from.',
  kinds: ['message'],
  options,
  create: (given, context) => new MailboxFlood(given, context),
};
