// Comparisons in pairs: every contestant runs once in each round, so that what else the machine does hits all of them, and ratios are
// formed within a round. The first contestant is the one whose goals are judged.
import { median } from './summary.ts';

/** Figures of one run by name; the unit is in the name. */
export type Figures = Readonly<Record<string, number>>;

export interface Contestant {
  readonly name: string;
  run(): Promise<Figures>;
}

/** What the first contestant must reach: by itself, or as a ratio to a peer in the same round. Judged on the median. */
export interface Goal {
  readonly figure: string;
  readonly against?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Comparison {
  readonly title: string;
  /** Rounds by contestant, in the order given. */
  readonly rounds: ReadonlyMap<string, readonly Figures[]>;
  readonly goals: readonly Goal[];
}

export interface JudgedGoal {
  readonly goal: Goal;
  /** One value a round: the figure, or its ratio to the peer's. */
  readonly values: readonly number[];
  readonly median: number;
  readonly isMet: boolean;
}

/** Runs A B C, C B A, A B C ... so that no contestant always follows the same one. */
export async function compare(title: string, contestants: readonly Contestant[], rounds: number, goals: readonly Goal[]): Promise<Comparison> {
  const results = new Map<string, Figures[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) results.get(contestant.name)?.push(await contestant.run());
  }
  return { title, rounds: results, goals };
}

/** Judges every goal whose contestants took part; a peer that was not there gives no verdict. */
export function judgeGoals({ rounds, goals }: Comparison): JudgedGoal[] {
  const ours = [...rounds.values()][0] ?? [];
  return goals.flatMap((goal) => {
    const theirs = goal.against === undefined ? null : rounds.get(goal.against);
    if (theirs === undefined) return [];
    const values = ours.map((figures, round) => (figures[goal.figure] ?? Number.NaN) / (theirs === null ? 1 : (theirs[round]?.[goal.figure] ?? Number.NaN)));
    const middle = median(values);
    const isMet = middle <= (goal.atMost ?? Infinity) && middle >= (goal.atLeast ?? -Infinity);
    return [{ goal, values, median: middle, isMet }];
  });
}
