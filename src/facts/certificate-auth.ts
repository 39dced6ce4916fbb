// AUTH EXTERNAL (RFC 4422 appendix A): who showed a client certificate that stands for a user is that user, without a password.
import type { AuthDialogue, AuthPeer, AuthService } from '../model/auth.ts';
import { certificateUser, parseCertificatesFile, type CertificatesFile } from './certificates-file.ts';
import { openLiveFile, type LiveFileOptions } from './live-file.ts';
import { userKey } from './users-file.ts';

export interface CertificateAuthOptions extends Omit<LiveFileOptions<CertificatesFile>, 'parse'> {
  /** Who checks passwords beside; null where nobody does. */
  readonly passwords: AuthService | null;
}

/** Rejects when the file cannot be used at the start; the message names every line that is wrong. */
export async function createCertificateAuth({ passwords, ...where }: CertificateAuthOptions): Promise<AuthService> {
  const known = await openLiveFile<CertificatesFile>({ ...where, parse: parseCertificatesFile });
  const userOf = ({ certificate }: AuthPeer): string | null => (certificate === null ? null : certificateUser(known.current, certificate));
  return {
    mechanisms(peer) {
      void known.look(); // for the next who asks
      const others = passwords?.mechanisms(peer) ?? [];
      return userOf(peer) === null ? others : ['EXTERNAL', ...others];
    },
    verify: (user, password, peer) => passwords?.verify(user, password, peer) ?? Promise.resolve({ ok: false, why: 'wrong' }),
    begin: (mechanism, peer) => (mechanism === 'EXTERNAL' || passwords === null ? external(known.look, () => userOf(peer)) : passwords.begin(mechanism, peer)),
  };
}

function external(look: () => Promise<void>, userNow: () => string | null): AuthDialogue {
  return {
    async next(response) {
      await look();
      const user = userNow();
      const wanted = response.toString('utf8');
      // RFC 4422 A.1: an empty authorization identity is the certificate's own; nobody acts for another here.
      const fits = user !== null && (wanted === '' || userKey(wanted) === userKey(user));
      return fits ? { kind: 'accepted', user } : { kind: 'refused', why: 'wrong', user: wanted };
    },
    cancel: () => {},
  };
}
