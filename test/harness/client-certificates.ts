// An authority and client certificates of it, made by the openssl program.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { scratchDirectory, type Owner } from './scratch.ts';

export interface ClientIdentity {
  /** Paths. */
  readonly cert: string;
  readonly key: string;
  /** With colons. */
  readonly fingerprint: string;
}

export interface Authority {
  /** Path of its certificate. */
  readonly ca: string;
  /** A certificate for clients, or one with another purpose or that has ended. */
  issue(name: string, how?: { readonly purpose?: 'clientAuth' | 'serverAuth'; readonly days?: number }): ClientIdentity;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;
const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });

export function clientAuthority(owner: Owner): Authority {
  const folder = scratchDirectory(owner, 'authority');
  const at = (name: string): string => join(folder, name);
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Test authority', '-keyout', at('ca.key'), '-out', at('ca.pem'));
  return {
    ca: at('ca.pem'),
    issue(name, { purpose = 'clientAuth', days = 2 } = {}) {
      const file = name.replaceAll(/\W/g, '-');
      const [cert, key, request, extensions] = [at(`${file}.pem`), at(`${file}.key`), at(`${file}.csr`), at(`${file}.ext`)];
      writeFileSync(extensions, `extendedKeyUsage=${purpose}\n`);
      openssl('req', '-new', ...newKey, '-subj', `/O=Example, Inc./CN=${name}`, '-keyout', key, '-out', request);
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca.key'),
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        extensions,
        '-out',
        cert,
      );
      return { cert, key, fingerprint: new X509Certificate(readFileSync(cert)).fingerprint256 };
    },
  };
}
