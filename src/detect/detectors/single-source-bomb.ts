// Detector: the same again and again to one mailbox. Counted by whoever is responsible, by the envelope sender (a botnet that says one name) and
// by the text (one message from everywhere); each against what that pair is used to.
import { KeyedStates } from '../../lib/keyed-states.ts';
import { pairHash, sketchHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../../model/alarm.ts';
import type { MessageSighting, Origin, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { Doorkeeper } from '../doorkeeper.ts';
import { domainOf } from '../envelope.ts';
import { reachedMailbox } from '../outcomes.ts';
import { RaisedKeys } from '../raised-keys.ts';
import { SharedOrigins } from '../shared-origins.ts';
import type { CountedWord } from '../sighting-words.ts';
import { Surge, type SurgeTerms } from '../surge.ts';
import { exactly, minutesText } from '../wording.ts';
import { learnedOf, LearningSince, numbersOf, setHabit, type Kept, type Learned } from '../learned.ts';

const id = 'single-source-bomb';
const minuteMs = 60_000;
const hourMs = 3_600_000;

const options = {
  usualPerMinute: {
    default: 0.05,
    min: 0.001,
    max: 10,
    doc: 'Messages a minute of one sender to one mailbox that are usual for any; a bomb is ten times that.',
  },
  watch: { default: 12, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a pair is watched; a message adds 2.3.' },
  alert: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a stranger bombs.' },
  known: { default: 46, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a correspondent of more than a day bombs.' },
  severe: { default: 115, min: 2, max: 10_000, doc: 'Sum of evidence, in nats, from which it is severe.' },
  pairs: { default: 50_000, min: 100, max: 5_000_000, doc: 'Pairs of sender and mailbox remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Messages an hour that a pair's habit may grow by at first. */
const mostNewAnHour = 10;
/** Since its first message so long ago, in ms, a pair is no stranger: who has written on another day is a correspondent. */
const acquaintedMs = 24 * hourMs;
/** A list brings a whole conversation at once: many authors under one name. */
const listFactor = 2;
/** The sum stops at this share above severe, so that it is over some hours after the last message. */
const sumOverSevere = 1.2;
/** Quiet for so long ends it, in ms. */
const quietMs = 30 * minuteMs;
/** A pair stays hot while its sum is above this share of an alert. */
const hotShare = 0.25;
/** Half a million pairs, 4 MiB. */
const doorPlaces = 1 << 19;

/** What the messages of a pair have in common. */
type Sameness = 'origin' | 'sender' | 'text';

/** So that a sender called like a text is not taken for it. */
const samenessMarks: Readonly<Record<Sameness, number>> = { origin: 0, sender: 1, text: 2 };

/** Found by a hash of its names; these tell it from another of the same hash. */
interface Pair {
  readonly surge: Surge;
  readonly firstAt: number;
  recipient: string;
  name: string;
}

interface Way {
  readonly sameness: Sameness;
  /** Of recipient and name. */
  readonly hash: number;
  readonly recipient: string;
  /** Of the origin, the sender or the text. */
  readonly name: string;
}

interface Reached {
  readonly level: AlarmLevel;
  readonly threshold: number;
}

class SingleSourceBomb implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #origins: SharedOrigins;
  /** Pairs that wrote once, as fingerprints: most never write again, and the first of a bomb is not missed. */
  readonly #door: Doorkeeper;
  readonly #pairs: KeyedStates<Pair, number>;
  readonly #raised = new RaisedKeys(quietMs);
  #at = 0;
  readonly #since = new LearningSince();
  #terms: SurgeTerms | null = null;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#door = new Doorkeeper(context.hashKey, doorPlaces);
    this.#origins = new SharedOrigins();
    this.#pairs = new KeyedStates(given.pairs, () => ({ surge: new Surge(), firstAt: this.#at, recipient: '', name: '' }));
  }

  get size(): number {
    return this.#pairs.size + this.#raised.size + this.#origins.size;
  }

  get learned(): Learned {
    return learnedOf(1, { since: this.#since, door: this.#door, origins: this.#origins, pairs: this.#keptPairs });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }

  /** Pairs that have a habit. */
  get #keptPairs(): Kept {
    return {
      save: () =>
        [...this.#pairs.entries()].flatMap(([key, { surge, firstAt, recipient, name }]) =>
          surge.past > 0 || surge.inHour > 0 ? [[key, firstAt, recipient, name, ...numbersOf(surge)]] : [],
        ),
      load: (saved: readonly (readonly [key: number, firstAt: number, recipient: string, name: string, ...habit: number[]])[]) => {
        for (const [key, firstAt, recipient, name, ...habit] of saved) {
          const pair = this.#pairs.of(key);
          Object.assign(pair, { firstAt, recipient, name });
          setHabit(pair.surge, habit);
        }
      },
    };
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction === 'out') return;
    this.#at = sighting.at;
    const { usualPerMinute, severe } = this.#options;
    this.#terms ??= { sinceAt: this.#since.from(sighting.at), usualPerMinute, mostNew: mostNewAnHour, most: sumOverSevere * severe };
    if (!reachedMailbox(sighting)) return this.#goesOn(sighting);
    // One attack is told once: by who is responsible rather than by the name it gives itself, and by that rather than by the text.
    let isTold = false;
    for (const way of this.#waysOf(sighting)) {
      const alarm = this.#noteWay(way, sighting, this.#terms, isTold);
      isTold ||= this.#raised.size > 0 && this.#raised.levelOf(keyOf(way, sighting)) !== null;
      if (alarm !== null) raise(alarm);
    }
  }

  /** What is refused by now shows that the attack goes on. */
  #goesOn(sighting: MessageSighting): void {
    if (this.#raised.size === 0) return;
    for (const way of this.#waysOf(sighting)) this.#raised.keepHot(keyOf(way, sighting), sighting.at);
  }

  /** In what a message is the same as others to its mailbox; the surest first. */
  #waysOf({ to, from, origin, traits, at }: MessageSighting): Way[] {
    const { words } = this.#context;
    const mailbox = words.mailbox(to);
    const ways: Way[] = [];
    const by = words.origin(origin.name);
    const isShared = this.#origins.isShared({ origin: by, mailbox, domain: words.organisation(domainOf(from)), at });
    if (!isShared) this.#addKnown(ways, 'origin', mailbox, by);
    // Reports of mail all come from the null sender: they are the backscatter detector's.
    const sender = words.sender(from);
    if (sender.text !== '') this.#addKnown(ways, 'sender', mailbox, sender);
    const text = traits?.text ?? '';
    if (text !== '') this.#addKnown(ways, 'text', mailbox, { text, hash: sketchHash(this.#context.hashKey, text) });
    return ways;
  }

  /** A pair that has written before; one that comes for the first time is only noted. */
  #addKnown(ways: Way[], sameness: Sameness, mailbox: CountedWord, { text, hash: other }: CountedWord): void {
    const hash = pairHash(mailbox.hash ^ samenessMarks[sameness], other);
    if (this.#door.knowsHash(hash)) ways.push({ sameness, hash, recipient: mailbox.text, name: text });
  }

  #pairOf({ hash, recipient, name }: Way): Pair {
    const key = hash | 0; // a small integer: no number is made for it
    let pair = this.#pairs.of(key);
    if (pair.name === name && pair.recipient === recipient) return pair;
    if (pair.name !== '') {
      this.#pairs.delete(key);
      pair = this.#pairs.of(key);
    }
    pair.recipient = recipient;
    pair.name = name;
    return pair;
  }

  #noteWay(way: Way, sighting: MessageSighting, terms: SurgeTerms, isTold: boolean): Alarm | null {
    const { at, source, origin, from, traits } = sighting;
    const { surge, firstAt } = this.#pairOf(way);
    const sum = surge.note(at, terms);
    if (sum < this.#options.watch / 2) return null;
    surge.witness(way.sameness === 'origin' ? this.#context.words.sender(from).text || '<>' : origin.name, source, origin.spoofable);
    const key = keyOf(way, sighting);
    if (sum >= hotShare * this.#options.alert) this.#raised.keepHot(key, at);
    const isAcquainted = at - firstAt >= acquaintedMs;
    const alert = (isAcquainted ? this.#options.known : this.#options.alert) * (traits?.listId === undefined ? 1 : listFactor);
    const reached = this.#reached(sum, alert);
    if (reached === null || isTold || !this.#raised.isNews(key, reached.level, surge.count, at)) return null;
    return alarmOf(way, key, surge, { ...reached, sum, at });
  }

  #reached(sum: number, alert: number): Reached | null {
    const { watch, severe } = this.#options;
    if (sum >= Math.max(severe, alert)) return { level: 'severe', threshold: severe };
    if (sum >= alert) return { level: 'alert', threshold: alert };
    return sum >= watch ? { level: 'watch', threshold: watch } : null;
  }
}

function originKey({ kind, name }: Origin): AlarmKey {
  if (kind === 'user') return { user: name };
  return kind === 'network' ? { network: name } : { domain: name };
}

/** What an alarm about a pair is known by. */
function keyOf({ sameness, recipient, name }: Way, { origin }: MessageSighting): AlarmKey {
  if (sameness === 'origin') return { recipient, ...originKey(origin) };
  return sameness === 'sender' ? { recipient, sender: name } : { recipient, message: name };
}

function alarmOf(
  { sameness, name }: Way,
  key: AlarmKey,
  { count, onsetAt, evidence }: Surge,
  { level, threshold, sum, at }: Reached & { readonly sum: number; readonly at: number },
): Alarm {
  const who = { origin: name, sender: `<${name}>`, text: 'many with one text' }[sameness];
  return {
    detector: id,
    key,
    level,
    at,
    onsetAt,
    count,
    statistic: { name: 'cusum', value: sum, threshold },
    confidence: sameness === 'origin' ? 'high' : 'medium',
    // Anybody can say a sender's name; who is responsible is proven, or the network itself.
    spoofable: sameness === 'sender' || evidence.spoofable,
    counts: { messages: exactly(count) },
    ...evidence.parts(),
    because: `${count} messages of ${who} to ${key.recipient} within ${minutesText(at - onsetAt)}`,
  };
}

/** D2: the same sender, site or message to one mailbox again and again. */
export const singleSourceBomb: DetectorDefinition<typeof options> = {
  id,
  row: 'D2',
  doc: 'The same sender, the same site or the same message writes to one mailbox again and again.',
  kinds: ['message'],
  options,
  create: (given, context) => new SingleSourceBomb(given, context),
};
