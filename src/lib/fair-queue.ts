// Costly work done a few at a time, with a bounded queue before it that no single asker can fill: turns go round the groups of askers,
// and where there is no room, the group that has most waiting loses its newest.

export interface FairQueue {
  /** Resolves to the work's result; to null when there is no room for this group, or it had to make room for others. */
  run<T>(group: string, work: () => Promise<T>): Promise<T | null>;
}

export interface FairQueueOptions {
  readonly atOnce: number;
  readonly maxWaiting: number;
}

type Turn = (mayRun: boolean) => void;

class Line {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  /** Groups with something waiting, in the order of their turns. */
  readonly #groups = new Map<string, Turn[]>();
  #waiting = 0;
  #running = 0;

  constructor({ atOnce, maxWaiting }: FairQueueOptions) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves to true when the caller may run (it then says `leave`), to false when it has no place. */
  enter(group: string): Promise<boolean> {
    if (this.#running < this.#atOnce) {
      this.#running += 1;
      return Promise.resolve(true);
    }
    if (this.#waiting >= this.#maxWaiting && !this.#makeRoomFor(group)) return Promise.resolve(false);
    return new Promise((resolve) => this.#wait(group, resolve));
  }

  /** Hands the place to the next group's oldest. */
  leave(): void {
    const next = this.#groups.entries().next().value;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [group, turns] = next;
    const turn = turns.shift();
    this.#waiting -= 1;
    this.#groups.delete(group);
    if (turns.length > 0) this.#groups.set(group, turns); // behind the others now
    turn?.(true);
  }

  #wait(group: string, turn: Turn): void {
    const turns = this.#groups.get(group);
    if (turns === undefined) this.#groups.set(group, [turn]);
    else turns.push(turn);
    this.#waiting += 1;
  }

  /** The group with most waiting gives up its newest, if it has at least two more than the newcomer's: then it is no worse off than that. */
  #makeRoomFor(group: string): boolean {
    let [fullest, most]: [string, number] = ['', 0];
    for (const [name, turns] of this.#groups) if (turns.length > most) [fullest, most] = [name, turns.length];
    const own = this.#groups.get(group)?.length ?? 0;
    if (most < own + 2) return false;
    this.#waiting -= 1;
    this.#groups.get(fullest)?.pop()?.(false);
    return true;
  }
}

/** At most `atOnce` pieces of work run and at most `maxWaiting` wait. */
export function createFairQueue(options: FairQueueOptions): FairQueue {
  const line = new Line(options);
  return {
    async run(group, work) {
      if (!(await line.enter(group))) return null;
      try {
        return await work();
      } finally {
        line.leave();
      }
    },
  };
}
