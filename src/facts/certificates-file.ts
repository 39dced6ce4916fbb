// The file of client certificates that stand for users: a line a certificate, `user sha256 FINGERPRINT` or `user subject NAME`; empty lines
// and lines with # are comments.
import { nameProblem, type LineNote } from './users-file.ts';
import type { ClientCertificate } from '../model/auth.ts';

export interface CertificatesFile {
  /** `sha256 <64 digits>` or `subject <name>` to the user. */
  readonly users: ReadonlyMap<string, string>;
  readonly errors: readonly LineNote[];
}

/** The user of a certificate; null when it is nobody's. A fingerprint counts before a name: it names this very certificate. */
export const certificateUser = ({ users }: CertificatesFile, { fingerprint, subject }: ClientCertificate): string | null =>
  users.get(`sha256 ${fingerprint}`) ?? users.get(`subject ${subject}`) ?? null;

/** Reads the file's text; all errors at once, each with its line. */
export function parseCertificatesFile(text: string): CertificatesFile {
  const users = new Map<string, string>();
  const errors: LineNote[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseEntry(line);
    const message = typeof entry === 'string' ? entry : users.has(entry.key) ? 'this certificate is in the file twice' : null;
    if (message !== null) errors.push({ line: index + 1, message });
    else if (typeof entry === 'object') users.set(entry.key, entry.user);
  }
  return { users, errors };
}

function parseEntry(line: string): { readonly key: string; readonly user: string } | string {
  const [, user = '', kind = '', value = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
  if (kind !== 'sha256' && kind !== 'subject') return 'write USER sha256 FINGERPRINT or USER subject NAME';
  const problem = nameProblem(user);
  if (problem !== null) return problem;
  if (kind === 'subject')
    return /^[A-Za-z0-9.-]+=/.test(value) ? { key: `subject ${value}`, user } : 'a subject is written as in the log, like O=Example,CN=printer-3';
  const digits = value.replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? { key: `sha256 ${digits}`, user } : 'a SHA-256 fingerprint has 64 hexadecimal digits, with or without colons';
}
