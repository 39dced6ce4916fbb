// AUTH as steps of the session (RFC 4954): PLAIN (RFC 4616) and LOGIN (the unregistered but universal one) are read here; responses of
// the mechanisms with challenges are handed on as they are.
import type { AuthMechanism, DialogueMechanism, PasswordMechanism } from '../../model/auth.ts';
import { replies } from '../../policy/replies.ts';
import { refuse, say, withoutTransaction, type Offer, type State, type Step } from './step.ts';

type AuthState = Extract<State, { at: 'auth' }>;

/** The AUTH command: mechanism and, perhaps, an initial response; `=` is an empty one (RFC 4954 4). */
export function beginAuth(state: State, argument: string, offer: Offer): Step {
  if (state.at !== 'greeted' || !state.esmtp) return refuse(state, replies.sayHello, 'bad-sequence');
  if (offer.user !== null) return refuse(state, replies.authAlready, 'bad-sequence');
  if (offer.authNeedsTls) return refuse(state, replies.tlsFirst, 'auth-without-tls');
  const { mechanisms } = offer;
  if (mechanisms.length === 0) return refuse(state, replies.noAuth, 'not-offered');
  const [name = '', initial, ...more] = argument.split(' ');
  const mechanism = mechanisms.find((offered) => offered === name.toUpperCase());
  if (more.length > 0) return refuse(state, replies.authMalformed, 'bad-syntax');
  if (mechanism === undefined) return refuse(state, replies.authMechanism, 'auth-mechanism');
  const begun: AuthState = { at: 'auth', helo: state.helo, esmtp: state.esmtp, promised: state.promised, mechanism, user: null };
  if (initial !== undefined) return continueAuth(begun, initial === '=' ? '' : initial);
  return say(begun, mechanism === 'LOGIN' ? replies.authUser : replies.authContinue); // in all others the client begins
}

/** A line of the exchange: base64, or `*` to give up (RFC 4954 4: the answer is 501, and it is not a failed attempt). */
export function continueAuth(state: AuthState, line: string): Step {
  const back = withoutTransaction(state);
  if (line === '*') return say(back, replies.authCancelled);
  const response = decodeBase64(line);
  if (response === null) return refuse(back, replies.authMalformed, 'bad-syntax');
  if (!isPasswordMechanism(state.mechanism)) return { state, effect: { do: 'auth-turn', mechanism: state.mechanism, response } };
  const text = utf8(response);
  if (text === null) return refuse(back, replies.authMalformed, 'bad-syntax');
  return state.mechanism === 'LOGIN' ? loginLine(state, back, text) : plainLine(back, text);
}

function loginLine(state: AuthState, back: State, text: string): Step {
  if (state.user === null) return say({ ...state, user: text }, replies.authPassword);
  return attempt(back, 'LOGIN', { user: state.user, password: text });
}

/** RFC 4616 2: authorization identity NUL authentication identity NUL password. */
function plainLine(back: State, text: string): Step {
  const [authorize, user, password, ...more] = text.split('\0');
  if (authorize === undefined || user === undefined || password === undefined || more.length > 0) return refuse(back, replies.authMalformed, 'bad-syntax');
  if (authorize !== '' && authorize !== user) return refuse(back, replies.authWrong, 'auth-as-another');
  return attempt(back, 'PLAIN', { user, password });
}

const isPasswordMechanism = (mechanism: AuthMechanism): mechanism is Exclude<AuthMechanism, DialogueMechanism> =>
  mechanism === 'PLAIN' || mechanism === 'LOGIN';

const attempt = (state: State, mechanism: PasswordMechanism, who: { readonly user: string; readonly password: string }): Step => ({
  state,
  effect: { do: 'authenticate', mechanism, ...who },
});

/** Strict base64 (RFC 4648 4); null when it is none. */
const decodeBase64 = (line: string): Buffer | null =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(line) ? Buffer.from(line, 'base64') : null;

function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
