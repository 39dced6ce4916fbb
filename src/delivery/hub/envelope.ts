// MAIL and RCPT for the next hop (RFC 5321 4.1.1.2, 4.1.1.3), and the proof that what strangers wrote cannot become a command.
import type { DeliveryRequest } from '../../model/delivery.ts';
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import { reply, type Reply } from '../../model/reply.ts';
import type { EhloCapabilities } from '../../wire/smtp/ehlo.ts';

/** MAIL with the parameters that the hub offers. `bytes`: headers and content in wire form, a little more than without the stuffing. */
export function mailCommand(from: Sender, parameters: DeliveryRequest['parameters'], hub: EhloCapabilities, bytes: number): string {
  let command = `MAIL FROM:<${from?.text ?? ''}>`;
  if (hub.keywords.has('SIZE')) command += ` SIZE=${bytes}`; // RFC 1870 6
  // RFC 6152 3 would have us convert for a hub without it, which breaks signatures; every hub of today takes the octets.
  if (parameters.body === '8BITMIME' && hub.eightBitMime) command += ' BODY=8BITMIME';
  if (parameters.smtputf8) command += ' SMTPUTF8';
  if (parameters.requireTls) command += ' REQUIRETLS';
  if (hub.dsn && parameters.ret !== undefined) command += ` RET=${parameters.ret}`;
  if (hub.dsn && parameters.envid !== undefined) command += ` ENVID=${parameters.envid}`;
  return command;
}

/** RCPT; with what the sender wants to be told where a hub is given that takes it (RFC 3461). A probe wants nothing. */
export function rcptCommand({ text, notify, orcpt }: Mailbox, hub?: EhloCapabilities): string {
  let command = `RCPT TO:<${text}>`;
  if (hub?.dsn && notify !== undefined) command += ` NOTIFY=${notify}`;
  if (hub?.dsn && orcpt !== undefined) command += ` ORCPT=${orcpt}`;
  return command;
}

/** Why the envelope cannot be sent on: a value that would end before its end. The door's parser lets none through; null is the rule. */
export function unsafeEnvelope({
  from,
  recipients,
  parameters,
}: Pick<DeliveryRequest, 'from' | 'recipients' | 'parameters'>): { readonly at: 'mail' | 'rcpt'; readonly hubReply: Reply } | null {
  const { smtputf8, envid = '' } = parameters;
  if (!isSafeValue(envid)) return { at: 'mail', hubReply: reply(501, '5.5.4', 'ENVID cannot be sent on') };
  if (!recipients.every(({ notify = '', orcpt = '' }) => isSafeValue(notify) && isSafeValue(orcpt)))
    return { at: 'rcpt', hubReply: reply(501, '5.5.4', 'Parameter cannot be sent on') };
  if (from !== null && !isSafePath(from.text, smtputf8)) return { at: 'mail', hubReply: reply(553, '5.1.7', 'Sender address cannot be sent on') };
  if (!recipients.every(({ text }) => isSafePath(text, smtputf8))) return { at: 'rcpt', hubReply: reply(553, '5.1.3', 'Recipient address cannot be sent on') };
  return null;
}

/** The value of a parameter (RFC 5321 4.1.2 esmtp-value): nothing that ends it or the command. */
const isSafeValue = (value: string): boolean => /^[^\p{C}\p{Z}=]*$/u.test(value);

/** The text of a path between angle brackets that stays between them: no control character; blanks and brackets in quotes only. */
export function isSafePath(text: string, utf8: boolean): boolean {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f || (unit > 0x7f && !utf8)) return false;
    if (quoted && unit === backslash) i += 1;
    else if (unit === quote) quoted = !quoted;
    else if (!quoted && (unit === 0x20 || unit === 0x3c || unit === 0x3e)) return false;
    // The escaped character is looked at as well: a backslash must not carry a line break past this check.
    if (quoted && unit === backslash && !(text.charCodeAt(i) >= 0x20 && text.charCodeAt(i) !== 0x7f)) return false;
  }
  return !quoted && text.length > 0;
}

const quote = 0x22;
const backslash = 0x5c;

/** Complete header lines, that do not end the header or the message: they hold what strangers said in HELO. */
export const isHeaderBlock = (text: string): boolean => text === '' || (text.endsWith('\r\n') && !/^[\r\n.]|\n[\r\n.]|\r(?!\n)|(?<!\r)\n|\0/.test(text));
