// Who is at the other end of a session, as far as it is known before a word is said.

/** What a listener is for: strangers and insiders; authenticated users; whoever reaches this address may relay (mission R2). */
export type Role = 'mx' | 'submission' | 'smarthost';

export interface Client {
  /** Canonical text; an IPv4-mapped IPv6 address is given as IPv4. */
  readonly ip: string;
  /** TCP source port: without it a report about a shared address is worthless (RFC 6302). */
  readonly port: number;
  /** The address the client reached. */
  readonly localIp: string;
  readonly localPort: number;
  /** Name of the listener, as configured. */
  readonly listener: string;
  readonly role: Role;
  /** In one of the site's networks. */
  readonly inside: boolean;
  /** It has the address of a next hop, or of this machine: what it brings has mostly been taken before. */
  readonly nextHop?: true;
}

/** TLS of the client's connection, for Received and events. */
export interface TlsState {
  readonly protocol: string;
  readonly cipher: string;
}

/** The reverse name of the client: `name` only when it resolves back to the address (FCrDNS); `unknown` when DNS did not answer in time. */
export type ReverseName =
  | { readonly kind: 'confirmed'; readonly name: string }
  | { readonly kind: 'unconfirmed'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };
