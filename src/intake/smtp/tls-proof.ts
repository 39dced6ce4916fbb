// What a TLS connection proves of the client: its channel binding, and its certificate where one was asked for and verified.
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate, TlsProof } from '../../model/auth.ts';

/** What is proven once the handshake has ended. */
export const proofOf = (secured: TLSSocket): TlsProof => ({ binding: tlsExporter(secured), certificate: verifiedCertificate(secured) });

/** RFC 9266 2: the label, no context, 32 bytes. Only TLS 1.3: below it the value may be shared by two connections (RFC 9266 3). */
function tlsExporter(secured: TLSSocket): Buffer | null {
  return secured.getProtocol() === 'TLSv1.3' ? secured.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) : null;
}

/** Null where none was shown, or one that leads to no authority of ours, is out of date, or is not for clients. */
function verifiedCertificate(secured: TLSSocket): ClientCertificate | null {
  const certificate = secured.getPeerX509Certificate();
  if (certificate === undefined || verifyError(secured) !== null) return null;
  return { fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(), subject: certificate.subject.split('\n').join(',') };
}

/** What OpenSSL found wrong. Node tells it to its own server alone (`authorized`), and we upgrade connections by hand; unknown is wrong. */
function verifyError(secured: TLSSocket): unknown {
  const handle: unknown = Reflect.get(secured, '_handle');
  const verify: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'verifyError') : undefined;
  return typeof verify === 'function' ? (Reflect.apply(verify, handle, []) ?? null) : 'cannot be told';
}
