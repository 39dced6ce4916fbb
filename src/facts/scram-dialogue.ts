// One SCRAM exchange: first message, salt, proof, signature, and the empty response that ends it (SMTP has no room for the signature
// beside 235, RFC 4954 4 and RFC 4422 3.6).
import { authMessageOf, expectedBinding, isProof, parseClientFinal, parseClientFirst, serverFinal, serverFirst, type ClientFirst } from '../wire/sasl/scram.ts';
import type { AuthDialogue, AuthTurn } from '../model/auth.ts';
import type { ScramAccount } from './scram-account.ts';

export interface ScramOptions {
  /** The mechanism is SCRAM-SHA-256-PLUS. */
  readonly plus: boolean;
  /** The connection's tls-exporter (RFC 9266), where there is one: then -PLUS was offered. */
  readonly binding: Buffer | null;
  /** Ours; as hard to guess as it is long. */
  readonly nonce: string;
  readonly accountOf: (name: string) => Promise<ScramAccount>;
  /** Runs the costly part in its turn; null when there is no room. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T | null>;
}

interface Begun {
  readonly first: ClientFirst;
  readonly account: ScramAccount;
  /** What the client must send back. */
  readonly nonce: string;
  readonly said: string;
}

type Stand = { readonly at: 'first' | 'over' } | ({ readonly at: 'final' } & Begun) | { readonly at: 'end'; readonly user: string };

const challenge = (text: string): AuthTurn => ({ kind: 'challenge', text: Buffer.from(text) });

export function createScramDialogue(options: ScramOptions): AuthDialogue {
  let stand: Stand = { at: 'first' };

  async function first(text: string): Promise<AuthTurn> {
    const message = parseClientFirst(text);
    if (message === null) return { kind: 'refused', why: 'malformed', user: '' };
    const { user } = message;
    if (!mayBind(message, options) || (message.authorize !== null && message.authorize !== user)) return { kind: 'refused', why: 'wrong', user };
    const account = await options.accountOf(user);
    const nonce = message.nonce + options.nonce;
    const said = serverFirst(nonce, account.salt, account.iterations);
    stand = { at: 'final', first: message, account, nonce, said };
    return challenge(said);
  }

  async function final(text: string, { first: message, account, nonce, said }: Begun): Promise<AuthTurn> {
    const { user } = message;
    const answer = parseClientFinal(text);
    if (answer === null || answer.nonce !== nonce) return { kind: 'refused', why: 'malformed', user };
    const keys = await options.inTurn(() => account.keys());
    if (keys === null) return { kind: 'refused', why: 'unavailable', user };
    const authMessage = authMessageOf(message, said, answer);
    const fits = isProof(keys, authMessage, answer.proof);
    // Another binding than ours: somebody stands between, and the proof is that of his connection.
    if (!fits || account.user === null || !answer.binding.equals(expectedBinding(message, options.binding))) return { kind: 'refused', why: 'wrong', user };
    stand = { at: 'end', user: account.user };
    return challenge(serverFinal(keys, authMessage));
  }

  return {
    async next(response) {
      const here = stand;
      stand = { at: 'over' };
      const text = response.toString('utf8');
      try {
        if (here.at === 'first') return await first(text);
        if (here.at === 'final') return await final(text, here);
        if (here.at === 'end' && text === '') return { kind: 'accepted', user: here.user };
        return { kind: 'refused', why: 'malformed', user: here.at === 'end' ? here.user : '' };
      } catch {
        return { kind: 'refused', why: 'unavailable', user: here.at === 'final' ? here.first.user : '' };
      }
    },
    cancel: () => {
      stand = { at: 'over' };
    },
  };
}

/** RFC 5802 6: -PLUS goes with a binding and nothing else does; who says that we have none, though we offered it, was lied to. */
function mayBind({ binding }: ClientFirst, { plus, binding: ours }: ScramOptions): boolean {
  if (plus) return ours !== null && binding.kind === 'used' && binding.type === 'tls-exporter';
  return binding.kind === 'none' || (binding.kind === 'unused' && ours === null);
}
