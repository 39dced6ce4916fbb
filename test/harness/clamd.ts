// A real clamd that knows the EICAR test file and nothing else: its signature is the only one in a database of our own, so that nothing has
// to be fetched.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { letter } from './letter.ts';
import { peerPath } from './peer.ts';
import { scratchDirectory, startProcess, type Owner } from './scratch.ts';
import { until } from './until.ts';

/** In two pieces, or scanners would take this file away. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
const signature = `Eicar-Test:0:*:${Buffer.from(eicar).toString('hex')}\n`;

/** Starts one; gives the path of its socket. */
export async function startClamd(t: Owner): Promise<string> {
  const folder = scratchDirectory(t, 'clamd');
  chmodSync(folder, 0o755);
  const database = join(folder, 'database');
  mkdirSync(database);
  writeFileSync(join(database, 'own.ndb'), signature);
  const socket = join(folder, 'clamd.sock');
  const configuration = join(folder, 'clamd.conf');
  const settings = [`LocalSocket ${socket}`, `DatabaseDirectory ${database}`, 'Foreground yes', 'StreamMaxLength 30M', `LogFile ${join(folder, 'clamd.log')}`];
  writeFileSync(configuration, `${settings.join('\n')}\n`);
  startProcess(t, peerPath('clamd'), ['-c', configuration], { stdio: 'ignore' });
  await until('clamd to listen', () => existsSync(socket));
  return socket;
}

/** A letter with the file attached, as mail programs do it. */
export function infected(token?: string): Buffer {
  const body = [
    '--b',
    'Content-Type: text/plain',
    '',
    'See the invoice.',
    '--b',
    'Content-Type: application/octet-stream; name="invoice.com"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(eicar).toString('base64'),
    '--b--',
    '',
  ].join('\r\n');
  return letter({ ...(token === undefined ? {} : { token }), headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'], body });
}
