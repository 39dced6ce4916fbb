// The words of an SMTP session's pure step: where it stands, what the shell must do next, what may be offered.
import type { AuthMechanism, DialogueMechanism, PasswordMechanism } from '../../model/auth.ts';
import type { MailParameters } from '../../model/stage-input.ts';
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { Reply } from '../../model/reply.ts';

interface Greeted {
  readonly helo: string;
  readonly esmtp: boolean;
  /** Of what depends on the next hops, that which the answer to EHLO offered. */
  readonly promised: Promised;
}

/** Once offered it holds for the session, whatever the next hop does: what cannot be kept is 451, not a word we do not know. */
export interface Promised {
  readonly dsn: boolean;
  readonly requireTls: boolean;
}

interface Begun extends Greeted {
  readonly from: Sender;
  readonly parameters: MailParameters;
}

/** Where a session stands. Each state carries just what is known there, so that a RCPT without a MAIL cannot be written down. */
export type State =
  | { readonly at: 'fresh' }
  | (Greeted & { readonly at: 'greeted' })
  | (Greeted & { readonly at: 'auth'; readonly mechanism: AuthMechanism; readonly user: string | null })
  | (Begun & { readonly at: 'mail' })
  | (Begun & { readonly at: 'rcpt'; readonly to: readonly Mailbox[] })
  /** Content comes by BDAT (RFC 3030). `failed`: a chunk was refused, and so are all that follow, until RSET. */
  | (Begun & { readonly at: 'chunks'; readonly to: readonly Mailbox[]; readonly failed: boolean });

/** What the shell must do next. `junk` counts towards the limit of commands that lead nowhere; a refusal counts as an error. */
export type Effect =
  | { readonly do: 'reply'; readonly reply: Reply; readonly junk?: true; readonly close?: true }
  | { readonly do: 'refuse'; readonly reply: Reply; readonly reason: string; readonly close?: true }
  /** Ask policy; on a pass take `next` and say `ok`, on a refusal stay. */
  | { readonly do: 'judge'; readonly stage: 'helo' | 'mail' | 'rcpt'; readonly next: State; readonly ok: Reply; readonly to?: Mailbox }
  | { readonly do: 'read-content' }
  /** So many octets follow. Those of a refused chunk are read and thrown away before the refusal is said (RFC 3030 2). */
  | { readonly do: 'read-chunk'; readonly bytes: number; readonly last: boolean; readonly refusal: { readonly reply: Reply; readonly reason: string } | null }
  | { readonly do: 'start-tls' }
  | { readonly do: 'authenticate'; readonly mechanism: PasswordMechanism; readonly user: string; readonly password: string }
  /** A response in an exchange of challenges; the state stays `auth` until the shell knows how it went on. */
  | { readonly do: 'auth-turn'; readonly mechanism: DialogueMechanism; readonly response: Buffer }
  | { readonly do: 'xclient'; readonly attributes: Readonly<Record<string, string | null>> };

export interface Step {
  readonly state: State;
  readonly effect: Effect;
}

/** What the session may offer now: changes with TLS, AUTH and the next hop, not with the commands. */
export interface Offer {
  readonly hostname: string;
  readonly tls: 'none' | 'offered' | 'on';
  /** Mechanisms that may be used now; empty before TLS, after AUTH, or where there is no AUTH. */
  readonly mechanisms: readonly AuthMechanism[];
  /** There is AUTH, but only under TLS. */
  readonly authNeedsTls: boolean;
  readonly user: string | null;
  readonly maxBytes: number;
  readonly smtputf8: boolean;
  /** Every next hop takes it, as far as they were met (RFC 3461). */
  readonly dsn: boolean;
  /** So with RFC 8689, and the client speaks TLS. */
  readonly requireTls: boolean;
  /** What this client may do in one session (RFC 9422). */
  readonly limits: { readonly mailMax: number; readonly rcptMax: number };
  readonly xclient: boolean;
  readonly etrn: boolean;
}

export const fresh: State = { at: 'fresh' };

export const say = (state: State, reply: Reply): Step => ({ state, effect: { do: 'reply', reply } });
export const refuse = (state: State, reply: Reply, reason: string): Step => ({ state, effect: { do: 'refuse', reply, reason } });

/** The state after a transaction has ended or was forgotten (RSET): greeted, or fresh where nobody has said hello. */
export const withoutTransaction = (state: State): State =>
  state.at === 'fresh' ? state : { at: 'greeted', helo: state.helo, esmtp: state.esmtp, promised: state.promised };

/** A transaction with recipients whose content may still come. */
export const mayBringContent = (state: State): boolean => state.at === 'rcpt' || (state.at === 'chunks' && !state.failed);
