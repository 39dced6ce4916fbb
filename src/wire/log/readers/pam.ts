// PAM's own words, whichever mail program asked it: `pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot
// ruser=joe rhost=192.0.2.7  user=joe`.
import { clientOf, reading, type Reading } from '../line.ts';
import type { LogReader } from '../reader.ts';

export const pam: LogReader = {
  format: 'pam',
  programs: ['saslauthd', 'pop', 'imap(pam_unix)', 'pop(pam_unix)', 'pop3(pam_unix)', 'smtp(pam_unix)'],
  program: 'pam',
  owns: ({ text }) => /^(?:pam_unix\([\w:-]{1,40}\):|\(pam_unix\)) authentication failure; /.test(text),
  open:
    () =>
    ({ text }) =>
      readPam(text) ?? readSaslauthd(text),
};

/**
 * Reads from the right: `ruser` is what the stranger typed and stands before `rhost`; `user`, behind it, is written only when there is such
 * an account.
 */
export function readPam(text: string): Reading | null {
  const at = text.indexOf('authentication failure; ');
  const rhost = at < 0 ? -1 : text.lastIndexOf(' rhost=');
  if (rhost < 0) return null;
  const rest = text.slice(rhost + ' rhost='.length);
  const space = rest.indexOf(' ');
  const host = space < 0 ? rest : rest.slice(0, space);
  const known = space < 0 ? '' : rest.slice(space).trim();
  const ruser = text.indexOf(' ruser=', at);
  const typed = ruser < 0 || ruser > rhost ? '' : text.slice(ruser + ' ruser='.length, rhost);
  const user = typed !== '' ? typed : known.startsWith('user=') ? known.slice('user='.length) : '';
  return reading('auth', { client: clientOf(host), user: user === '' ? null : user, hostile: true, outcome: 'failed', reason: 'authentication failure' });
}

/** `do_auth : auth failure: [user=joe] [service=smtp] [realm=] [mech=pam] [reason=PAM auth error]`: it knows no client. */
function readSaslauthd(text: string): Reading | null {
  const mark = 'auth failure: [user=';
  const at = text.indexOf(mark);
  if (at < 0) return null;
  const end = text.indexOf('] [service=', at);
  return reading('auth', { user: end < 0 ? null : text.slice(at + mark.length, end), hostile: true, outcome: 'failed', reason: text });
}
