// A second try for stories with several processes: a machine that was busy for a moment is told from a fault. What failed once is never hushed up.
import { isGreen, type FileOutcome, type Outcomes } from './run-files.ts';

/** More files than this that failed are no accident: nothing is tried again. */
export const maxFilesTriedAgain = 3;

/** What stands after the second try. */
export interface SecondTry {
  readonly outcomes: Outcomes;
  /** What failed once and passed alone, each with its place, title and reason. */
  readonly unsteady: readonly string[];
}

/** Runs each file that failed once more, by itself, where they are few; what it says then counts, and the first failure is kept. */
export async function tryAgain(first: Outcomes, runAlone: (file: string) => Promise<FileOutcome>): Promise<SecondTry> {
  const red = [...first].filter(([, outcome]) => !isGreen(outcome));
  const outcomes = new Map(first);
  const unsteady: string[] = [];
  if (red.length > maxFilesTriedAgain) return { outcomes, unsteady };
  for (const [file, before] of red) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- alone: that is the point
    const alone = await runAlone(file);
    if (isGreen(alone)) unsteady.push(...before.failures);
    const again = alone.failures.map((failure) => `again, alone: ${failure}`);
    outcomes.set(file, isGreen(alone) ? alone : { ...alone, failures: [...before.failures, ...again] });
  }
  return { outcomes, unsteady };
}
