// AUTH as the shell performs it: asks those who know the users, one thing at a time, and says what came of it.
import type { AuthDialogue, AuthPeer, AuthService, AuthTurn } from '../../model/auth.ts';
import type { Reply } from '../../model/reply.ts';
import { authChallenge, replies } from '../../policy/replies.ts';
import type { Conversation } from './conversation.ts';
import type { DoorServices } from './services.ts';
import type { Effect } from './step.ts';

/** Rounds of one exchange; no mechanism of ours needs more than three. */
const MAX_TURNS = 8;

type AuthEffect = Extract<Effect, { do: 'authenticate' | 'auth-turn' }>;

/** What the client hears: a challenge, that it is let in, or that it is not; `counts` towards the failures of the session. */
export type AuthOutcome =
  | { readonly kind: 'challenge'; readonly reply: Reply }
  | { readonly kind: 'accepted'; readonly user: string; readonly reply: Reply }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly reason: string; readonly counts: boolean };

export class Authenticating {
  #dialogue: AuthDialogue | null = null;
  #turns = 0;

  /** Performs a step of AUTH, and records the exchange that has come to its end. */
  perform(effect: AuthEffect, conversation: Conversation, { auth, record }: Pick<DoorServices, 'auth' | 'record'>): AuthOutcome | Promise<AuthOutcome> {
    if (auth === null) return { kind: 'refused', reply: replies.noAuth, reason: 'not-offered', counts: false };
    const peer = authPeerOf(conversation);
    const answer = (turn: AuthTurn): AuthOutcome => {
      if (turn.kind === 'challenge' && this.#turns < MAX_TURNS) return { kind: 'challenge', reply: authChallenge(turn.text) };
      const end = endOf(turn);
      this.cancel();
      record({
        type: 'auth-tried',
        session: conversation.id,
        ip: conversation.client.ip,
        mechanism: effect.mechanism,
        user: end.user.slice(0, 255),
        ok: end.kind === 'accepted',
        why: end.kind === 'refused' ? end.why : '',
        ...secretOf(effect, auth),
      });
      return end.kind === 'accepted' ? { kind: 'accepted', user: end.user, reply: replies.authenticated } : refusals[end.why];
    };
    if (effect.do === 'authenticate') {
      const { user, password } = effect;
      return auth
        .verify(user, password, peer)
        .then((result) => answer(result.ok ? { kind: 'accepted', user: result.user } : { kind: 'refused', why: result.why, user }));
    }
    this.#dialogue ??= auth.begin(effect.mechanism, peer);
    this.#turns += 1;
    const turn = this.#dialogue.next(effect.response);
    return turn instanceof Promise ? turn.then(answer) : answer(turn);
  }

  /** The client has given up, has said something else, or is gone. */
  cancel(): void {
    this.#dialogue?.cancel();
    this.#dialogue = null;
    this.#turns = 0;
  }
}

/** What is kept of the password, of mechanisms that show it. */
function secretOf(effect: AuthEffect, auth: Pick<AuthService, 'triedPassword'>): { readonly secret?: string } {
  if (effect.do !== 'authenticate') return {};
  const secret = auth.triedPassword?.(effect.user, effect.password);
  return secret === undefined ? {} : { secret };
}

/** An exchange of too many rounds is none of ours. */
const endOf = (turn: AuthTurn): Exclude<AuthTurn, { kind: 'challenge' }> =>
  turn.kind === 'challenge' ? { kind: 'refused', why: 'malformed', user: '' } : turn;

const refusals = {
  wrong: { kind: 'refused', reply: replies.authWrong, reason: 'auth-wrong', counts: true },
  malformed: { kind: 'refused', reply: replies.authMalformed, reason: 'bad-syntax', counts: false },
  unavailable: { kind: 'refused', reply: replies.authUnavailable, reason: 'auth-unavailable', counts: false },
} as const satisfies Readonly<Record<string, AuthOutcome>>;

/** Who asks, for those who know the users. */
export function authPeerOf({ client, tls, proof }: Conversation): AuthPeer {
  const { ip, port, localIp, localPort } = client;
  return { ip, port, localIp, localPort, secured: tls !== null, binding: proof?.binding ?? null, certificate: proof?.certificate ?? null };
}
