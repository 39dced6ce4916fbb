// What header and envelope say of the sender: a program or a person, a list, a mail server that reports.
import type { HeaderFields } from '../../model/understanding.ts';
import { firstAddress } from './address-text.ts';
import { fieldOf, startOfField } from './header.ts';
import { fold } from './phrases.ts';
import { daemonLocalPart, daemonLocals, daemonNames } from './rules/daemon-names.ts';

export interface SenderSigns {
  /** Sent by a program (RFC 3834 or its signs). */
  readonly automated: boolean;
  readonly list: boolean;
  readonly bulk: boolean;
  /** The mailbox or the name from which mail servers report; null when it is no such. */
  readonly daemon: string | null;
  /** The envelope sender was empty (RFC 5321 4.5.5), as far as Return-Path tells. */
  readonly nullPath: boolean;
}

/** Addresses of lists that exist for bounces: Mailman, Majordomo, ezmlm, VERP. Lower case. */
export const bounceAddress = /^[^@]*(?:-bounces?|-owner|-admin|-request)[@+]|^owner-|^bounces?[-+@]/;
const automatic = /^(?:auto-(?:replied|generated|notified))/i;
const listFields = [
  'list-id',
  'list-post',
  'list-help',
  'list-unsubscribe',
  'list-subscribe',
  'list-archive',
  'list-owner',
  'x-beenthere',
  'x-mailing-list',
  'mailing-list',
  'x-ml-name',
  'x-mlserver',
  'x-listserver',
  'x-list-unsubscribe',
  'x-list-subscribe',
  'x-list-help',
];

/** Reads the signs. */
export function senderSigns(headers: HeaderFields): SenderSigns {
  const precedence = fieldOf(headers, 'precedence').trim().toLowerCase();
  const returnPath = headers.get('return-path')?.at(-1)?.trim();
  const nullPath = returnPath !== undefined && (returnPath === '' || /^<\s*>$/.test(returnPath) || /^<?mailer-daemon[@>]?/i.test(returnPath));
  const daemon = daemonOf(startOfField(headers, 'from'));
  const list = listFields.some((name) => headers.has(name)) || precedence === 'list' || isListServ(headers);
  const bulk = list || precedence === 'bulk' || precedence === 'junk' || headers.has('feedback-id') || headers.has('x-csa-complaints');
  const isAuto =
    automatic.test(fieldOf(headers, 'auto-submitted').trim()) ||
    headers.has('x-auto-response-suppress') ||
    precedence.startsWith('auto') ||
    headers.has('x-list-administrivia') || // Mailman, of its own letters
    (headers.has('x-mlserver') && bounceAddress.test((firstAddress(startOfField(headers, 'from')) ?? '').toLowerCase())); // fml, of its own
  return { automated: isAuto || nullPath || daemon !== null, list, bulk, daemon, nullPath };
}

/** LISTSERV marks its mail by no field but Sender: the list, which also stands in To or Reply-To, and who has written is another. */
function isListServ(headers: HeaderFields): boolean {
  const sender = firstAddress(startOfField(headers, 'sender'))?.toLowerCase();
  const from = firstAddress(startOfField(headers, 'from'))?.toLowerCase();
  if (sender === undefined || sender === from) return false;
  return ['to', 'reply-to'].every((name) => firstAddress(startOfField(headers, name))?.toLowerCase() === sender);
}

function daemonOf(from: string): string | null {
  const address = firstAddress(from);
  const local = (address?.slice(0, address.lastIndexOf('@')) ?? from).toLowerCase().replace(/[.\-_"<> ]/g, '');
  if (daemonLocals.has(local) || daemonLocalPart.test(local)) return address ?? from.slice(0, 80);
  // `<Postmaster\@x.example@y.example>`: a gateway that rewrites what it does not understand.
  if (/(?:^|[<"\s])(?:postmaster|mailer-daemon)\\@/i.test(from.slice(0, 200))) return from.slice(0, 80);
  const name = fold(from.slice(0, 200).replace(/<[^<>]*>/, ''));
  return daemonNames.firstIn(name) === null ? null : from.slice(0, 80);
}
