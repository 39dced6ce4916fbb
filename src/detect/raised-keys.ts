// Which keys of a detector are above a level: so that an alarm is told once a level, again when its count has doubled, and a key is named
// once it has been quiet for long enough. Bounded; a key that must make room is called quiet, or its incident would stay open for ever.
import { type AlarmKey, alarmKeyText, type AlarmLevel } from '../model/alarm.ts';

const ranks: Readonly<Record<AlarmLevel, number>> = { watch: 1, alert: 2, severe: 3 };

/** A key above a level. Kept beside the state of the key it is asked without the key's text: an attack asks with each of its events. */
export class Raised {
  readonly key: AlarmKey;
  level: AlarmLevel;
  /** Count when it was last told. */
  told: number;
  hotAt: number;
  /** It has been named quiet: what comes now is a new alarm. */
  isOver = false;

  constructor(key: AlarmKey, level: AlarmLevel, told: number, hotAt: number) {
    this.key = key;
    this.level = level;
    this.told = told;
    this.hotAt = hotAt;
  }

  /** Takes the key at a level with its count at a moment in ms, if that need not be told; else false, and nothing is taken. */
  isOld(level: AlarmLevel, count: number, at: number): boolean {
    if (this.isOver || ranks[level] > ranks[this.level] || count >= 2 * this.told) return false;
    this.hotAt = Math.max(this.hotAt, at);
    return true;
  }
}

/** Keys above a level at one time; more are no longer incidents but weather. */
const mostRaised = 10_000;

export class RaisedKeys {
  readonly #quietMs: number;
  readonly #most: number;
  readonly #raised = new Map<string, Raised>();
  #madeRoom: AlarmKey[] = [];

  /** `quietMs`: how long a key must stay quiet until it is named, in ms. */
  constructor(quietMs: number, most = mostRaised) {
    this.#quietMs = quietMs;
    this.#most = most;
  }

  get size(): number {
    return this.#raised.size;
  }

  /** Takes a key that is at a level now, with its count; true when that must be told. */
  isNews(key: AlarmKey, level: AlarmLevel, count: number, at: number): boolean {
    return this.take(key, level, count, at).isNews;
  }

  /** The same, with what is held of the key from now on. */
  take(key: AlarmKey, level: AlarmLevel, count: number, at: number): { readonly raised: Raised; readonly isNews: boolean } {
    const text = alarmKeyText(key);
    const known = this.#raised.get(text);
    if (known === undefined) {
      if (this.#raised.size >= this.#most) this.#makeRoom();
      const raised = new Raised(key, level, count, at);
      this.#raised.set(text, raised);
      return { raised, isNews: true };
    }
    if (known.isOld(level, count, at)) return { raised: known, isNews: false };
    known.hotAt = Math.max(known.hotAt, at);
    known.told = count;
    if (ranks[level] > ranks[known.level]) known.level = level;
    return { raised: known, isNews: true };
  }

  /** The level that was told of a key; null where it is not above one. */
  levelOf(key: AlarmKey): AlarmLevel | null {
    return this.#raised.size === 0 ? null : (this.#raised.get(alarmKeyText(key))?.level ?? null);
  }

  /** Something of a key's attack goes on, be it refused by now: it is not quiet. */
  keepHot(key: AlarmKey, at: number): void {
    const known = this.#raised.size === 0 ? undefined : this.#raised.get(alarmKeyText(key));
    if (known !== undefined) known.hotAt = Math.max(known.hotAt, at);
  }

  /** Names the keys that have been quiet for long enough at a moment in ms, and forgets them. */
  settle(at: number, calm: (key: AlarmKey) => void): void {
    for (const key of this.#madeRoom) calm(key);
    this.#madeRoom = [];
    for (const [text, raised] of this.#raised) {
      if (at - raised.hotAt < this.#quietMs) continue;
      this.#raised.delete(text);
      raised.isOver = true;
      calm(raised.key);
    }
  }

  /** The one that was raised first goes. */
  #makeRoom(): void {
    const [first] = this.#raised;
    if (first === undefined) return;
    this.#raised.delete(first[0]);
    first[1].isOver = true;
    if (this.#madeRoom.length < this.#most) this.#madeRoom.push(first[1].key);
  }
}
