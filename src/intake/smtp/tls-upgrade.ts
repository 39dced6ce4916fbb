// STARTTLS and implicit TLS on the server side (RFC 3207, RFC 8314).
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { TlsProof } from '../../model/auth.ts';
import type { TlsState } from '../../model/client.ts';
import { proofOf } from './tls-proof.ts';

export interface TlsOutcome {
  secure(tls: TlsState, proof: TlsProof): void;
  failed(why: string): void;
}

/** Wraps a plain socket whose input holds nothing unread; one of the two outcomes is told, unless the client leaves first. */
export function upgradeToTls(
  plain: Socket,
  context: SecureContext,
  outcome: TlsOutcome,
  { asksForCertificate = false }: { readonly asksForCertificate?: boolean } = {},
): TLSSocket {
  // Asked for, never required: who has none, or a wrong one, is a client like any other.
  const secured = new TLSSocket(plain, { isServer: true, secureContext: context, requestCert: asksForCertificate, rejectUnauthorized: false });
  let done = false;
  secured.once('secure', () => {
    done = true;
    outcome.secure({ protocol: secured.getProtocol() ?? 'unknown', cipher: secured.getCipher().standardName }, proofOf(secured));
  });
  const fail = (why: string): void => {
    if (done) return;
    done = true;
    outcome.failed(why);
    secured.destroy();
  };
  // Half closed is fine for a session; here the other half of the handshake will never come.
  secured.once('end', () => fail('the client left during the handshake'));
  secured.once('_tlsError', (error: Error) => fail(error.message));
  secured.on('error', (error: Error) => fail(error.message));
  plain.on('error', (error: Error) => fail(error.message));
  return secured;
}
