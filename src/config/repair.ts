// A faulty configuration made loadable, so that what is wrong *between* options is told in the same go as what is wrong in them.
// The result is only looked at by cross-checks that do not rest on a repaired option; it is never run.
import { embeddedConfig } from './embedded.ts';
import { type Config, type ConfigInput, options } from './options.ts';
import type { OptionPath } from './problem.ts';
import { pathOf, valueAt } from './schema-problems.ts';

export interface Repaired {
  readonly config: Config;
  /** The options that were replaced or left out. */
  readonly faulty: readonly OptionPath[];
}

/** One correct value of everything that must be written. */
function sample(): ConfigInput {
  const hop = { address: '192.0.2.1:25' };
  return { ...embeddedConfig(), outbound: hop, tls: { cert: 'cert.pem', key: 'key.pem' }, lists: [{ name: 'sample', matches: 'client', file: 'sample.txt' }] };
}

/** Where the sample has its value: every list has one entry, every route the address of `outbound`. */
const samplePath = (path: OptionPath): OptionPath =>
  path[0] === 'routes' ? ['outbound', ...path.slice(2)] : path.map((step) => (typeof step === 'number' ? 0 : step));

function remove(raw: unknown, path: OptionPath): void {
  const parent = valueAt(raw, path.slice(0, -1));
  const step = path.at(-1);
  if (typeof parent === 'object' && parent !== null && step !== undefined) Reflect.deleteProperty(parent, step);
}

/**
 * Puts the sample's value at `path`, or leaves the option out where it has a default. One that is missing and has neither makes what
 * holds it useless: that is repaired instead. Gives the path of what was changed.
 */
function replace(raw: unknown, path: OptionPath, samples: ConfigInput): OptionPath {
  const good = valueAt(samples, samplePath(path));
  if (good === undefined && valueAt(raw, path) === undefined && path.length > 1) return replace(raw, path.slice(0, -1), samples);
  const parent = valueAt(raw, path.slice(0, -1));
  const step = path.at(-1);
  if (good === undefined) remove(raw, path);
  else if (typeof parent === 'object' && parent !== null && step !== undefined) Reflect.set(parent, step, structuredClone(good));
  return path;
}

/** A section may show what is wrong in it only when it has been put right, and a list goes after its entry and that after its option. */
const mostRounds = 12;

/** Null where repairing does not help, as when the whole file is a list. */
export function repair(raw: unknown): Repaired | null {
  const value = structuredClone(raw);
  const samples = sample();
  const faulty: OptionPath[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const result = options.safeParse(value);
    if (result.success) return { config: result.data, faulty };
    for (const issue of result.error.issues) {
      const path = pathOf(issue);
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(value, [...path, key]);
      else {
        faulty.push(path);
        if (issue.code === 'invalid_key') remove(value, path);
        else faulty.push(replace(value, path, samples));
      }
    }
  }
  return null;
}
