// The answers to EHLO and HELO: what this session is offered (RFC 5321 4.1.1.1).
import { reply, type Reply } from '../../model/reply.ts';
import type { Offer } from './step.ts';

/** RFC 5321 4.1.1.1: no enhanced codes here (RFC 2034 3). VRFY, ETRN, BINARYMIME and XFORWARD are offered to nobody. */
export function ehloReply(offer: Offer): Reply {
  const lines = [offer.hostname, 'PIPELINING', `SIZE ${offer.maxBytes}`, '8BITMIME', 'ENHANCEDSTATUSCODES', 'CHUNKING', 'PRDR'];
  lines.push(`LIMITS MAILMAX=${offer.limits.mailMax} RCPTMAX=${offer.limits.rcptMax}`); // RFC 9422 4
  if (offer.smtputf8) lines.push('SMTPUTF8');
  if (offer.dsn) lines.push('DSN');
  if (offer.requireTls) lines.push('REQUIRETLS');
  if (offer.tls === 'offered') lines.push('STARTTLS');
  if (offer.mechanisms.length > 0) lines.push(`AUTH ${offer.mechanisms.join(' ')}`);
  if (offer.xclient) lines.push('XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT');
  return { code: 250, enhanced: null, lines };
}

export const heloReply = (offer: Offer): Reply => reply(250, null, offer.hostname);
