// A certificate for tests, made once a process by the openssl program: Node can use certificates but not make them.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Map<string, string>();

/** Where this process keeps its certificate. */
function original(): string {
  const known = made.get('directory');
  if (known !== undefined) return known;
  const directory = mkdtempSync(join(tmpdir(), 'floodgate-certificate-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const options = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=mx.hub.example',
    '-addext',
    'subjectAltName=DNS:mx.hub.example,DNS:localhost,IP:127.0.0.1',
  ];
  execFileSync('openssl', [...options, '-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')], { stdio: 'pipe' });
  made.set('directory', directory);
  return directory;
}

/** Puts a certificate and its key into a directory; gives their paths. */
export function testCertificate(directory: string): { readonly cert: string; readonly key: string } {
  for (const name of ['cert.pem', 'key.pem']) copyFileSync(join(original(), name), join(directory, name));
  return { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
}
