// What a TLS connection proves of the client: its channel binding, and its certificate where one was asked for and verified.
import type { TLSSocket } from 'node:tls';
import type { TlsProof } from '../../model/auth.ts';

/** RFC 9266 2: the label, no context, 32 bytes. Only TLS 1.3: below it the value may be shared by two connections (RFC 9266 3). */
function tlsExporter(secured: TLSSocket): Buffer | null {
  return secured.getProtocol() === 'TLSv1.3' ? secured.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) : null;
}

/** What is proven once the handshake has ended. */
export const proofOf = (secured: TLSSocket): TlsProof => ({ binding: tlsExporter(secured), certificate: null });
