// `floodgate users`: who may send with AUTH. Works on the file alone; a running gateway sees the change by itself.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { whyUnreadable } from '../config/file-look.ts';
import { findConfig } from '../config/find.ts';
import { valueAt } from '../config/schema-problems.ts';
import { readYaml } from '../config/yaml-file.ts';
import { isPassword, newCredential } from '../facts/password.ts';
import { editUsersFile } from '../facts/users-edit.ts';
import { nameProblem, parseUsersFile, userKey, withUser, withoutUser, type UsersFile } from '../facts/users-file.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { readPassword } from './password-input.ts';

interface Where {
  readonly file?: string;
  readonly config?: string;
}

/** Adds `users add|remove|list|check` to the program. */
export const users: Subcommand = (program) => {
  const group = program.command('users').description('who may send with AUTH: the file named by auth.users');
  withWhere(group.command('add <name>').description('add a user or give a new password (from the terminal or standard input)')).action(addUser);
  withWhere(group.command('remove <name>').description('remove a user')).action(removeUser);
  withWhere(group.command('list').description('names and schemes').option('--json', 'one JSON object a line')).action(listUsers);
  withWhere(group.command('check <name>').description('whether a password is right (from the terminal or standard input)')).action(checkUser);
};

const withWhere = (command: CommandLine): CommandLine =>
  command.option('--file <file>', 'the users file; default: auth.users of the configuration').option('--config <file>', 'the configuration');

async function addUser(name: string, where: Where): Promise<void> {
  const problem = nameProblem(name);
  if (problem !== null) throw new CliError(problem, 2);
  const file = usersFileOf(where);
  const value = await newCredential(await readPassword({ twice: true }));
  await editUsersFile(file, (text) => withUser(text, name, value));
  process.stdout.write(`${name} can send; ${file} is written\n`);
}

async function removeUser(name: string, where: Where): Promise<void> {
  const file = usersFileOf(where);
  readUsers(file); // a file that is not there is told as such
  let found = false;
  await editUsersFile(file, (text) => {
    const rest = withoutUser(text, name);
    found = rest !== null;
    return rest;
  });
  if (!found) throw new CliError(`${name} is not in ${file}`);
  process.stdout.write(`${name} is removed from ${file}\n`);
}

function listUsers({ json, ...where }: Where & { readonly json?: boolean }): void {
  const file = usersFileOf(where);
  const { users: known, errors, warnings } = readUsers(file);
  for (const { name, credential } of known.values()) {
    if (json === true) printJson({ name, scheme: credential.scheme });
    else process.stdout.write(`${name}  ${credential.scheme}\n`);
  }
  for (const { line, message } of warnings) process.stderr.write(`${file}:${line}: ${message}\n`);
  failOnErrors(file, errors);
}

async function checkUser(name: string, where: Where): Promise<void> {
  const file = usersFileOf(where);
  const { users: known, errors } = readUsers(file);
  failOnErrors(file, errors);
  const user = known.get(userKey(name));
  if (user === undefined) throw new CliError(`${name} is not in ${file}`);
  if (!(await isPassword(user.credential, await readPassword({ twice: false })))) throw new CliError('the password is wrong');
  process.stdout.write('the password is right\n');
}

/** The users file: as given, or as the configuration names it. The rest of the configuration may still be wrong or unfinished. */
function usersFileOf({ file, config }: Where): string {
  if (file !== undefined) return file;
  const configFile = findConfig(config);
  const named = configFile === null ? undefined : valueAt(readYaml(textOf(configFile)).value, ['auth', 'users']);
  if (configFile === null || typeof named !== 'string') {
    const why = configFile === null ? 'there is no configuration that names a users file' : `${configFile} names no users file`;
    throw new CliError(`${why}: give one with --file, or write auth: {users: users.txt}`, 2);
  }
  return resolve(dirname(configFile), named);
}

const readUsers = (file: string): UsersFile => parseUsersFile(textOf(file));

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${whyUnreadable(error)}`);
  }
}

function failOnErrors(file: string, errors: UsersFile['errors']): void {
  const [first] = errors;
  if (first !== undefined) throw new CliError(errors.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
}
