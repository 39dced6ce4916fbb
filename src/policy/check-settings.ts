// What the configuration may say about a check, and what it may not: no setting opens the relay.
import type { Config } from '../config/options.ts';
import type { Action } from '../model/verdict.ts';
import type { Check } from './check.ts';
import type { EnabledCheck } from './run-stage.ts';

/** A setting of a check that does not hold; in the form of the errors of `floodgate check`. */
export interface SettingsProblem {
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

type Configured = NonNullable<Config['checks'][string]>;

/** Every check with its options and settings. A setting that would open a permission check is not taken: it fails closed. */
export function enableChecks(config: Config, checks: readonly Check[]): readonly EnabledCheck[] {
  return checks.map((check) => {
    const settings: Configured = config.checks[check.id] ?? {};
    return {
      check,
      options: check.options(config),
      action: inThisHouse(settings.action !== undefined && problemOf(check, settings) === null ? settings.action : check.defaults.action, config),
      onUnsure: check.kind === 'permission' ? 'defer' : (settings.onUnsure ?? check.defaults.onUnsure),
    };
  });
}

/** What is diverted goes on with a mark, or into the quarantine where the operator wants it there. */
const inThisHouse = (action: Action, { quarantine }: Config): Action => (action === 'divert' && quarantine.takesDiverted ? 'quarantine' : action);

/** Every setting under `checks` that names no check or says what may not be said. */
export function checkSettingsProblems(config: Pick<Config, 'checks'>, checks: readonly Check[]): readonly SettingsProblem[] {
  return Object.entries(config.checks).flatMap(([id, settings]) => {
    const check = checks.find((each) => each.id === id);
    const problem =
      check === undefined ? { what: 'is no check', hint: `the checks are ${checks.map((each) => each.id).join(', ')}` } : problemOf(check, settings);
    return problem === null ? [] : [{ path: `checks.${id}`, message: `${id} ${problem.what}`, hint: problem.hint }];
  });
}

function problemOf(check: Check, { action, onUnsure }: Configured): { readonly what: string; readonly hint: string } | null {
  if (check.kind !== 'permission') return null;
  if (onUnsure === 'pass') return { what: 'decides whose mail we handle and cannot pass when unsure', hint: 'remove onUnsure' };
  if (action === undefined || action === 'defer' || action === 'reject') return null;
  return { what: `decides whose mail we handle; "${action}" would open the relay`, hint: 'use reject or defer' };
}
