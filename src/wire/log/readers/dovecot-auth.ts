// What Dovecot's auth service says of one attempt: `pam(joe,192.0.2.7,<session>): unknown user`. The name before the address and a
// password after it (`auth_verbose_passwords`) are strangers' text: an address counts only when the line can be read in one way.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf, reading, type Reading } from '../line.ts';
import { bareUser, onlyOne } from './scan.ts';

const againstClient = [
  'unknown user',
  'password mismatch',
  'invalid credentials',
  'invalid password',
  'authentication failure',
  'authentication failed',
  'auth failed',
  'login failed',
  'user not known',
  'user unknown',
  'permission denied',
  'character disallowed',
  'policy server refusal',
  'account is disabled',
  'login not allowed',
  'credentials mismatch',
  'account expired',
  'maximum number of retries',
];

interface Attempt {
  readonly client: LogClient;
  readonly user: string | null;
  readonly session: string | null;
  /** Where Dovecot's words begin. */
  readonly end: number;
}

/** The reading of a line of the auth service, service and level taken off; null when it is about no attempt. */
export function readDovecotAuth(raw: string): Reading | null {
  const text = withoutConnection(raw);
  const opening = /^(?:[A-Za-z]{2,12}: )?[A-Za-z][\w-]{1,20}\(/.exec(text)?.[0];
  if (opening === undefined) return null;
  const attempts = attemptsIn(text, opening.length);
  const [first] = attempts;
  if (first === undefined) return null;
  const client = onlyOne(attempts.map((one) => one.client));
  const words = text.slice(first.end);
  const lower = withoutPassword(words).toLowerCase();
  const hostile = againstClient.some((one) => lower.includes(one)) && !lower.includes('userdb');
  return reading('auth', {
    client,
    user: client === null ? null : first.user,
    session: first.session,
    hostile,
    outcome: hostile ? 'failed' : null,
    reason: words,
  });
}

/** `conn unix:auth-worker (pid=17,uid=97): auth-worker<6>: ` is about Dovecot's own processes. */
function withoutConnection(raw: string): string {
  let text = raw;
  if (text.startsWith('conn unix:')) text = text.slice(text.indexOf('): ') + 3);
  if (text.startsWith('auth-worker<') || text.startsWith('worker<')) text = text.slice(text.indexOf('>: ') + 3);
  return text;
}

/** Every way to read `user,address[,...])` from `from` on; a line has one. */
function attemptsIn(text: string, from: number): readonly Attempt[] {
  const found: Attempt[] = [];
  for (let at = text.indexOf(')', from), tries = 0; at >= 0 && tries < 20; at = text.indexOf(')', at + 1), tries++) {
    const next = text.charAt(at + 1);
    if (next !== ':' && next !== '<') continue;
    const attempt = attemptAt(text, found.length === 0 ? from : commaBefore(text, at), at);
    if (attempt !== null) found.push(attempt);
  }
  return found;
}

/** In a second reading the name is of no interest, only which address it ends in. */
const commaBefore = (text: string, at: number): number => Math.max(0, text.lastIndexOf('(', at) + 1);

/** `user,address`, `user,address,<session>`, `user,address,sasl:plain)<session>`: the address is the last of the parts that is one. */
function attemptAt(text: string, from: number, close: number): Attempt | null {
  const inner = text.slice(from, close);
  let end = inner.length;
  let session: string | null = null;
  for (let part = 0; part < 4; part++) {
    const comma = inner.lastIndexOf(',', end - 1);
    if (comma < 0 || end === 0) return null;
    const value = inner.slice(comma + 1, end);
    const client = clientOf(value);
    if (client !== null) return { client, user: bareUser(inner.slice(0, comma)), session, end: wordsAt(text, close) };
    if (value.startsWith('<') && value.endsWith('>')) session = value.slice(1, -1);
    end = comma;
  }
  return null;
}

function wordsAt(text: string, close: number): number {
  const at = text.indexOf(': ', close);
  return at < 0 ? text.length : at + 2;
}

/** With `auth_verbose_passwords` the password itself stands there. */
function withoutPassword(words: string): string {
  const at = words.indexOf('given password');
  return at < 0 ? words : words.slice(0, at);
}
