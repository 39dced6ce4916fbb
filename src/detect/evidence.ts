// What an alarm rests on, gathered while its key is hot: who it came from, largest first, and a fair sample of where to look it up.
import { Reservoir } from '../lib/reservoir.ts';
import type { Alarm } from '../model/alarm.ts';

/** Sources kept for an alarm, and origins named in it. */
const mostSamples = 50;
const mostOrigins = 10;
/** Origins counted: Space-Saving on so few needs no heap. */
const countedOrigins = 40;

interface Counted {
  est: number;
  err: number;
}

export class Evidence {
  readonly #origins = new Map<string, Counted>();
  readonly #samples: Reservoir<string>;
  #last = '';
  #count = 0;
  #isSpoofable = true;
  /** The least count of an origin was this, and is this or more. */
  #least = 1;

  /** `seed`: the same sightings must give the same sample. */
  constructor(seed = 1) {
    this.#samples = new Reservoir(mostSamples, seed);
  }

  get count(): number {
    return this.#count;
  }

  /** Takes one sighting: who is responsible, and where it can be looked up. */
  note(origin: string, source: string, isSpoofable = true): void {
    this.#count++;
    if (!isSpoofable) this.#isSpoofable = false;
    this.#samples.add(source);
    this.#last = source;
    const known = this.#origins.get(origin);
    if (known !== undefined) known.est++;
    else if (this.#origins.size < countedOrigins) this.#origins.set(origin, { est: 1, err: 0 });
    else this.#replaceLeast(origin);
  }

  /** All origins are such that anybody could have made them up. */
  get spoofable(): boolean {
    return this.#isSpoofable;
  }

  /** Origins and samples as they stand in an alarm; the source noted last is the last sample. */
  parts(): Pick<Alarm, 'origins' | 'samples'> {
    const origins = [...this.#origins]
      .map(([origin, { est, err }]) => ({ origin, est, err }))
      .toSorted((one, other) => other.est - one.est || (one.origin < other.origin ? -1 : 1))
      .slice(0, mostOrigins);
    const others = this.#samples.items.filter((source) => source !== this.#last);
    return { origins, samples: [...others.slice(0, mostSamples - 1), this.#last] };
  }

  #replaceLeast(origin: string): void {
    const leastName = this.#nameOfLeast();
    const err = this.#least;
    this.#origins.delete(leastName);
    this.#origins.set(origin, { est: err + 1, err });
  }

  /** Among strangers that come once, the first looked at is mostly one: the least count never falls, so it is known where the search may end. */
  #nameOfLeast(): string {
    for (const [name, { est }] of this.#origins) if (est === this.#least) return name;
    this.#least = Math.min(...[...this.#origins.values()].map(({ est }) => est));
    return this.#nameOfLeast();
  }
}
