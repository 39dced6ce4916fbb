// The file of users who may send with AUTH: a line a user, `name:{SCHEME}value`; empty lines and lines with # are comments.
import { parseCredential, type Credential } from './password.ts';

export interface User {
  /** As written in the file: the name in events, quotas and Received. */
  readonly name: string;
  readonly credential: Credential;
}

export interface LineNote {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly message: string;
}

export interface UsersFile {
  /** By `userKey`. */
  readonly users: ReadonlyMap<string, User>;
  /** Everything that is wrong. A file with errors is not used at all: half a file would lock people out silently. */
  readonly errors: readonly LineNote[];
  readonly warnings: readonly LineNote[];
}

/** Names are the same whatever their case: people type them on telephones. */
export const userKey = (name: string): string => name.normalize('NFC').toLowerCase();

/** What is wrong with a user's name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '' || name.length > 255) return 'a name has 1 to 255 characters';
  return /[\s:#\p{Cc}]/u.test(name) ? 'a name has no space, colon or #' : null;
}

/** Reads the file's text; all errors at once, each with its line. */
export function parseUsersFile(text: string): UsersFile {
  const users = new Map<string, User>();
  const errors: LineNote[] = [];
  const warnings: LineNote[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const at = index + 1;
    const user = parseLine(raw);
    if (user === null) continue;
    const key = typeof user === 'string' ? '' : userKey(user.name);
    if (typeof user === 'string') errors.push({ line: at, message: user });
    else if (users.has(key)) errors.push({ line: at, message: `${user.name} is in the file twice` });
    else users.set(key, user);
    if (typeof user === 'object' && user.credential.scheme === 'PLAIN')
      warnings.push({ line: at, message: `the password of ${user.name} is readable: \`floodgate users add ${user.name}\` writes a hash` });
  }
  return { users, errors, warnings };
}

/** A user, null for a comment, or what is wrong. */
function parseLine(raw: string): User | string | null {
  const line = raw.replace(/\r$/, '');
  if (line.trim() === '' || line.startsWith('#')) return null;
  const colon = line.indexOf(':');
  if (colon < 0) return 'no colon: write name:{SCHEME}value';
  const name = line.slice(0, colon);
  const problem = nameProblem(name);
  if (problem !== null) return problem;
  const credential = parseCredential(line.slice(colon + 1));
  return typeof credential === 'string' ? credential : { name, credential };
}

/** The text with this user's line replaced, or added at the end. Comments and the other lines stay as they are. */
export function withUser(text: string, name: string, value: string): string {
  const rest = withoutUser(text, name, `${name}:${value}`);
  if (rest !== null) return rest;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${name}:${value}\n`;
}

/** The text without this user's line (or with `instead` in its place); null when there is no such user. */
export function withoutUser(text: string, name: string, instead?: string): string | null {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => !line.startsWith('#') && line.includes(':') && userKey(line.slice(0, line.indexOf(':'))) === userKey(name));
  if (at < 0) return null;
  lines.splice(at, 1, ...(instead === undefined ? [] : [instead]));
  return lines.join('\n');
}
