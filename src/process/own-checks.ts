// The operator's own checks: small TypeScript files in a folder, one check each, loaded as they are (types are stripped).
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/options.ts';
import type { Action, Outcome, Stage } from '../model/verdict.ts';
import type { StageInput } from '../model/stage-input.ts';
import { catalogue } from '../policy/catalogue.ts';
import { clean, finding, unsure, type Check } from '../policy/check.ts';
import { checkOfRule } from '../policy/rules.ts';

/** What a file of the folder exports as its default. Its name without the ending is the check's id. */
export interface OwnCheck<S extends Stage = Stage> {
  readonly stage: S;
  /** What is done on a finding; default observe. */
  readonly action?: Action;
  /** What is done when it throws or is unsure; default pass, recorded. */
  readonly onUnsure?: 'pass' | 'defer';
  /** Why something is wrong with this input, with numbers if there are any; null when nothing is. Must not wait for anything. */
  run(input: StageInput[S]): string | { readonly because: string; readonly evidence?: Readonly<Record<string, string | number | boolean | null>> } | null;
}

const stages: readonly string[] = ['connect', 'helo', 'mail', 'rcpt', 'message'] satisfies readonly Stage[];
const actions: readonly string[] = ['observe', 'tag', 'delay', 'divert', 'quarantine', 'defer', 'reject', 'refuse-at-banner'] satisfies readonly Action[];
const endings = ['.ts', '.mjs', '.js'];

/** Rules of the configuration and checks of the folder, in that order. Rejects with every file that cannot be used. */
export async function ownChecks({ rules, ownChecks: folder }: Config): Promise<readonly Check[]> {
  const declared = rules.map(checkOfRule);
  const written = folder === undefined ? [] : await Promise.all(filesOf(folder).map(load));
  const checks = [...declared, ...written.flatMap((one) => (one.check === null ? [] : [one.check]))];
  const wrong = [...written.flatMap((one) => (one.check === null ? [one.wrong] : [])), ...clashes(checks)];
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return checks;
}

function filesOf(folder: string): readonly string[] {
  const isCheck = (name: string): boolean => endings.includes(extname(name)) && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');
  return readdirSync(folder)
    .filter(isCheck)
    .toSorted()
    .map((name) => join(folder, name));
}

type Loaded = { readonly check: Check } | { readonly check: null; readonly wrong: string };

async function load(file: string): Promise<Loaded> {
  const id = basename(file, extname(file));
  try {
    // A changed file is another module: a reload sees the change.
    const module: unknown = await import(`${pathToFileURL(file).href}?changed=${statSync(file).mtimeMs}`);
    const exported = typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
    return isOwnCheck(exported)
      ? { check: checkOf(id, exported) }
      : { check: null, wrong: `${file}: its default export is no check (stage, run, and perhaps action and onUnsure)` };
  } catch (error) {
    return { check: null, wrong: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isOwnCheck(value: unknown): value is OwnCheck {
  if (typeof value !== 'object' || value === null || !('stage' in value) || !('run' in value) || typeof value.run !== 'function') return false;
  const { action = 'observe', onUnsure = 'pass' } = value as { readonly action?: unknown; readonly onUnsure?: unknown };
  return stages.includes(String(value.stage)) && actions.includes(String(action)) && (onUnsure === 'pass' || onUnsure === 'defer');
}

/** A foreign function behind our contract: whatever it returns, an outcome comes out; what it throws the runner turns into `unsure`. */
function checkOf(id: string, own: OwnCheck): Check {
  const outcomeOf = (said: unknown): Outcome => {
    if (said === null || said === undefined || said === false) return clean;
    if (typeof said === 'string') return finding(said);
    if (typeof said === 'object' && 'because' in said && typeof said.because === 'string')
      return finding(said.because, flat('evidence' in said ? said.evidence : {}));
    return unsure('it returned neither a reason nor null');
  };
  return {
    id,
    stages: [own.stage],
    kind: 'abuse',
    facts: [],
    defaults: { action: own.action ?? 'observe', onUnsure: own.onUnsure ?? 'pass' },
    options: () => undefined,
    run: (input) => outcomeOf(own.run(input)),
  };
}

/** Evidence is written to the journal: small and flat, whatever the check put into it. */
function flat(evidence: unknown): Record<string, string | number | boolean | null> {
  const entries = typeof evidence === 'object' && evidence !== null ? Object.entries(evidence).slice(0, 20) : [];
  return Object.fromEntries(entries.map(([key, value]: [string, unknown]) => [key, flatValue(value)]));
}

function flatValue(value: unknown): string | number | boolean | null {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)).slice(0, 200);
}

function clashes(checks: readonly Check[]): readonly string[] {
  const ids = [...catalogue, ...checks].map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => `there are two checks named ${id}`);
}
