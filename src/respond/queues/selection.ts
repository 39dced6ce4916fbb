// Which messages are meant: what they have in common, as an operator says it. All that is said must fit.
import { parseCidr } from '../../lib/ip.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import { alikeFrom, resemblance, shinglesOf, type Shingles } from './likeness.ts';
import { type OpenedMessage, QueueTrouble, type QueueItem } from './mail-queue.ts';

/** What the operator said, as text. */
export interface SelectionWords {
  readonly sender?: string;
  readonly recipient?: string;
  readonly user?: string;
  readonly origin?: string;
  readonly subject?: string;
}

/** Header and text of a message, as far as they are asked for. */
export interface MessageLook {
  /** Decoded; '' where there is none. */
  readonly subject: string;
  readonly messageId: string | null;
  /** The beginning of the first part of text, decoded. */
  readonly text: string;
  /** Where it came from: the client, and where that is a machine of ours the first hop outside. Canonical addresses. */
  readonly origins: readonly string[];
}

/** Reads a message; the mail reader is given in, because this folder knows queues and not messages. */
export type LookAt = (opened: OpenedMessage) => MessageLook;

export interface Selection {
  readonly words: SelectionWords;
  /** Only these; null: any. */
  readonly ids: ReadonlySet<string> | null;
  /** Queued before, in milliseconds since the epoch. */
  readonly before: number | null;
  /** The message that others are like. */
  readonly like: Shingles | null;
  /** Of this incident: as the store has written it down, or by what the incident is about (null: nothing that a queue can be searched by). */
  readonly incident: { readonly id: string; readonly words: SelectionWords | null } | null;
}

/** Octets of a message that are read to judge it. */
export const lookedAtBytes = 128 * 1024;

/** By what the message says. */
type MessageTest = (opened: OpenedMessage, look: MessageLook) => boolean;

export interface Fits {
  /** By what the list says. */
  item(item: QueueItem): boolean;
  /** Null where nothing of the message is asked for. */
  message(item: QueueItem): MessageTest | null;
}

/** The test that a selection means; throws on words that mean nothing. */
export function fitsOf({ words, ids, before, like, incident }: Selection): Fits {
  const said = testOf(words);
  const about = incident === null || incident.words === null ? null : testOf(incident.words);
  const isOf = (item: QueueItem): boolean => incident === null || item.incident === incident.id;
  const likeness: MessageTest | null = like === null ? null : (_, look) => resemblance(like, shinglesOf(`${look.subject}\n${look.text}`)) >= alikeFrom;
  return {
    item: (item) =>
      (ids === null || ids.has(item.id)) && (before === null || item.queuedAt < before) && said.item(item) && (isOf(item) || about?.item(item) === true),
    message: (item) => {
      const tests = [said.message, likeness, isOf(item) ? null : (about?.message ?? null)].filter((test) => test !== null);
      return tests.length === 0 ? null : (opened, look) => tests.every((test) => test(opened, look));
    },
  };
}

interface WordsTest {
  item(item: QueueItem): boolean;
  readonly message: MessageTest | null;
}

function testOf({ sender, recipient, user, origin, subject }: SelectionWords): WordsTest {
  const isSender = sender === undefined ? always : addressTest(sender);
  const isRecipient = recipient === undefined ? always : addressTest(recipient);
  if (origin !== undefined && parseCidr(origin) === null) throw new QueueTrouble(`${origin} is no address or network`);
  const networks = origin === undefined ? null : PrefixSet.build([origin]);
  const wanted = subject?.toLowerCase();
  return {
    item: ({ from, to }) => isSender(from) && (recipient === undefined || to.some(isRecipient)),
    message:
      user === undefined && networks === null && wanted === undefined
        ? null
        : (opened, look) =>
            (user === undefined || opened.user?.toLowerCase() === user.toLowerCase()) &&
            (networks === null || look.origins.some((ip) => networks.has(ip))) &&
            (wanted === undefined || look.subject.toLowerCase().includes(wanted)),
  };
}

const always = (): boolean => true;

/** `local@domain`, `domain`, `.domain` for all below it, `<>` for the null sender; an asterisk stands for anything. Case is put aside. */
function addressTest(raw: string): (address: string) => boolean {
  const pattern = raw.trim().toLowerCase();
  if (pattern === '<>') return (address) => address === '';
  if (pattern === '') throw new QueueTrouble('an empty address means nothing; write <> for the null sender');
  if (pattern.includes('*')) return (address) => globFits(pattern, address.toLowerCase());
  if (pattern.includes('@')) return (address) => address.toLowerCase() === pattern;
  const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return pattern.startsWith('.') ? (address) => domainOf(address).endsWith(pattern) : (address) => address.includes('@') && domainOf(address) === pattern;
}

/** Each part between asterisks in its order, first and last at the ends: linear in the text for each part, no backtracking. */
function globFits(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
