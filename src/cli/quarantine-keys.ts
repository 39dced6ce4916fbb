// `floodgate quarantine key`: the file of keys with which held mail is encrypted on the disk. Works on the file alone.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { realFiles, whyUnreadable } from '../config/file-look.ts';
import { findConfig } from '../config/find.ts';
import { valueAt } from '../config/schema-problems.ts';
import { readYaml } from '../config/yaml-file.ts';
import { editUsersFile, UsersFileBusy } from '../facts/users-edit.ts';
import { readKeys, withKey, type ReadKeys } from '../lib/key-ring.ts';
import { CliError, printJson, type CommandLine } from './command-line.ts';

interface Where {
  readonly config?: string;
  readonly json?: boolean;
}

const secretOctets = 32;

/** Adds `key new` and `key list` to the group. */
export function quarantineKeys(group: CommandLine): void {
  const keys = group.command('key').description('keys with which held mail is encrypted: the file named by quarantine.keyFile');
  withWhere(keys.command('new [file]').description('put a new key in front: it encrypts from the next SIGHUP on, the old ones still read')).action(newKey);
  withWhere(keys.command('list [file]').description('names of the keys, the one that writes first')).action(listKeys);
}

const withWhere = (command: CommandLine): CommandLine =>
  command.option('--config <file>', 'the configuration that names the file').option('--json', 'one JSON object a line');

async function newKey(given: string | undefined, { config, json }: Where): Promise<void> {
  const file = keyFileOf(given, config);
  const key = { id: `k-${new Date().toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(3).toString('hex')}`, secret: randomBytes(secretOctets) };
  let others = 0;
  await editUsersFile(file, (text) => {
    const before = text.trim() === '' ? null : readKeys(text);
    others = before === null ? 0 : ringOf(file, before).length;
    return withKey(text, key);
  }).catch((error: unknown) => {
    throw error instanceof UsersFileBusy ? new CliError(`${file}.new is there: another command is at work, or one was interrupted; then remove it`) : error;
  });
  if (json === true) return printJson({ id: key.id, file, keys: others + 1 });
  const next =
    others === 0
      ? `name it in the configuration (quarantine: {keyFile: ${file}}) and keep a copy elsewhere`
      : `${others} older still read; SIGHUP puts it in force`;
  process.stdout.write(`${key.id} is written to ${file}: ${next}\n`);
}

function listKeys(given: string | undefined, { config, json }: Where): void {
  const file = keyFileOf(given, config);
  if (realFiles.unreadable(file) === null && realFiles.worldReadable(file)) process.stderr.write(`${file} can be read by every user of this host: chmod 600\n`);
  for (const [index, { id }] of ringOf(file, readKeys(textOf(file))).entries()) {
    if (json === true) printJson({ id, writes: index === 0 });
    else process.stdout.write(`${id}  ${index === 0 ? 'writes and reads' : 'reads'}\n`);
  }
}

function ringOf(file: string, read: ReadKeys): readonly { readonly id: string }[] {
  if ('wrong' in read) throw new CliError(read.wrong.map((why) => `${file}: ${why}`).join('\n'));
  return read.ring;
}

/** The file: as given, or as the configuration names it. The rest of the configuration may still be wrong or unfinished. */
function keyFileOf(given: string | undefined, config: string | undefined): string {
  if (given !== undefined) return resolve(given);
  const configFile = findConfig(config);
  const named = configFile === null ? undefined : valueAt(readYaml(textOf(configFile)).value, ['quarantine', 'keyFile']);
  if (configFile === null || typeof named !== 'string') throw new CliError('no file is named: give one, or write quarantine: {keyFile: held.keys}', 2);
  return resolve(dirname(configFile), named);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${whyUnreadable(error)}`);
  }
}
