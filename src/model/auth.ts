// Who a client is, and how it is proven: SASL mechanisms (RFC 4422), what the connection itself proves, and the answers.

/** Mechanisms that a name and a password are made of; the session reads them itself. */
export type PasswordMechanism = 'PLAIN' | 'LOGIN';
/** Mechanisms of challenges and responses, which a dialogue reads. */
export type DialogueMechanism = 'SCRAM-SHA-256-PLUS' | 'SCRAM-SHA-256' | 'EXTERNAL';
export type AuthMechanism = PasswordMechanism | DialogueMechanism;

/** A client's certificate that leads to an authority the operator trusts. */
export interface ClientCertificate {
  /** SHA-256 of the whole certificate: 64 hexadecimal digits in lower case. */
  readonly fingerprint: string;
  /** In the order of the certificate, as `O=Example,CN=printer-3`; special characters escaped as in RFC 4514. */
  readonly subject: string;
}

/** What TLS proves of the other end. */
export interface TlsProof {
  /** The channel binding tls-exporter (RFC 9266); null below TLS 1.3. */
  readonly binding: Buffer | null;
  readonly certificate: ClientCertificate | null;
}

/** Who asks, as far as those who check passwords need it. */
export interface AuthPeer extends TlsProof {
  readonly ip: string;
  readonly port: number;
  readonly localIp: string;
  readonly localPort: number;
  readonly secured: boolean;
}

/** wrong: name or password. malformed: not of the mechanism. unavailable: it cannot be told now. */
export type AuthResult = { readonly ok: true; readonly user: string } | { readonly ok: false; readonly why: 'wrong' | 'unavailable' };

/** What follows a response: another challenge, or the end. `user` is who the client says it is, '' before it has said so. */
export type AuthTurn =
  | { readonly kind: 'challenge'; readonly text: Buffer }
  | { readonly kind: 'accepted'; readonly user: string }
  | { readonly kind: 'refused'; readonly why: 'wrong' | 'malformed' | 'unavailable'; readonly user: string };

/** One exchange of challenges and responses; asked for one response at a time. */
export interface AuthDialogue {
  /** Takes the client's next response, decoded. Never rejects. */
  next(response: Buffer): AuthTurn | Promise<AuthTurn>;
  /** The client has given up or is gone. */
  cancel(): void;
}

/** Those who know the users. */
export interface AuthService {
  /** What this client may use, the best first. */
  mechanisms(peer: AuthPeer): readonly AuthMechanism[];
  /** Resolves to the user's canonical name, or why not. The same work whether the user exists or not. Never rejects. */
  verify(user: string, password: string, peer: AuthPeer): Promise<AuthResult>;
  begin(mechanism: DialogueMechanism, peer: AuthPeer): AuthDialogue;
  /** What the record keeps of a password that was tried: a short keyed hash, the same for the same user and password; absent: nothing. */
  triedPassword?(user: string, password: string): string;
}
