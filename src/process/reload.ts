// SIGHUP: the new configuration as a whole, or the old one and the reasons why not.
import { reportOf, shortProblem } from '../cli/check.ts';
import type { Config } from '../config/options.ts';
import { loadConfig, type ConfigProblem, type ConfigSource, type LoadContext } from '../config/load.ts';
import { readHeldKeys } from './held-keys.ts';
import type { Keeper } from './keeper.ts';
import { ownChecks } from './own-checks.ts';
import { readTlsMaterial } from './tls-material.ts';

/** What is read at the start only. The directory is locked and the others are open: changing them needs a restart. */
const fixedAtStart = ['state', 'threads', 'web', 'journal', 'telemetry', 'kernel'] as const;

/** The new configuration with what cannot change as it was, and a warning for each such option. */
export function withFixedOptions(before: Config, after: Config): { readonly config: Config; readonly warnings: readonly ConfigProblem[] } {
  const changed = fixedAtStart.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const kept = Object.fromEntries(changed.map((name) => [name, before[name]]));
  return {
    config: { ...after, ...kept },
    warnings: changed.map((path) => ({ path, line: null, column: null, message: 'takes effect at the next start only', hint: '' })),
  };
}

/** One reload after the other: two signals at once must not leave the older configuration in force. */
export function createReload(keeper: Keeper, file: string | null, context: LoadContext): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(() => reload(keeper, file, context)));
}

async function reload(keeper: Keeper, file: string | null, context: LoadContext): Promise<void> {
  const { record } = keeper.recorder;
  const refused = (errors: readonly string[]): void => {
    keeper.files.reloaded(errors);
    record({ type: 'config-refused', file: file ?? '', errors });
  };
  try {
    const result = loadConfig(file, context);
    if (!result.ok) {
      process.stderr.write(reportOf(file ?? 'first-run set-up', result));
      return refused(result.errors.map(shortProblem));
    }
    const { config, warnings } = withFixedOptions(keeper.settings().config, result.config);
    await ownChecks(config); // a check that cannot be loaded refuses the reload, before a door has heard of it
    await keeper.reconfigure({ config, tls: readTlsMaterial(config.tls), heldKeys: readHeldKeys(config.quarantine) });
    keeper.files.reloaded(null);
    noteLoaded(keeper, { source: result.source, warnings: [...result.warnings, ...warnings] });
  } catch (error) {
    refused([error instanceof Error ? error.message : String(error)]);
  }
}

/** Records which configuration is in force from now on. */
export function noteLoaded(keeper: Keeper, { source, warnings }: { readonly source: ConfigSource; readonly warnings: readonly ConfigProblem[] }): void {
  keeper.recorder.record({
    type: 'config-loaded',
    file: source.file ?? '',
    sha256: source.sha256,
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
  });
}
