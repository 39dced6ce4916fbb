// Detector: somebody signed a mailbox up everywhere. Each sender is honest and sends once; what gives it away is how many organisations write
// to one mailbox for the first time in its life within minutes (engineering 2.4).
//
// An organisation counts once a mailbox, with its first message: so one that storms cannot make a bomb, nor hide one. Where content is seen,
// only what forms, shops and lists send counts in full. The statistic is a cumulative sum in the messages' own time.
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import { isSubscriptionMail } from '../../model/subscription-mail.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { Doorkeeper } from '../doorkeeper.ts';
import { domainOf } from '../envelope.ts';
import { exactly, minutesText } from '../wording.ts';
import { FirstContacts } from '../first-contacts.ts';
import { reachedMailbox } from '../outcomes.ts';
import { RaisedKeys } from '../raised-keys.ts';
import type { CountedWord } from '../sighting-words.ts';
import { RecentNeedles } from '../recent-needles.ts';
import { Surge, type SurgeTerms } from '../surge.ts';
import { habitsIn, learnedOf, LearningSince, type Kept, type Learned } from '../learned.ts';

const id = 'subscription-bomb';
const minuteMs = 60_000;
const hourMs = 3_600_000;

const options = {
  usualPerMinute: { default: 0.05, min: 0.001, max: 10, doc: 'First messages of strangers a minute that are usual for any mailbox; a bomb is ten times that.' },
  watch: { default: 12, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a mailbox is watched; a first message adds 2.3.' },
  alert: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is a bomb.' },
  severe: { default: 46, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is a severe one.' },
  organisations: { default: 8, min: 2, max: 1000, doc: 'Organisations that must have written for the first time.' },
  tailDays: { default: 30, min: 0, max: 365, doc: 'Days after a bomb in which half the sum is enough.' },
  learningHours: {
    default: 24,
    min: 0,
    max: 720,
    doc: 'Hours after the start in which everybody is a stranger, and thirty organisations are needed where content is not seen.',
  },
  mailboxes: { default: 50_000, min: 100, max: 5_000_000, doc: 'Mailboxes remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** First contacts an hour that a habit may grow by at first. */
const mostNewAnHour = 12;
/** A stranger whose message looks like a person's: spread over many senders it is a flood all the same, but says less. */
const personWeight = 0.5;
/** The sum stops at this share above severe, so that it is over two and a half hours after the last message. */
const sumOverSevere = 1.5;
/** While everybody is a stranger, messages for each first contact: a busy mailbox hears from its correspondents again, a bomb's senders write once. */
const mostMessagesEach = 1.25;
const contactsWhileLearning = 30;
/** Quiet for so long ends it, in ms: hysteresis against bombs that come in waves. */
const quietMs = 30 * minuteMs;
/** A mailbox stays hot while its sum is above this share of an alert. */
const hotShare = 0.25;
const doorPlaces = 1 << 18;

interface Mailbox {
  readonly surge: Surge;
  /** Of anybody since the onset. */
  messages: number;
  /** First contacts since the onset whose content was seen to be of the class. */
  seenClass: number;
  tailUntil: number;
}

class SubscriptionBomb implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #contacts: FirstContacts;
  /** A mailbox that never had mail before is not bombed by its first message. */
  readonly #door: Doorkeeper;
  readonly #mailboxes: KeyedStates<Mailbox>;
  readonly #needles = new RecentNeedles();
  readonly #raised = new RaisedKeys(quietMs);
  readonly #since = new LearningSince();
  #terms: SurgeTerms | null = null;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#contacts = new FirstContacts();
    this.#door = new Doorkeeper(context.hashKey, doorPlaces);
    this.#mailboxes = new KeyedStates(given.mailboxes, freshMailbox);
  }

  get size(): number {
    return this.#mailboxes.size + this.#needles.size + this.#raised.size;
  }

  get learned(): Learned {
    return learnedOf(1, {
      since: this.#since,
      contacts: this.#contacts,
      door: this.#door,
      habits: habitsIn(this.#mailboxes, ({ surge }) => surge),
      tails: this.#tails,
    });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }

  /** Mailboxes that were bombed days ago: less is needed to say so again. */
  get #tails(): Kept {
    return {
      save: () => [...this.#mailboxes.entries()].flatMap(([name, { tailUntil }]) => (tailUntil > 0 ? [[name, tailUntil]] : [])),
      load: (saved: readonly (readonly [name: string, tailUntil: number])[]) => {
        for (const [name, tailUntil] of saved) this.#mailboxes.of(name).tailUntil = tailUntil;
      },
    };
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message') return;
    const terms = (this.#terms ??= this.#termsSince(this.#since.from(sighting.at)));
    const { words } = this.#context;
    if (sighting.direction !== 'in') {
      // Whom a mailbox of ours has written to is no stranger to it.
      this.#contacts.isFirst(words.mailbox(sighting.from).hash, words.organisation(domainOf(sighting.to)).hash);
      return;
    }
    if (!reachedMailbox(sighting) || sighting.caller.inside || sighting.caller.user !== null) return;
    const { text: name, hash } = words.mailbox(sighting.to);
    this.#needles.note(name, sighting);
    const organisation = this.#organisationOf(sighting);
    if (!this.#door.knowsHash(hash)) return void this.#contacts.isFirst(hash, organisation.hash);
    const mailbox = this.#mailboxes.of(name);
    mailbox.messages++;
    if (organisation.text === '' || !this.#contacts.isFirst(hash, organisation.hash)) return;
    const alarm = this.#firstContact({ name, organisation: organisation.text }, mailbox, sighting, terms);
    if (alarm !== null) raise(alarm);
  }

  /** Whose message it is; '' for what is no sign of a subscription: reports of mail that somebody sent in the mailbox's name. */
  #organisationOf({ from, traits }: MessageSighting): CountedWord {
    const domain = traits?.report === undefined ? domainOf(from) || (traits?.fromDomain ?? '') : '';
    return this.#context.words.organisation(this.#context.isOurDomain(domain) ? '' : domain);
  }

  #termsSince(sinceAt: number): SurgeTerms {
    return { sinceAt, usualPerMinute: this.#options.usualPerMinute, mostNew: mostNewAnHour, most: sumOverSevere * this.#options.severe };
  }

  #firstContact({ name, organisation }: Contact, mailbox: Mailbox, { at, source, traits }: MessageSighting, terms: SurgeTerms): Alarm | null {
    const { surge } = mailbox;
    const isOfClass = traits !== null && (isSubscriptionMail(traits) || traits.automated === true);
    const sum = surge.note(at, terms, traits === null || isOfClass ? 1 : personWeight);
    if (surge.count === 1) {
      mailbox.messages = 1;
      mailbox.seenClass = 0;
    }
    if (isOfClass) mailbox.seenClass++;
    surge.witness(organisation, source);
    const key = { recipient: name };
    if (sum >= hotShare * this.#options.alert) this.#raised.keepHot(key, at);
    const reached = this.#reached(mailbox, sum, at, terms);
    if (reached === null || !this.#raised.isNews(key, reached.level, surge.count, at)) return null;
    if (reached.level !== 'watch') mailbox.tailUntil = at + this.#options.tailDays * 24 * hourMs;
    return this.#alarm(name, mailbox, at, { ...reached, sum });
  }

  /** The level that the sum means, and the threshold of it. */
  #reached(mailbox: Mailbox, sum: number, at: number, terms: SurgeTerms): Reached | null {
    const { watch, severe, organisations } = this.#options;
    const alert = at < mailbox.tailUntil ? this.#options.alert / 2 : this.#options.alert;
    if (sum >= alert && mailbox.surge.count >= organisations && this.#isBelieved(mailbox, at, terms))
      return sum >= severe ? { level: 'severe', threshold: severe } : { level: 'alert', threshold: alert };
    return sum >= watch ? { level: 'watch', threshold: watch } : null;
  }

  /** Soon after the start everybody writes for the first time: then either the content says what it is, or more must come than a busy mailbox explains. */
  #isBelieved({ surge, seenClass, messages }: Mailbox, at: number, { sinceAt }: SurgeTerms): boolean {
    if (at - sinceAt >= this.#options.learningHours * hourMs || seenClass >= surge.count / 2) return true;
    return surge.count >= contactsWhileLearning && messages <= mostMessagesEach * surge.count;
  }

  #alarm(name: string, { surge, messages, seenClass }: Mailbox, at: number, { level, threshold, sum }: Reached & { readonly sum: number }): Alarm {
    const { count, onsetAt, evidence } = surge;
    const needles = this.#needles.since(name, onsetAt);
    return {
      detector: id,
      key: { recipient: name },
      level,
      at,
      onsetAt,
      count,
      statistic: { name: 'cusum', value: sum, threshold },
      confidence: seenClass >= count / 2 ? 'high' : 'medium',
      // Its senders are honest and were made use of: nothing may be done to them.
      spoofable: true,
      counts: { organisations: exactly(count), messages: exactly(messages), confirmations: exactly(seenClass) },
      ...evidence.parts(),
      ...(needles.length === 0 ? {} : { needles }),
      because: `${count} organisations wrote to ${name} for the first time within ${minutesText(at - onsetAt)}`,
    };
  }
}

/** Who writes to whom for the first time. */
interface Contact {
  readonly name: string;
  readonly organisation: string;
}

interface Reached {
  readonly level: AlarmLevel;
  readonly threshold: number;
}

const freshMailbox = (): Mailbox => ({ surge: new Surge(), messages: 0, seenClass: 0, tailUntil: 0 });

/** D1: many unrelated organisations write to one mailbox for the first time. */
export const subscriptionBomb: DetectorDefinition<typeof options> = {
  id,
  row: 'D1',
  doc: 'Many organisations that never wrote to a mailbox before write to it within minutes: somebody signed it up everywhere.',
  kinds: ['message'],
  options,
  create: (given, context) => new SubscriptionBomb(given, context),
};
