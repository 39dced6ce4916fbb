// Exim's lines about one message: arrival `<=`, delivery `=>` and its kin, `**`, `==`, Completed.
import { reading, type Reading } from '../line.ts';
import { addressEnd, angleAt, hostAt } from './exim-host.ts';
import { bareAddress, replyOf, type Reply } from './scan.ts';

/** The reading of a line whose message id has been taken off; null when it is of another kind. */
export function readMessageLine(text: string, queueId: string): Reading | readonly Reading[] | null {
  const mark = text.slice(0, 3);
  switch (mark) {
    case '<= ':
    case '(= ':
      return arrival(text, queueId, mark === '<= ');
    case '=> ':
    case '-> ':
    case '>> ':
    case '*> ':
      return delivery(text, queueId);
    case '** ':
      return failure(text, queueId);
    case '== ':
      return delay(text, queueId);
    default:
      return text.startsWith('Completed') ? reading('notice', { queueId, ends: true, reason: 'Completed' }) : null;
  }
}

/** `<= sender H=host P=protocol A=method:user S=size id=message-id T="subject" for recipients`; `(=` is a message refused after all. */
function arrival(text: string, queueId: string, isTaken: boolean): Reading | readonly Reading[] {
  const senderEnd = addressEnd(text, 3);
  // What stands behind P= (message id, subject) is the sender's text.
  const protocol = text.indexOf(' P=', senderEnd);
  const host = text.startsWith(' H=', senderEnd) ? hostAt(text, senderEnd + 1, protocol < 0 ? text.length : protocol) : null;
  const id = valueAfter(text, ' id=', senderEnd);
  const facts = {
    queueId,
    from: bareAddress(text.slice(3, senderEnd)),
    client: host?.client ?? null,
    user: userOf(valueAfter(text, ' A=', host?.end ?? senderEnd)),
    messageId: id,
    outcome: isTaken ? 'accepted' : 'refused',
  } as const;
  const to = recipientsOf(text, senderEnd);
  const type = isTaken ? 'accept' : 'reject';
  return to.length === 0 ? reading(type, facts) : to.map((one) => reading(type, { ...facts, to: one }));
}

/** `A=login:joe` or `A=plain`: what stands behind the colon is the user who proved to be one. */
function userOf(method: string | null): string | null {
  const colon = method === null ? -1 : method.indexOf(':');
  return method === null || colon < 0 ? null : method.slice(colon + 1) || null;
}

function valueAfter(text: string, mark: string, from: number): string | null {
  const at = text.indexOf(mark, from);
  if (at < 0) return null;
  const start = at + mark.length;
  const end = text.indexOf(' ', start);
  return (end < 0 ? text.slice(start) : text.slice(start, end)) || null;
}

/** With `+received_recipients` the line ends in ` for a b c`; the subject before it is in quotes and may hold the word as well. */
function recipientsOf(text: string, from: number): readonly string[] {
  const subjectEnd = text.includes(' T="', from) ? text.lastIndexOf('" ') : from;
  const at = subjectEnd < 0 ? -1 : text.indexOf(' for ', subjectEnd);
  if (at < 0) return [];
  return text
    .slice(at + 5)
    .split(' ')
    .filter((one) => one.includes('@'))
    .slice(0, 100);
}

/** `=> local <user@hub.example> R=router T=transport H=host [address] C="250 OK"`: the host is the next hop, not the client. */
function delivery(text: string, queueId: string): Reading {
  const { to, end } = recipientAt(text);
  const confirmed = text.indexOf(' C="', end);
  const words = confirmed < 0 ? null : text.slice(confirmed + 4, quoteEnd(text, confirmed + 4));
  const from = text.startsWith(' F=<', end) ? angleAt(text, end + 3) : null;
  return reading('delivery', {
    queueId,
    to,
    ...(from === null ? {} : { from: from.address }),
    outcome: 'delivered',
    ...(words === null ? {} : { ...replyOf(words), reason: words }),
  });
}

function quoteEnd(text: string, from: number): number {
  const end = text.indexOf('"', from);
  return end < 0 ? text.length : end;
}

/** `** a@b R=router T=transport H=host [address]: SMTP error from remote mail server after RCPT TO:<a@b>: 550 No such user`. */
function failure(text: string, queueId: string): Reading {
  const { to, end } = recipientAt(text);
  const reason = reasonAfter(text, end);
  return reading('delivery', {
    queueId,
    to,
    outcome: reason.includes('retry timeout exceeded') ? 'expired' : 'bounced',
    ...remoteReply(reason),
    reason,
  });
}

/** `== a@b R=router T=transport defer (-44): reason`. */
function delay(text: string, queueId: string): Reading {
  const { to, end } = recipientAt(text);
  const reason = reasonAfter(text, end);
  return reading('delivery', { queueId, to, outcome: 'deferred', ...remoteReply(reason), reason });
}

/** The words behind the fields: behind `: ` after the last field that Exim writes (an IPv6 address holds colons without spaces). */
function reasonAfter(text: string, from: number): string {
  const defer = text.indexOf(' defer (', from);
  const at = text.indexOf(': ', defer < 0 ? from : defer);
  return (at < 0 ? text.slice(from) : text.slice(at + 2)).trim();
}

/** The reply of the remote server within Exim's words. */
function remoteReply(reason: string): Reply {
  const found = /(?:^|: )(?=[45]\d\d[ -])/.exec(reason);
  return found === null ? replyOf('') : replyOf(reason.slice(found.index + found[0].length));
}

/** The envelope recipient: the address in angle brackets where the line gives one behind what it became, else what stands first. */
function recipientAt(text: string): { readonly to: string | null; readonly end: number } {
  const fields = text.search(/ [A-Z]{1,3}=| : | defer \(|: /);
  const head = fields < 0 ? text.slice(3) : text.slice(3, fields);
  const end = fields < 0 ? text.length : fields;
  const open = head.lastIndexOf(' <');
  const angle = open < 0 ? null : angleAt(head, open + 1);
  const to = angle === null ? bareAddress(head) : angle.address;
  return { to: to.includes('@') ? to : null, end };
}
