// Which directory a mailbox has: names of strangers become names of files, and never anything else.
import { join } from 'node:path';

/** Octets that stand for themselves in the name of a directory. */
const plain = /^[a-z0-9._+-]$/;
/** The longest name that file systems take. */
const longestName = 255;

/** The directory name of a local part: lower case, percent-encoded where not plain; null when it cannot have one. */
function nameOf(raw: string): string | null {
  let name = '';
  for (const octet of Buffer.from(raw.toLowerCase(), 'utf8')) {
    const character = String.fromCharCode(octet);
    name += plain.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  // A leading dot would hide the directory, `.` and `..` would lead out of it.
  if (name.startsWith('.')) name = `%2E${name.slice(1)}`;
  return name === '' || name.length > longestName ? null : name;
}

/** `<root>/<domain>/<local part>`; null for what cannot be a mailbox. Distinct addresses have distinct paths, but for upper case. */
export function mailboxPath(root: string, localPart: string, domain: string): string | null {
  const [local, place] = [nameOf(localPart), nameOf(domain)];
  return local === null || place === null ? null : join(root, place, local);
}

/** The paths to look at for a recipient, the best first: its own mailbox, then the one without `+tag` (RFC 5233). */
export function mailboxPaths(root: string, localPart: string, domain: string): string[] {
  const plus = localPart.indexOf('+');
  const locals = plus > 0 ? [localPart, localPart.slice(0, plus)] : [localPart];
  return locals.flatMap((local) => mailboxPath(root, local, domain) ?? []);
}

/** The address of a mailbox from the names of its two directories; null when they are none of ours. */
export function addressOfNames(place: string, local: string): string | null {
  const [localPart, domain] = [textOf(local), textOf(place)];
  return localPart === null || domain === null ? null : `${localPart}@${domain}`;
}

function textOf(name: string): string | null {
  try {
    return /^[a-z0-9._+%A-F-]+$/.test(name) ? decodeURIComponent(name) : null;
  } catch {
    return null;
  }
}
