// The files a configuration names: there, readable, and not for everybody's eyes. Nothing of their content reaches an error.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type CrossCheck, type CrossContext, type CrossFound, error, warning } from '../cross-check.ts';
import { readKeys } from '../../lib/key-ring.ts';
import { parseNamedLines } from '../../lib/named-lines.ts';
import { parseNetworkLines } from '../../lib/network-lines.ts';
import { mailboxValues } from '../../model/abuse-contact.ts';
import { isOwnMailbox } from '../../model/own-mailbox.ts';
import { parseRecipientList } from '../../model/recipient-list.ts';
import type { OptionPath } from '../problem.ts';

const whereFilesAre = 'relative paths start at the folder of the configuration file; Floodgate must run as a user who may read it';

function* readable(path: OptionPath, file: string, what: string, { files }: CrossContext, hint = whereFilesAre): Generator<CrossFound> {
  const why = files.unreadable(file);
  if (why !== null) yield error(path, `${what} cannot be read: ${why}`, hint);
}

function* secret(path: OptionPath, file: string, { files }: CrossContext): Generator<CrossFound> {
  if (files.unreadable(file) === null && files.worldReadable(file)) yield warning(path, 'can be read by every user of this host', 'chmod o= FILE');
}

/** Wrong lines of a file that are told one by one; a wrong file has them by the thousand. */
const mostLines = 10;

function* firstOf(path: OptionPath, wrong: readonly string[], hint: string): Generator<CrossFound> {
  for (const message of wrong.slice(0, mostLines)) yield error(path, message, hint);
  if (wrong.length > mostLines) yield error(path, `${wrong.length - mostLines} more lines of the file are wrong`, hint);
}

const tlsFiles: CrossCheck = {
  reads: ['tls'],
  *find({ tls }, context) {
    if (!tls) return;
    yield* readable(['tls', 'cert'], tls.cert, 'the certificate', context);
    yield* readable(['tls', 'key'], tls.key, 'the private key', context);
    yield* secret(['tls', 'key'], tls.key, context);
    if (context.files.unreadable(tls.cert) === null && context.files.unreadable(tls.key) === null) yield* pair(tls.cert, tls.key, context);
  },
};

/** The errors of the cryptography library are not shown: they may hold parts of what it read. */
function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

function* pair(certFile: string, keyFile: string, { files, nowMs }: CrossContext): Generator<CrossFound> {
  const certificate = attempt(() => new X509Certificate(files.text(certFile)));
  const key = attempt(() => createPrivateKey(files.text(keyFile)));
  if (certificate === null) yield error(['tls', 'cert'], 'is not a certificate', 'a PEM file that begins with BEGIN CERTIFICATE');
  if (key === null) yield error(['tls', 'key'], 'is not a private key that can be used', 'a PEM file that begins with BEGIN PRIVATE KEY, without a passphrase');
  if (certificate !== null && key !== null && !certificate.checkPrivateKey(key))
    yield error(['tls', 'key'], 'does not belong to the certificate', 'give the key the certificate was made for');
  if (certificate !== null && certificate.validToDate.getTime() <= nowMs)
    yield {
      ...warning(['tls', 'cert'], `ended on ${certificate.validToDate.toISOString().slice(0, 10)}`, 'renew it; clients that verify will not send'),
      lasting: true,
    };
}

const usersFile: CrossCheck = {
  reads: ['auth.users'],
  *find({ auth }, context) {
    if (auth?.users === undefined) return;
    yield* readable(['auth', 'users'], auth.users, 'the users file', context);
    yield* secret(['auth', 'users'], auth.users, context);
  },
};

const clientCertificates: CrossCheck = {
  reads: ['auth', 'tls'],
  *find({ auth, tls }, context) {
    if (tls?.clientCa !== undefined) {
      const path = ['tls', 'clientCa'];
      yield* readable(path, tls.clientCa, 'the file of authorities', context);
      if (context.files.unreadable(tls.clientCa) === null && attempt(() => new X509Certificate(context.files.text(tls.clientCa ?? ''))) === null)
        yield error(path, 'is not a certificate', 'a PEM file that begins with BEGIN CERTIFICATE');
      if (auth?.certificates === undefined) yield warning(path, 'does nothing without auth.certificates', 'say which certificate stands for which user');
    }
    if (auth?.certificates === undefined) return;
    yield* readable(['auth', 'certificates'], auth.certificates, 'the file of certificates', context);
    if (tls?.clientCa === undefined)
      yield error(
        ['auth', 'certificates'],
        'does nothing without tls.clientCa: no client is asked for a certificate',
        'name the file of the authority that signed them',
      );
  },
};

const contactsFile: CrossCheck = {
  reads: ['auth.contacts', 'site.domains'],
  *find({ auth, site }, context) {
    if (auth?.contacts === undefined) return;
    const path = ['auth', 'contacts'];
    yield* readable(path, auth.contacts, 'the file of contacts', context);
    // By number: should it be the wrong file, nothing of it may be shown.
    for (const [index, line] of context.files.text(auth.contacts).split('\n').entries()) {
      const { values, wrong } = parseNamedLines(line);
      const [[user, addresses] = ['', []]] = values;
      if (wrong.length > 0 || addresses.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address)))
        yield error(path, `line ${index + 1} is not understood`, 'write user: address');
      else if (user !== '' && addresses.every((address) => isOwnMailbox(user, address, site.domains)))
        yield warning(
          path,
          `line ${index + 1} has no contact but the account itself, which a thief reads: it is not used`,
          'give an address elsewhere, or that of a colleague',
        );
    }
  },
};

const listFiles: CrossCheck = {
  reads: ['lists.*.file'],
  *find({ lists }, context) {
    for (const [index, { file }] of lists.entries()) yield* readable(['lists', index, 'file'], file, 'the list', context);
  },
};

/** With `whenAway: pass` nobody would notice that nothing is looked at. */
const scannerSocket: CrossCheck = {
  reads: ['viruses'],
  *find({ viruses }, { files }) {
    if (viruses === undefined || !viruses.clamd.startsWith('/')) return;
    const why = files.unwritable?.(viruses.clamd) ?? null;
    if (why === null) return;
    const meanwhile = viruses.whenAway === 'defer' ? 'mail is put off' : 'mail passes unseen';
    yield warning(
      ['viruses', 'clamd'],
      `clamd cannot be asked: ${why}: ${meanwhile} while it is so`,
      'start clamd; the user Floodgate runs as must be in its group (on Debian clamav)',
    );
  },
};

const intakeFiles: CrossCheck = {
  reads: ['intake', 'routes'],
  *find({ intake, routes }, context) {
    for (const [index, { domain, recipients }] of intake.entries()) {
      if (!Object.hasOwn(routes, domain))
        yield error(['intake', index, 'domain'], 'has no entry in routes: nobody knows where its mail goes', `routes: {${domain}: {address: its-server:25}}`);
      if (recipients !== undefined) yield* recipientList(['intake', index, 'recipients'], { file: recipients, domain }, context);
    }
  },
};

/** Whoever is not in the list is refused for good, so a list with holes is none. */
function* recipientList(path: OptionPath, { file, domain }: { readonly file: string; readonly domain: string }, context: CrossContext): Generator<CrossFound> {
  yield* readable(path, file, 'the list of recipients', context);
  if (context.files.unreadable(file) !== null) return;
  const { addresses, wrong } = parseRecipientList(context.files.text(file), domain);
  const hint = `an address a line, like anna@${domain}; all others of the domain hear 550`;
  yield* firstOf(
    path,
    wrong.map((line) => `${file}:${line} is no address of ${domain}`),
    hint,
  );
  if (addresses.size === 0 && wrong.length === 0)
    yield error(
      path,
      `${file} names nobody: all mail for ${domain} would be refused`,
      `${hint}; without recipients those are taken whom its server has taken before`,
    );
}

const placeFiles: CrossCheck = {
  reads: ['places.country', 'places.network'],
  *find({ places }, context) {
    for (const which of ['country', 'network'] as const) {
      const file = places[which];
      if (file !== undefined) yield* readable(['places', which], file, 'the database', context);
    }
  },
};

function* abuseTable(path: OptionPath, file: string, context: CrossContext): Generator<CrossFound> {
  yield* readable(path, file, 'the table of abuse contacts', context);
  yield* firstOf(
    path,
    parseNetworkLines(context.files.text(file), mailboxValues).errors.map(({ line, message }) => `${file}:${line} ${message}`),
    'a line is 192.0.2.0/24: abuse@isp.example',
  );
}

const abuseContactFiles: CrossCheck = {
  reads: ['abuseContacts'],
  *find({ abuseContacts: { table, rdap } }, context) {
    if (table !== undefined) yield* abuseTable(['abuseContacts', 'table'], table, context);
    if (rdap !== undefined && !/^https?:\/\//.test(rdap))
      for (const name of ['ipv4.json', 'ipv6.json']) yield* readable(['abuseContacts', 'rdap'], `${rdap}/${name}`, `the bootstrap file ${name}`, context);
  },
};

const whomToTell: CrossCheck = {
  reads: ['abuseContacts', 'viruses'],
  *find({ abuseContacts: { table, rdap }, viruses }) {
    if (viruses?.tellNetwork === true && table === undefined && rdap === undefined)
      yield error(
        ['viruses', 'tellNetwork'],
        'does nothing: no abuse contact can be found',
        'abuseContacts: {rdap: "https://data.iana.org/rdap/"}, or a table of your own',
      );
  },
};

/** A wrong key file must stop the start, not the mail that is held: it stays where it is, and nothing is kept in clear by mistake. */
const heldKeys: CrossCheck = {
  reads: ['quarantine.keyFile', 'state'],
  *find({ quarantine: { keyFile }, state }, context) {
    if (keyFile === undefined) return;
    const at = ['quarantine', 'keyFile'];
    if (keyFile.startsWith(`${state}/`))
      yield warning(at, 'is in the state directory: whoever copies that has the key as well', 'put it beside the configuration');
    yield* readable(at, keyFile, 'the file of keys', context, `\`floodgate quarantine key new FILE\` writes it; ${whereFilesAre}`);
    if (context.files.unreadable(keyFile) !== null) return;
    if (context.files.worldReadable(keyFile)) yield error(at, 'can be read by every user of this host: it protects nothing', 'chmod 600 FILE');
    const read = readKeys(context.files.text(keyFile));
    if ('wrong' in read)
      for (const why of read.wrong) yield error(at, why, '`floodgate quarantine key new FILE` writes such a file; a line is NAME: 32 octets in base64');
  },
};

/** Those that are asked again while the gateway runs: what they find then has gone bad since. Lists have a keeper of their own. */
export const watchedFileChecks: readonly CrossCheck[] = [
  heldKeys,
  tlsFiles,
  usersFile,
  clientCertificates,
  contactsFile,
  intakeFiles,
  placeFiles,
  abuseContactFiles,
];

export const fileChecks: readonly CrossCheck[] = [...watchedFileChecks, listFiles, whomToTell, scannerSocket];
