// Certificate and key as files (PEM), read by the keeper and handed to the doors; read again at a reload.
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Config } from '../config/options.ts';

export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates; null: clients are not asked for any. */
  readonly clientCa: string | null;
}

/** Reads the configured files; null when TLS is not configured. Throws with the file's name when one cannot be read or they do not fit. */
export function readTlsMaterial(tls: Config['tls']): TlsMaterial | null {
  if (tls === undefined) return null;
  const material = {
    cert: readFileSync(tls.cert, 'utf8'),
    key: readFileSync(tls.key, 'utf8'),
    clientCa: tls.clientCa === undefined ? null : readFileSync(tls.clientCa, 'utf8'),
  };
  secureContextOf(material);
  return material;
}

/** TLS 1.2 and up (RFC 8996); throws when certificate and key do not belong together. */
export const secureContextOf = ({ cert, key, clientCa }: TlsMaterial): SecureContext =>
  // OpenSSL ends a resumed session in an error where certificates are asked for and the sessions have no name.
  createSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clientCa !== null && { ca: clientCa, sessionIdContext: 'floodgate' }) });
