// Sendmail's two lines about a message: `from=` when it has been taken, `to=` for every try to deliver it.
import type { LruMap } from '../../../lib/lru-map.ts';
import { reading, type Reading } from '../line.ts';
import { angleAt } from './exim-host.ts';
import { bareAddress, clientIn, replyOf } from './scan.ts';

/** Recipients of one line at most: a hostile list is no reason for a million events. */
export const mostRecipients = 100;

/** A recipient that was refused in a line that names no client. */
export interface RefusedRecipient {
  readonly to: string;
  readonly reason: string;
}

/** By queue id; bounded. */
export type RefusedRecipients = LruMap<string, readonly RefusedRecipient[]>;

export function readSendmailTransaction(text: string, queueId: string, session: string | null, refused: RefusedRecipients): Reading | readonly Reading[] {
  return text.startsWith('from=') ? readFrom(text, queueId, session, refused) : readTo(text, queueId);
}

/**
 * `from=<a@b>, size=874, class=0, nrcpts=1, msgid=<...>, proto=ESMTP, daemon=MTA, relay=host [192.0.2.7]`: the relay stands last. It is also
 * whose recipients were refused before under this id.
 */
function readFrom(text: string, queueId: string, session: string | null, refused: RefusedRecipients): readonly Reading[] {
  const relayAt = text.lastIndexOf(', relay=');
  const sender = angleAt(text, 'from='.length);
  const head = relayAt < 0 ? text : text.slice(0, relayAt);
  const isEmpty = /, nrcpts=0(?:,|$)/.test(head.slice(sender?.end ?? 0));
  const known = {
    queueId,
    session,
    from: sender?.address ?? bareAddress(text.slice('from='.length, commaAt(text, 0))),
    client: relayAt < 0 ? null : clientIn(text.slice(relayAt + ', relay='.length)),
  };
  const taken = { messageId: messageIdIn(head, sender?.end ?? 0), outcome: isEmpty ? null : 'accepted' } as const;
  const offences = (refused.get(queueId) ?? []).map(({ to, reason }) =>
    reading('reject', { ...known, to, outcome: 'refused', ...replyOf(reason), reason, hostile: true }),
  );
  refused.delete(queueId);
  return [reading(isEmpty ? 'notice' : 'accept', { ...known, ...taken }), ...offences];
}

function messageIdIn(head: string, from: number): string | null {
  const at = head.indexOf(', msgid=', from);
  if (at < 0) return null;
  const start = at + ', msgid='.length;
  const angle = angleAt(head, start);
  return angle === null ? head.slice(start, commaAt(head, start)) : angle.address;
}

function commaAt(text: string, from: number): number {
  const at = text.indexOf(', ', from);
  return at < 0 ? text.length : at;
}

/** `to=<a@b>,<c@d>, delay=..., mailer=esmtp, relay=mx [198.51.100.2], dsn=2.0.0, stat=Sent (250 2.0.0 OK)`: the relay is the next hop. */
function readTo(text: string, queueId: string): Reading | readonly Reading[] {
  const { recipients, end } = recipientsOf(text);
  const statAt = text.indexOf(', stat=', end);
  const reason = statAt < 0 ? null : text.slice(statAt + ', stat='.length);
  const dsn = /, dsn=([245]\.\d{1,3}\.\d{1,3})/.exec(text.slice(end, statAt < 0 ? undefined : statAt))?.[1] ?? null;
  const inWords = /(?:^|\(|said: )(?=[245]\d\d[ -])/.exec(reason ?? '');
  const reply = inWords === null || reason === null ? replyOf('') : replyOf(reason.slice(inWords.index + inWords[0].length));
  const facts = { queueId, outcome: outcomeOf(reason, dsn), replyCode: reply.replyCode, status: dsn ?? reply.status, reason } as const;
  if (recipients.length === 0) return reading('delivery', facts);
  return recipients.map((to) => reading('delivery', { ...facts, to }));
}

function recipientsOf(text: string): { readonly recipients: readonly string[]; readonly end: number } {
  const recipients: string[] = [];
  let at = 'to='.length;
  while (recipients.length < mostRecipients) {
    const angle = angleAt(text, at);
    const end = angle?.end ?? wordEnd(text, at);
    const address = angle?.address ?? text.slice(at, end);
    if (address !== '') recipients.push(address);
    at = end;
    if (text.charAt(at) !== ',' || text.charAt(at + 1) === ' ') break;
    at++;
  }
  return { recipients, end: at };
}

function wordEnd(text: string, from: number): number {
  const at = text.indexOf(',', from);
  return at < 0 ? text.length : at;
}

function outcomeOf(reason: string | null, dsn: string | null): Reading['outcome'] {
  if (reason === null) return null;
  if (reason.startsWith('Sent')) return 'delivered';
  if (reason.startsWith('queued')) return 'deferred';
  if (reason.startsWith('Deferred') || dsn?.startsWith('4')) return 'deferred';
  if (/^(?:Message could not be delivered for|Warning)/.test(reason)) return 'expired';
  return 'bounced';
}
