// The order of commands, RFC 5321 4.1.4: one row a verb. A verb without a row is a 500. `misplaced` names the answer in states where
// the verb may not stand; a state it does not name is fine.
import type { Reply } from '../../model/reply.ts';
import { replies, badSyntax, bye } from '../../policy/replies.ts';
import { parseBdat } from '../../wire/smtp/bdat.ts';
import { parseMail, parseRcpt } from '../../wire/smtp/mail-command.ts';
import { parseXclient } from '../../wire/smtp/xclient.ts';
import { beginAuth } from './auth-exchange.ts';
import { ehloReply, heloReply } from './hello.ts';
import { fresh, refuse, withoutTransaction, type Offer, type Promised, type State, type Step } from './step.ts';

export interface Command {
  readonly misplaced: Readonly<Partial<Record<State['at'], Reply>>>;
  run(state: State, argument: string, offer: Offer): Step;
}

const beforeHello = { fresh: replies.sayHello } as const;
const insideTransaction = { mail: replies.nestedMail, rcpt: replies.nestedMail, chunks: replies.nestedMail } as const;

export type Verb =
  | 'EHLO'
  | 'HELO'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'RSET'
  | 'NOOP'
  | 'QUIT'
  | 'VRFY'
  | 'EXPN'
  | 'HELP'
  | 'ETRN'
  | 'STARTTLS'
  | 'AUTH'
  | 'XCLIENT';

export const commands: Readonly<Record<Verb, Command>> = {
  EHLO: {
    misplaced: {},
    run: (state, argument, offer) => hello(state, argument, { esmtp: true, ok: ehloReply(offer), promised: { dsn: offer.dsn, requireTls: offer.requireTls } }),
  },
  HELO: { misplaced: {}, run: (state, argument, offer) => hello(state, argument, { esmtp: false, ok: heloReply(offer), promised: nothing }) },
  MAIL: { misplaced: { ...beforeHello, ...insideTransaction }, run: mail },
  RCPT: { misplaced: { fresh: replies.sayHello, greeted: replies.sayMail, chunks: replies.contentBegun }, run: rcpt },
  DATA: { misplaced: { fresh: replies.sayHello, greeted: replies.sayMail, chunks: replies.contentBegun }, run: data }, // RFC 3030 2: 503 behind BDAT
  BDAT: { misplaced: {}, run: bdat }, // its octets are read wherever it stands
  RSET: {
    misplaced: {},
    run: (state, argument) => (argument === '' ? junk(withoutTransaction(state), replies.reset) : refuse(state, replies.noArgument, 'bad-syntax')),
  },
  NOOP: { misplaced: {}, run: (state) => junk(state, replies.noop) },
  QUIT: { misplaced: {}, run: (state, _argument, offer) => ({ state, effect: { do: 'reply', reply: bye(offer.hostname), close: true } }) },
  // RFC 5321 3.5.3, RFC 2505 2.11: neither tells a stranger which mailboxes exist.
  VRFY: {
    misplaced: {},
    run: (state, argument) =>
      argument === '' ? refuse(state, badSyntax(501, '5.5.4', 'VRFY needs an address'), 'bad-syntax') : junk(state, replies.cannotVerify),
  },
  EXPN: { misplaced: {}, run: (state) => refuse(state, replies.noExpand, 'not-offered') },
  HELP: { misplaced: {}, run: (state) => junk(state, replies.help) },
  ETRN: {
    misplaced: { ...beforeHello, ...insideTransaction },
    run: (state, _argument, offer) => (offer.etrn ? junk(state, replies.noMessagesWaiting) : refuse(state, replies.etrnRefused, 'etrn-not-allowed')),
  },
  STARTTLS: { misplaced: insideTransaction, run: startTls },
  AUTH: { misplaced: { ...beforeHello, mail: replies.authInMail, rcpt: replies.authInMail, chunks: replies.authInMail }, run: beginAuth },
  XCLIENT: { misplaced: { mail: replies.xclientInMail, rcpt: replies.xclientInMail, chunks: replies.xclientInMail }, run: xclient },
};

const nothing: Promised = { dsn: false, requireTls: false };
const junk = (state: State, reply: Reply): Step => ({ state, effect: { do: 'reply', reply, junk: true } });

function hello(state: State, argument: string, how: { readonly esmtp: boolean; readonly ok: Reply; readonly promised: Promised }): Step {
  const helo = argument.split(' ', 1)[0] ?? '';
  if (helo === '') return refuse(state, replies.helloNeedsName, 'bad-syntax');
  // RFC 5321 4.1.4: EHLO in the middle of a transaction is a RSET as well.
  return {
    state: withoutTransaction(state),
    effect: { do: 'judge', stage: 'helo', next: { at: 'greeted', helo: helo.slice(0, 255), esmtp: how.esmtp, promised: how.promised }, ok: how.ok },
  };
}

function mail(state: State, argument: string, offer: Offer): Step {
  if (state.at !== 'greeted') return refuse(state, replies.sayHello, 'bad-sequence');
  // RFC 5321 4.1.1.11: parameters belong to EHLO; after HELO there are none.
  const parsed = parseMail(argument, { smtputf8: offer.smtputf8 && state.esmtp, parameters: state.esmtp, prdr: true, ...state.promised });
  if (parsed.kind === 'bad') return refuse(state, badSyntax(parsed.code, parsed.enhanced, parsed.why), 'bad-syntax');
  const next: State = { ...state, at: 'mail', from: parsed.from, parameters: parsed.parameters };
  return { state, effect: { do: 'judge', stage: 'mail', next, ok: replies.senderOk } };
}

function rcpt(state: State, argument: string): Step {
  if (state.at !== 'mail' && state.at !== 'rcpt') return refuse(state, replies.sayMail, 'bad-sequence');
  const parsed = parseRcpt(argument, { smtputf8: state.parameters.smtputf8, dsn: state.promised.dsn });
  if (parsed.kind === 'bad') return refuse(state, badSyntax(parsed.code, parsed.enhanced, parsed.why), 'bad-syntax');
  const to = state.at === 'rcpt' ? [...state.to, parsed.to] : [parsed.to];
  return { state, effect: { do: 'judge', stage: 'rcpt', next: { ...state, at: 'rcpt', to }, ok: replies.recipientOk, to: parsed.to } };
}

function data(state: State, argument: string): Step {
  if (argument !== '') return refuse(state, replies.noArgument, 'bad-syntax');
  // RFC 5321 3.3: 554 where every RCPT was refused.
  if (state.at !== 'rcpt') return refuse(state, replies.noValidRecipients, 'no-valid-recipients');
  return { state, effect: { do: 'read-content' } };
}

/** RFC 3030 2. The octets behind a refused BDAT must not be taken for commands; where their number is not known, nothing behind it is. */
function bdat(state: State, argument: string): Step {
  const chunk = parseBdat(argument);
  if (chunk === null) return { state, effect: { do: 'refuse', reply: replies.chunkSize, reason: 'bad-syntax', close: true } };
  const reply = noChunkNow(state);
  if (reply !== null)
    return {
      state,
      effect: { do: 'read-chunk', ...chunk, refusal: { reply, reason: reply === replies.noValidRecipients ? 'no-valid-recipients' : 'bad-sequence' } },
    };
  return { state: state.at === 'rcpt' ? { ...state, at: 'chunks', failed: false } : state, effect: { do: 'read-chunk', ...chunk, refusal: null } };
}

/** Why no content may come; null where it may. */
function noChunkNow(state: State): Reply | null {
  if (state.at === 'fresh') return replies.sayHello;
  if (state.at === 'mail') return replies.noValidRecipients; // RFC 5321 3.3, as for DATA
  if (state.at === 'chunks') return state.failed ? replies.chunkFailed : null;
  return state.at === 'rcpt' ? null : replies.sayMail;
}

function startTls(state: State, argument: string, offer: Offer): Step {
  if (offer.tls === 'none') return refuse(state, replies.noTls, 'not-offered');
  if (offer.tls === 'on') return refuse(state, replies.tlsAlready, 'bad-sequence');
  if (argument !== '') return refuse(state, replies.noArgument, 'bad-syntax'); // RFC 3207 4
  return { state: fresh, effect: { do: 'start-tls' } };
}

function xclient(state: State, argument: string, offer: Offer): Step {
  if (!offer.xclient) return refuse(state, replies.xclientRefused, 'xclient-not-allowed');
  const parsed = parseXclient(argument);
  if (parsed.kind === 'bad') return refuse(state, badSyntax(501, '5.5.4', parsed.why), 'bad-syntax');
  return { state: fresh, effect: { do: 'xclient', attributes: parsed.attributes } };
}
