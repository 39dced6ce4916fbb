// What a client hears when policy refuses: code, enhanced code, few words, and the reference that `floodgate explain` finds.
// Never which rule: whoever wants to get round it would be told how. Permission and protocol are not secret and say what is wrong.
import type { Reply } from '../model/reply.ts';
import { reply } from '../model/reply.ts';
import { isRefusal, type Finding, type Stage, type Verdict } from '../model/verdict.ts';
import { withReference } from './replies.ts';

export interface AnswerContext {
  readonly stage: Stage;
  /** Of the transaction or session; the client may quote it. */
  readonly reference: string;
}

/** The reply to a verdict that refuses. Ask `isRefusal` before: there is no reply to a verdict that lets the mail pass. */
export function answerTo(verdict: Verdict, { stage, reference }: AnswerContext): Reply {
  const { decisive } = verdict;
  if (decisive === null || !isRefusal(verdict)) throw new Error(`no refusal to answer at ${stage}: ${verdict.action}`);
  const hubReply = decisive.outcome.kind === 'finding' ? decisive.outcome.hubReply : undefined;
  return withReference(hubReply === undefined ? wordsFor(decisive, stage) : cleanHubReply(hubReply), reference);
}

/** The next hop's refusal as a client may hear it: printable ASCII, at most four lines, never a 421 (that was about its connection with us). */
export function cleanHubReply(hubReply: Reply): Reply {
  const code = hubReply.code === 421 ? 451 : hubReply.code >= 400 && hubReply.code < 600 ? hubReply.code : 451;
  const digit = code >= 500 ? '5' : '4';
  // RFC 2034 4: the class digit equals the first digit of the code.
  const enhanced = hubReply.enhanced?.startsWith(digit) ? hubReply.enhanced : `${digit}.0.0`;
  // RFC 5321 4.2.1: a reply is text; what else a broken hub says must not reach a stranger's terminal or split the reply.
  const lines = hubReply.lines.slice(0, 4).map((line) => line.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, maxLineLength));
  return { code, enhanced, lines: lines.length === 0 ? ['Refused'] : lines };
}

/** Characters: with code, enhanced code and reference a line stays under the 512 octets of RFC 5321 4.5.3.1.5. */
const maxLineLength = 400;

const tooMuch = reply(452, '4.5.3', 'Too many recipients; send the rest in another message'); // RFC 5321 4.5.3.1.10

/** What permission and protocol checks say, by check and by what the configuration wants done. */
const plainWords: Readonly<Record<string, Readonly<Partial<Record<'defer' | 'reject', Reply>>>>> = {
  'relay-not-allowed': { reject: reply(554, '5.7.1', 'Relaying denied'), defer: reply(451, '4.7.1', 'Relaying cannot be decided now; try later') },
  'relay-trick': { reject: reply(550, '5.7.1', 'Source routes are not taken here'), defer: reply(450, '4.7.1', 'Recipient cannot be taken now; try later') },
  'loop-to-hub': { reject: reply(554, '5.4.6', 'Mail would go in circles'), defer: reply(451, '4.4.6', 'Mail would go in circles') },
  'different-route': {
    reject: reply(550, '5.5.3', 'Send to this recipient in a message of its own'),
    defer: reply(452, '4.5.3', 'Send to this recipient in a message of its own'),
  },
  'unknown-recipient': { reject: reply(550, '5.1.1', 'No such recipient'), defer: reply(450, '4.4.3', 'Recipient cannot be verified now; try later') },
  'too-many-recipients': { reject: reply(550, '5.5.3', 'Too many recipients'), defer: tooMuch },
  // Lossless: an honest sender sends to the others in further transactions.
  'null-sender-many-recipients': { defer: tooMuch },
  'too-many-errors': { reject: reply(421, '4.7.0', 'Too many errors'), defer: reply(421, '4.7.0', 'Too many errors') },
  'too-many-junk-commands': { reject: reply(421, '4.7.0', 'Too many commands without mail'), defer: reply(421, '4.7.0', 'Too many commands without mail') },
  'message-too-big': { reject: reply(552, '5.3.4', 'Message is too big'), defer: reply(452, '4.3.4', 'Message is too big') },
  'bad-line-ends': { reject: reply(550, '5.5.2', 'Lines must end with CRLF'), defer: reply(451, '4.5.2', 'Lines must end with CRLF') },
  // A person reads it, or the owner of the host: what is used up, and that nothing is lost by waiting.
  'over-quota': {
    reject: reply(550, '5.7.1', 'Sending quota used up; ask your postmaster'),
    defer: reply(450, '4.7.1', 'Sending quota used up; try again later, or ask your postmaster'),
  },
  'mail-loop': { reject: reply(554, '5.4.6', 'Too many hops; mail goes in circles'), defer: reply(451, '4.4.6', 'Too many hops; mail goes in circles') },
};

/** RFC 4954 6: what a server says that wants AUTH first. */
const authenticationFirst = reply(530, '5.7.0', 'Authentication required');

/** What everything else says. RFC 2034 4 has no enhanced code in a greeting; Postfix gives it there as we do, and clients show it as text. */
const policyWords: Readonly<Record<'defer' | 'reject', Readonly<Record<Stage, Reply>>>> = {
  defer: {
    connect: reply(421, '4.7.0', 'Not now; try again later'),
    helo: reply(421, '4.7.0', 'Not now; try again later'),
    mail: reply(451, '4.7.1', 'Not now; try again later'),
    rcpt: reply(450, '4.7.1', 'Not now; try again later'),
    message: reply(451, '4.7.1', 'Not now; try again later'),
  },
  reject: {
    connect: reply(554, '5.7.1', 'Refused by policy'),
    helo: reply(550, '5.7.1', 'Refused by policy'),
    mail: reply(550, '5.7.1', 'Refused by policy'),
    rcpt: reply(550, '5.7.1', 'Refused by policy'),
    message: reply(550, '5.7.1', 'Refused by policy'),
  },
};

function wordsFor({ check, action, outcome }: Finding, stage: Stage): Reply {
  const refusal = action === 'defer' ? 'defer' : 'reject';
  // Unsure is nobody's fault but ours: no word of what would be wrong if it were so.
  const mayName = outcome.kind === 'finding' || check === 'unknown-recipient' || check === 'relay-not-allowed';
  if (check === 'relay-not-allowed' && stage === 'mail' && refusal === 'reject') return authenticationFirst;
  return (mayName ? plainWords[check]?.[refusal] : undefined) ?? policyWords[refusal][stage];
}
