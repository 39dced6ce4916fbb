// A real clamd that knows the EICAR test file and a text of ours: their signatures are the only ones in a database of our own, so that nothing
// has to be fetched.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { letter } from './letter.ts';
import { peerPath } from './peer.ts';
import { scratchDirectory, startProcess, type Owner } from './scratch.ts';
import { until } from './until.ts';

/** In two pieces, or scanners would take this file away. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
/** What a second signature finds: it has dots, which the way of a message may double. */
export const dotted = 'OWN.PAYLOAD.OF.A.TEST';
const signatures = Object.entries({ 'Eicar-Test': eicar, 'Dotted-Test': dotted }).map(([name, text]) => `${name}:0:*:${Buffer.from(text).toString('hex')}\n`);

/** Starts one; gives the path of its socket. */
export async function startClamd(t: Owner): Promise<string> {
  const folder = scratchDirectory(t, 'clamd');
  chmodSync(folder, 0o755);
  const database = join(folder, 'database');
  mkdirSync(database);
  writeFileSync(join(database, 'own.ndb'), signatures.join(''));
  const socket = join(folder, 'clamd.sock');
  const configuration = join(folder, 'clamd.conf');
  const settings = [`LocalSocket ${socket}`, `DatabaseDirectory ${database}`, 'Foreground yes', 'StreamMaxLength 30M', `LogFile ${join(folder, 'clamd.log')}`];
  writeFileSync(configuration, `${settings.join('\n')}\n`);
  startProcess(t, peerPath('clamd'), ['-c', configuration], { stdio: 'ignore' });
  await until('clamd to listen', () => existsSync(socket));
  return socket;
}

/** A letter with the file attached, as mail programs do it. */
export const infected = (token?: string): Buffer => withAttachment('base64', Buffer.from(eicar).toString('base64'), token);

/** The text with dots, written so that each begins a line: on the way each of them is doubled (RFC 5321 4.5.2). */
export const infectedBehindDots = (): Buffer => withAttachment('quoted-printable', dotted.replaceAll('.', '=\r\n.'));

function withAttachment(encoding: string, encoded: string, token?: string): Buffer {
  const body = [
    '--b',
    'Content-Type: text/plain',
    '',
    'See the invoice.',
    '--b',
    'Content-Type: application/octet-stream; name="invoice.com"',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    encoded,
    '--b--',
    '',
  ].join('\r\n');
  return letter({ ...(token === undefined ? {} : { token }), headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'], body });
}
