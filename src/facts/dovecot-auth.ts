// AUTH checked by a Dovecot, over its authentication socket. Mechanisms are handed on as they are; Dovecot says who the user is.
import { createFairQueue } from '../lib/fair-queue.ts';
import { networkOf } from '../lib/ip.ts';
import type { AuthDialogue, AuthMechanism, AuthPeer, AuthService, AuthTurn } from '../model/auth.ts';
import { DovecotLink, type DovecotAnswer, type DovecotLinkOptions } from './dovecot-link.ts';

export interface DovecotAuth extends AuthService {
  close(): void;
}

export interface DovecotAuthOptions extends Omit<DovecotLinkOptions, 'answerMs'> {
  /** In milliseconds; see DovecotLinkOptions. */
  readonly answerMs?: number;
  /** Requests under way, and such that wait; Dovecot holds back refusals, so that many are under way at a time. */
  readonly atOnce?: number;
  readonly maxWaiting?: number;
}

/** Before the first greeting: what every Dovecot has. */
const usual = ['PLAIN'];
const longestName = 255;
const longestPassword = 1024;

/** Opens the socket at once; where nobody answers, every attempt is `unavailable` until somebody does. */
export function createDovecotAuth({ atOnce = 128, maxWaiting = 256, answerMs = 20_000, ...options }: DovecotAuthOptions): DovecotAuth {
  const link = new DovecotLink({ ...options, answerMs });
  const queue = createFairQueue({ atOnce, maxWaiting });
  const inTurn = (peer: AuthPeer, ask: () => Promise<AuthTurn>, user: string): Promise<AuthTurn> =>
    queue.run(networkOf(peer.ip, 24, 48), ask).then(
      (turn) => turn ?? unavailable(user),
      () => unavailable(user),
    );

  return {
    mechanisms() {
      const known = link.mechanisms ?? usual;
      const scram: readonly AuthMechanism[] = known.includes('SCRAM-SHA-256') ? ['SCRAM-SHA-256'] : [];
      return known.includes('PLAIN') ? [...scram, 'PLAIN', 'LOGIN'] : scram;
    },
    async verify(name, password, peer) {
      if (name.length > longestName || password.length > longestPassword || name === '' || password === '') return { ok: false, why: 'wrong' };
      // LOGIN holds nothing that PLAIN does not: Dovecot is asked in one round (RFC 4616).
      const ask = async (): Promise<AuthTurn> => turnOf((await link.begin('PLAIN', peer, Buffer.from(`\0${name}\0${password}`))).answer, name);
      const turn = await inTurn(peer, ask, name);
      if (turn.kind === 'accepted') return { ok: true, user: turn.user };
      return { ok: false, why: turn.kind === 'refused' && turn.why !== 'unavailable' ? 'wrong' : 'unavailable' };
    },
    begin: (mechanism, peer) => passThrough(link, mechanism, peer, (ask) => inTurn(peer, ask, '')),
    close: () => link.close(),
  };
}

/** One exchange as Dovecot leads it. */
function passThrough(link: DovecotLink, mechanism: string, peer: AuthPeer, inTurn: (ask: () => Promise<AuthTurn>) => Promise<AuthTurn>): AuthDialogue {
  let open: { readonly id: number; readonly generation: number } | null = null;

  async function first(response: Buffer): Promise<AuthTurn> {
    const { id, answer } = await link.begin(mechanism, peer, response);
    if (answer?.kind === 'challenge') open = { id, generation: link.generation };
    return turnOf(answer, '');
  }

  async function more({ id, generation }: { readonly id: number; readonly generation: number }, response: Buffer): Promise<AuthTurn> {
    if (generation !== link.generation) return unavailable('');
    const answer = await link.proceed(id, response);
    if (answer?.kind !== 'challenge') open = null;
    return turnOf(answer, '');
  }

  return {
    next: (response) => {
      const request = open;
      return inTurn(() => (request === null ? first(response) : more(request, response)));
    },
    cancel: () => {
      if (open !== null && open.generation === link.generation) link.cancel(open.id);
      open = null;
    },
  };
}

const unavailable = (user: string): AuthTurn => ({ kind: 'refused', why: 'unavailable', user });

function turnOf(answer: DovecotAnswer, claimed: string): AuthTurn {
  if (answer === null) return unavailable(claimed);
  if (answer.kind === 'challenge') return { kind: 'challenge', text: answer.text };
  const user = answer.fields.get('user') ?? claimed;
  if (answer.kind === 'ok') return isName(user) ? { kind: 'accepted', user } : unavailable(claimed);
  // A user database that is away says nothing of the password.
  const isTemporary = answer.fields.has('temp') || answer.fields.get('code') === 'temp_fail';
  return { kind: 'refused', why: isTemporary ? 'unavailable' : 'wrong', user };
}

/** Whatever its database holds: the name goes into events, quotas and headers. */
const isName = (name: string): boolean => name !== '' && name.length <= longestName && !/[\s\p{Cc}]/u.test(name);
