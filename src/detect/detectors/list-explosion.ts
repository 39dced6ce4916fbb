// Detector: a list sends far more than it is used to, to many: lists subscribed to each other, robots writing to a list, an alias that was made
// to hold everybody. Posts are counted, not copies: a large list is not an explosion.
import { RecentSet } from '../../lib/recent-map.ts';
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { Doorkeeper } from '../doorkeeper.ts';
import { reached } from '../hot-keys.ts';
import { reachedMailbox } from '../outcomes.ts';
import { RaisedKeys } from '../raised-keys.ts';
import { Surge, type SurgeTerms } from '../surge.ts';
import { exactly, minutesText } from '../wording.ts';
import { habitsIn, learnedOf, LearningSince, type Learned } from '../learned.ts';

const id = 'list-explosion';
const hourMs = 3_600_000;

const options = {
  usualPerMinute: {
    default: 0.2,
    min: 0.001,
    max: 100,
    doc: 'Posts a minute that are usual for any list; an explosion is ten times that, or ten times its habit.',
  },
  watch: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which a list is watched; a post adds 2.3.' },
  alert: { default: 46, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is an explosion.' },
  severe: { default: 115, min: 2, max: 10_000, doc: 'Sum of evidence, in nats, from which it is severe.' },
  copies: { default: 500, min: 2, max: 10_000_000, doc: 'Copies to mailboxes of ours and others that the posts must have made.' },
  lists: { default: 10_000, min: 100, max: 1_000_000, doc: 'Lists remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

const mostNewAnHour = 30;
const doorPlaces = 1 << 17;
const sumOverSevere = 1.2;
const quietMs = hourMs;
/** Posts remembered, and how long in ms: copies of one post come within minutes. */
const mostPosts = 20_000;
const postMs = hourMs;
/** What list servers put into the envelope sender: `name-bounces`, `owner-name`, `name-return-12`, `name-owner`. */
const listSender = /^(?:owner-.+|.+-(?:bounces?|owner|return|request|admin)(?:-0)*)@/;

interface List {
  readonly surge: Surge;
  copies: number;
}

class ListExplosion implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #door: Doorkeeper;
  readonly #lists: KeyedStates<List>;
  readonly #posts = new RecentSet({ capacity: mostPosts, keepMs: postMs });
  readonly #raised = new RaisedKeys(quietMs);
  readonly #since = new LearningSince();
  #terms: SurgeTerms | null = null;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#door = new Doorkeeper(context.hashKey, doorPlaces);
    this.#lists = new KeyedStates(given.lists, () => ({ surge: new Surge(), copies: 0 }));
  }

  get size(): number {
    return this.#lists.size + this.#posts.size + this.#raised.size;
  }

  get learned(): Learned {
    return learnedOf(1, { since: this.#since, door: this.#door, habits: habitsIn(this.#lists, ({ surge }) => surge) });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#raised.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || !reachedMailbox(sighting)) return;
    const name = this.#listOf(sighting);
    if (name === '' || !this.#door.knows(name)) return;
    const { at, source, messageId, from, traits, origin } = sighting;
    const { usualPerMinute, severe, watch, copies } = this.#options;
    const terms = (this.#terms ??= { sinceAt: this.#since.from(at), usualPerMinute, mostNew: mostNewAnHour, most: sumOverSevere * severe });
    const list = this.#lists.of(name);
    list.copies++;
    // A post without a name of its own cannot be told from its copies: its first recipient counts.
    const isPost = messageId === null ? sighting.index === 0 : this.#posts.isNew(`${name} ${messageId}`, at);
    if (!isPost) return;
    const sum = list.surge.note(at, terms);
    if (list.surge.count === 1) list.copies = 1;
    if (sum < watch / 2) return;
    list.surge.witness(traits?.author ?? this.#context.words.sender(from).text, source, origin.spoofable);
    const hit = reached(sum, this.#options);
    if (hit === null) return;
    const level = list.copies < copies ? 'watch' : hit.level;
    const { surge } = list;
    if (!this.#raised.isNews({ thread: name }, level, surge.count, at)) return;
    raise({
      detector: id,
      key: { thread: name },
      level,
      at,
      onsetAt: surge.onsetAt,
      count: surge.count,
      statistic: { name: 'cusum', value: sum, threshold: this.#options[level] },
      confidence: 'medium',
      spoofable: true,
      counts: { posts: exactly(surge.count), copies: exactly(list.copies) },
      ...surge.evidence.parts(),
      because: `${surge.count} posts of the list ${name} within ${minutesText(at - surge.onsetAt)}, ${list.copies} copies`,
    });
  }

  /** The list a message came through: by its List-Id, else by the envelope sender's form; '' for none. */
  #listOf({ from, traits }: MessageSighting): string {
    if (traits?.listId !== undefined) return traits.listId;
    const { text: sender } = this.#context.words.sender(from);
    return listSender.test(sender) ? sender : '';
  }
}

/** D8: a list sends far more than it is used to. */
export const listExplosion: DetectorDefinition<typeof options> = {
  id,
  row: 'D8',
  doc: 'A list sends far more posts than it is used to, to many.',
  kinds: ['message'],
  options,
  create: (given, context) => new ListExplosion(given, context),
};
