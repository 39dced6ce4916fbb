// The fixed replies of the protocol itself, in one place. Refusals that rest on a verdict are made in answer.ts.
import { reply, type Reply } from '../model/reply.ts';

/** Replies without anything to fill in, by what they say. Enhanced codes: RFC 3463, RFC 2034; none on 354 and the greeting. */
export const replies = {
  reset: reply(250, '2.0.0', 'Forgotten'),
  noop: reply(250, '2.0.0', 'Still here'),
  senderOk: reply(250, '2.1.0', 'Sender ok'),
  recipientOk: reply(250, '2.1.5', 'Recipient ok'),
  startData: reply(354, null, 'Send the message, end with a line of one dot'),
  /** draft-hall-prdr: an answer for each recipient follows, then one for the whole. */
  answersFollow: reply(353, null, 'Content analysis has started'),
  readyForTls: reply(220, '2.0.0', 'Ready to start TLS'),
  authenticated: reply(235, '2.7.0', 'Authenticated'),
  authContinue: reply(334, null, ''),
  authUser: reply(334, null, 'VXNlcm5hbWU6'),
  authPassword: reply(334, null, 'UGFzc3dvcmQ6'),
  /** RFC 5321 3.5.3: neither confirmed nor denied. */
  cannotVerify: reply(252, '2.1.5', 'Cannot verify; send some mail, it will be tried'),
  noExpand: reply(502, '5.5.1', 'EXPN is not offered'),
  help: { code: 214, enhanced: '2.0.0', lines: ['This is a mail gateway. RFC 5321 tells the commands.', 'For people: write to postmaster.'] },
  /** RFC 1985 5.2: nothing is queued here, so nothing waits. */
  noMessagesWaiting: reply(251, '2.0.0', 'No messages waiting'),
  etrnRefused: reply(458, '4.7.1', 'ETRN is not for this network'),
  unknownCommand: reply(500, '5.5.2', 'Command not recognized'),
  lineTooLong: reply(500, '5.5.2', 'Command line too long'),
  lineMalformed: reply(500, '5.5.2', 'Command lines end with CRLF and hold no control characters'),
  sayHello: reply(503, '5.5.1', 'Send EHLO first'),
  nestedMail: reply(503, '5.5.1', 'A message is already begun; RSET forgets it'),
  sayMail: reply(503, '5.5.1', 'Send MAIL first'),
  /** RFC 3030 2: after BDAT only BDAT goes on, or RSET. */
  contentBegun: reply(503, '5.5.1', 'The message has begun to come by BDAT; RSET forgets it'),
  chunkFailed: reply(503, '5.5.1', 'A chunk before this one was refused; RSET forgets the message'),
  chunkSize: reply(501, '5.5.4', 'Syntax: BDAT size [LAST]; goodbye, nobody knows how much follows'),
  noValidRecipients: reply(554, '5.5.1', 'No valid recipients'),
  helloNeedsName: reply(501, '5.5.4', 'Say your host name'),
  noArgument: reply(501, '5.5.4', 'This command takes no argument'),
  noTls: reply(502, '5.5.1', 'STARTTLS is not offered'),
  tlsAlready: reply(503, '5.5.1', 'TLS is already on'),
  /** RFC 3207 4; CVE-2011-0411: whatever was sent behind STARTTLS would otherwise be taken as said under TLS. */
  tlsInjection: reply(554, '5.5.0', 'Nothing may follow STARTTLS in the same packet'),
  tlsUnavailable: reply(454, '4.7.0', 'TLS is not available for the moment'),
  tlsFirst: reply(538, '5.7.11', 'Encryption is needed before AUTH: send STARTTLS first'),
  noAuth: reply(502, '5.5.1', 'AUTH is not offered'),
  authAlready: reply(503, '5.5.1', 'Already authenticated'),
  authInMail: reply(503, '5.5.1', 'AUTH is not allowed during a message'),
  authMechanism: reply(504, '5.5.4', 'Mechanism not offered'),
  authMalformed: reply(501, '5.5.2', 'Not understood; base64 is expected'),
  authCancelled: reply(501, '5.0.0', 'AUTH cancelled'),
  authWrong: reply(535, '5.7.8', 'Wrong user name or password'),
  authUnavailable: reply(454, '4.7.0', 'Passwords cannot be checked for the moment; try later'),
  xclientRefused: reply(550, '5.7.1', 'XCLIENT is not for this client'),
  xclientInMail: reply(503, '5.5.1', 'XCLIENT is not allowed during a message'),
  tooBig: reply(552, '5.3.4', 'Message too big'), // RFC 1870 6.3
  storageFull: reply(452, '4.3.1', 'No room for the message for the moment; try later'),
  spoolFailed: reply(451, '4.3.0', 'Could not be kept here for the moment; try later'),
  /** The hub has this very message from an earlier try, whose client went before the answer. */
  stillUnderWay: reply(451, '4.4.5', 'An earlier try of this message is still under way; try again'),
  drainClosing: reply(421, '4.3.2', 'Going down for a moment; try again'),
  timedOut: reply(421, '4.4.2', 'Waited too long'),
  tooSlow: reply(421, '4.4.2', 'The content came too slowly'),
  contentEndless: reply(421, '4.3.4', 'Far more content than the limit'),
  ownFault: reply(421, '4.3.0', 'Something went wrong here; try later'),
  tooManyMessages: reply(421, '4.7.0', 'Enough messages for one session; connect again'),
} as const satisfies Readonly<Record<string, Reply>>;

/** The greeting (RFC 5321 4.3.1): no enhanced code. */
export const greeting = (hostname: string): Reply => reply(220, null, `${hostname} ESMTP Floodgate`);
export const bye = (hostname: string): Reply => reply(221, '2.0.0', `${hostname} closes`);
/** A challenge of AUTH (RFC 4954 4). */
export const authChallenge = (text: Buffer): Reply => reply(334, null, text.toString('base64'));
/** Syntax that a parser refused; `why` is ours, never the client's text. */
export const badSyntax = (code: number, enhanced: string, why: string): Reply => reply(code, enhanced, why);

/** Adds the reference that `floodgate explain` finds to the last line of a refusal. */
export const withReference = (answer: Reply, reference: string): Reply => ({
  ...answer,
  lines: answer.lines.map((line, index) => (index === answer.lines.length - 1 ? `${line} (ref ${reference})` : line)),
});
