// A comparison as Markdown: medians with their spread, then each goal with its ratio round by round.
import { judgeGoals, type Comparison, type Goal } from './paired.ts';
import { summarize } from './summary.ts';

/** Three significant digits, plain. */
export const show = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
};

const spread = (values: readonly number[]): string => {
  const { min, p50, max } = summarize(values);
  return values.length === 1 ? show(p50) : `${show(p50)} (${show(min)}-${show(max)})`;
};

function sayGoal({ figure, against, atMost, atLeast }: Goal): string {
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return against === undefined ? `${figure} ${bound}` : `${figure} ${bound} times ${against}'s`;
}

/** The table of one comparison and the verdict on its goals. */
export function toMarkdown(comparison: Comparison): string {
  const { title, rounds } = comparison;
  const figures = [...new Set([...rounds.values()].flat().flatMap((run) => Object.keys(run)))];
  const rows = [...rounds].map(([name, runs]) => `| ${name} | ${figures.map((figure) => spread(runs.flatMap((run) => run[figure] ?? []))).join(' | ')} |`);
  const goals = judgeGoals(comparison).map(
    ({ goal, values, median, isMet }) =>
      `- ${isMet ? 'met' : '**missed**'}: ${sayGoal(goal)}: ${show(median)}${values.length > 1 ? ` (rounds ${values.map(show).join(', ')})` : ''}`,
  );
  const table = [`### ${title}`, '', `| | ${figures.join(' | ')} |`, `|---|${figures.map(() => '---|').join('')}`, ...rows];
  return [...table, ...(goals.length > 0 ? ['', ...goals] : []), ''].join('\n');
}
