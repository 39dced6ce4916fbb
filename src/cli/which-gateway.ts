// Which running gateway a command means: the one whose state directory is named, or whose configuration is found.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { whyUnreadable } from '../config/file-look.ts';
import { findConfig } from '../config/find.ts';
import { valueAt } from '../config/schema-problems.ts';
import { readYaml } from '../config/yaml-file.ts';
import { CliError } from './command-line.ts';

export interface WhichGateway {
  readonly config?: string;
  readonly state?: string;
}

/** As in config/options.ts; relative to the configuration's directory. */
const usualState = './floodgate-data';

/** The state directory: as given, else as the configuration names it. The rest of the configuration may be wrong or unfinished. */
export function stateDirOf({ config, state }: WhichGateway): string {
  if (state !== undefined) return resolve(state);
  const file = findConfig(config);
  if (file === null) return resolve(usualState);
  const named = valueAt(readYaml(textOf(file)).value, ['state']);
  return resolve(dirname(file), typeof named === 'string' ? named : usualState);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${whyUnreadable(error)}`);
  }
}
