// AUTH PLAIN (RFC 4616) and LOGIN (the unregistered but universal one) as steps of the session (RFC 4954).
import { replies } from '../../policy/replies.ts';
import { refuse, say, withoutTransaction, type Offer, type State, type Step } from './step.ts';

type AuthState = Extract<State, { at: 'auth' }>;

/** The AUTH command: mechanism and, perhaps, an initial response; `=` is an empty one (RFC 4954 4). */
export function beginAuth(state: State, argument: string, offer: Offer): Step {
  if (state.at !== 'greeted' || !state.esmtp) return refuse(state, replies.sayHello, 'bad-sequence');
  if (offer.user !== null) return refuse(state, replies.authAlready, 'bad-sequence');
  if (offer.authNeedsTls) return refuse(state, replies.tlsFirst, 'auth-without-tls');
  if (offer.mechanisms.length === 0) return refuse(state, replies.noAuth, 'not-offered');
  const [name = '', initial, ...more] = argument.split(' ');
  const mechanism = name.toUpperCase();
  if (more.length > 0) return refuse(state, replies.authMalformed, 'bad-syntax');
  if ((mechanism !== 'PLAIN' && mechanism !== 'LOGIN') || !offer.mechanisms.includes(mechanism)) return refuse(state, replies.authMechanism, 'auth-mechanism');
  const begun: AuthState = { at: 'auth', helo: state.helo, esmtp: state.esmtp, promised: state.promised, mechanism, user: null };
  if (initial !== undefined) return continueAuth(begun, initial === '=' ? '' : initial);
  return say(begun, mechanism === 'PLAIN' ? replies.authContinue : replies.authUser);
}

/** A line of the exchange: base64, or `*` to give up (RFC 4954 4: the answer is 501, and it is not a failed attempt). */
export function continueAuth(state: AuthState, line: string): Step {
  const back = withoutTransaction(state);
  if (line === '*') return say(back, replies.authCancelled);
  const text = decodeBase64(line);
  if (text === null) return refuse(back, replies.authMalformed, 'bad-syntax');
  if (state.mechanism === 'LOGIN') {
    if (state.user === null) return say({ ...state, user: text }, replies.authPassword);
    return attempt(back, 'LOGIN', { user: state.user, password: text });
  }
  // RFC 4616 2: authorization identity NUL authentication identity NUL password.
  const [authorize, user, password, ...more] = text.split('\0');
  if (authorize === undefined || user === undefined || password === undefined || more.length > 0) return refuse(back, replies.authMalformed, 'bad-syntax');
  if (authorize !== '' && authorize !== user) return refuse(back, replies.authWrong, 'auth-as-another');
  return attempt(back, 'PLAIN', { user, password });
}

const attempt = (state: State, mechanism: 'PLAIN' | 'LOGIN', who: { readonly user: string; readonly password: string }): Step => ({ state, effect: { do: 'authenticate', mechanism, ...who } });

/** Strict base64 (RFC 4648 4) holding UTF-8; null when it is neither. */
function decodeBase64(line: string): string | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(line)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'base64'));
  } catch {
    return null;
  }
}
