// All looks at options together, run in one go. A new one is a value in a file of cross-checks/ and a word in its list there.
import type { CrossCheck, CrossContext, CrossFound } from './cross-check.ts';
import { bounceChecks } from './cross-checks/bounces.ts';
import { digestChecks } from './cross-checks/digest.ts';
import { doorChecks } from './cross-checks/doors.ts';
import { diskChecks } from './cross-checks/disk.ts';
import { fileChecks } from './cross-checks/files.ts';
import { hopChecks } from './cross-checks/hops.ts';
import { settingChecks } from './cross-checks/settings.ts';
import { siteChecks } from './cross-checks/site.ts';
import type { Config } from './options.ts';
import type { OptionPath } from './problem.ts';

const all: readonly CrossCheck[] = [
  ...siteChecks,
  ...hopChecks,
  ...doorChecks,
  ...settingChecks,
  ...bounceChecks,
  ...digestChecks,
  ...fileChecks,
  ...diskChecks,
];

/** True when the two paths are about the same option, or one lies within the other; `*` stands for any key or index. */
function overlap(pattern: string, path: OptionPath): boolean {
  const steps = pattern.split('.');
  const shared = Math.min(steps.length, path.length);
  return steps.slice(0, shared).every((step, index) => step === '*' || step === String(path[index]));
}

/**
 * What the options are found guilty of together. `faulty` are options the table has refused already and that were replaced:
 * what rests on one of them is not asked.
 */
export function crossCheck(config: Config, context: CrossContext, faulty: readonly OptionPath[] = []): readonly CrossFound[] {
  const askable = all.filter(({ reads }) => !reads.some((pattern) => faulty.some((path) => overlap(pattern, path))));
  return askable.flatMap((check) => [...check.find(config, context)]);
}
