// What a person gave to `explain`, told apart by its form: a reference, a session, an address, a time, or any other id.
import { isIP, SocketAddress } from 'node:net';
import type { Event } from '../model/events.ts';
import { parseReference } from '../lib/reference.ts';

export type WantedId =
  | { readonly kind: 'reference' | 'session'; readonly session: string; readonly reference: string | null }
  | { readonly kind: 'ip'; readonly ip: string }
  /** Milliseconds since the epoch, both ends included. */
  | { readonly kind: 'time'; readonly fromMs: number; readonly toMs: number }
  /** A queue id, Message-ID, mail address or anything else that stands in an event by itself. */
  | { readonly kind: 'text'; readonly text: string };

const timePattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,3})?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** A time of today, as the dashboard shows it; a queue id has no colon. */
const clockPattern = /^\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?$/i;

/** Tells what kind of id it is. What could be a reference may be a queue id too: who finds no such session asks for `textId`. */
export function parseId(raw: string, nowMs = Date.now()): WantedId {
  const text = clockPattern.test(raw.trim()) ? `${new Date(nowMs).toISOString().slice(0, 10)}T${raw.trim()}` : raw.trim();
  const reference = parseReference(text);
  if (reference) return { kind: reference.reference === null ? 'session' : 'reference', ...reference };
  const bare = text.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1');
  if (isIP(bare)) return { kind: 'ip', ip: canonicalIp(bare) };
  return timeWindow(text) ?? textId(text);
}

export const textId = (text: string): WantedId => ({ kind: 'text', text });

/** As the events write it: an IPv4-mapped address as IPv4, IPv6 in its short form. */
function canonicalIp(text: string): string {
  const address = new SocketAddress({ address: text, family: isIP(text) === 4 ? 'ipv4' : 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** A time means the whole unit it names: 09:06 is that minute. A time without a zone is UTC, as all our output. */
function timeWindow(text: string): WantedId | null {
  const match = timePattern.exec(text);
  if (!match) return null;
  const [, date = '', minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = match;
  const fromMs = Date.parse(`${date}T${minutes}${seconds}${fraction}${zone.toUpperCase()}`);
  if (Number.isNaN(fromMs)) return null;
  if (match[2] === undefined) return { kind: 'time', fromMs, toMs: fromMs + 86_400_000 - 1 };
  if (match[3] === undefined) return { kind: 'time', fromMs, toMs: fromMs + 59_999 };
  // A log's time to the millisecond is rarely ours to the millisecond.
  return fraction === '' ? { kind: 'time', fromMs, toMs: fromMs + 999 } : { kind: 'time', fromMs: fromMs - 500, toMs: fromMs + 500 };
}

/** Texts of which one stands in the journal line of every event that matches. */
export function needlesOf(wanted: WantedId): readonly string[] | undefined {
  switch (wanted.kind) {
    case 'reference':
    case 'session':
      return [`"session":"${wanted.session}"`];
    case 'ip':
      return [`"ip":"${wanted.ip}"`];
    case 'time':
      return undefined;
    case 'text': {
      const bare = inJson(unbracketed(wanted.text));
      const folded = inJson(withLowerDomain(unbracketed(wanted.text)));
      return bare === folded ? [bare] : [bare, folded];
    }
    default:
      return wanted satisfies never;
  }
}

const unbracketed = (text: string): string => text.replace(/^<(.*)>$/, '$1');
const withLowerDomain = (text: string): string => text.slice(0, text.lastIndexOf('@') + 1) + text.slice(text.lastIndexOf('@') + 1).toLowerCase();
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Whether the event itself has to do with the id; by session comes all the rest. */
export function concerns(wanted: WantedId, event: Event): boolean {
  switch (wanted.kind) {
    case 'reference':
      return 'ref' in event && event.ref === wanted.reference;
    case 'session':
      return 'session' in event && event.session === wanted.session;
    case 'ip':
      return 'ip' in event && event.ip === wanted.ip;
    case 'time':
      return event.at >= wanted.fromMs && event.at <= wanted.toMs;
    case 'text':
      return textsOf(event).some((text) => sameText(text, unbracketed(wanted.text))) || isInHubReply(event, wanted.text);
    default:
      return wanted satisfies never;
  }
}

/** The domain of an address knows no case; everything else does. */
const sameText = (a: string, b: string): boolean => a === b || (a.includes('@') && withLowerDomain(a) === withLowerDomain(b));

function textsOf(event: Event): readonly string[] {
  switch (event.type) {
    case 'message-finished':
      return [event.ref, event.hubQueueId ?? '', unbracketed(event.messageId ?? ''), event.from, ...event.recipients];
    case 'stage-judged':
      return [
        event.ref ?? '',
        unbracketed(event.input.messageId ?? ''),
        event.input.from ?? '',
        event.input.to ?? '',
        ...(event.input.recipients ?? []),
        event.input.user ?? '',
        event.input.helo ?? '',
      ];
    case 'transaction-aborted':
    case 'message-quarantined':
    case 'message-discarded':
    case 'message-spooled':
      return [event.ref, event.from, ...event.recipients];
    case 'command-refused':
    case 'connection-refused':
      return [event.ref];
    case 'auth-tried':
      return [event.user];
    default:
      return [];
  }
}

/** A next hop whose way of naming its queue id we do not know still says it somewhere in its answer. */
function isInHubReply(event: Event, text: string): boolean {
  if (event.type !== 'message-finished' || event.hubReply === null || text.length < 5) return false;
  return event.hubReply.split(/[\s<>()[\],;:="]+/).includes(text);
}
