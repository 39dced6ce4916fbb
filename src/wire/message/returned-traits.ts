// What tells one campaign from another in the messages that reports return: near-duplicates of their text, where it leads, how their Message-IDs
// are made and by what program. A forger varies the subject; he seldom varies all of it.
import type { HashKey } from '../../lib/half-sip-hash.ts';
import { textPrint } from '../../lib/min-hash.ts';
import { canonicalIp } from '../../lib/ip.ts';
import { orgDomain } from '../../lib/org-domain.ts';
import type { ReturnedTraits } from '../../model/report-judgement.ts';
import type { HeaderFields } from '../../model/understanding.ts';
import { firstLeafOfText, firstTextLimits, textOfPart } from './first-text.ts';
import { fieldOf, headerFields } from './header.ts';
import { languageOf } from './language.ts';
import { withLineFeeds } from './message-text.ts';
import { decodedText, readMime } from './mime-tree.ts';

/** Characters of one value: an event stays small. */
const longestValue = 80;
const mostHosts = 5;
/** Octets of the text in which links are looked for. */
const linkOctets = 16 * 1024;

/** Reads a returned message, as `returnedOctets` gives it. */
export function returnedTraits(message: Buffer, key: HashKey): ReturnedTraits {
  const { root } = readMime(withLineFeeds(message.toString('latin1', 0, firstTextLimits.bytes)), firstTextLimits);
  const fields = headerFields(root.fields);
  const leaf = firstLeafOfText(root);
  const words = textOfPart(leaf);
  const print = textPrint(words, key);
  const hosts = leaf === null ? [] : hostsIn(decodedText(leaf, linkOctets));
  return withoutAbsent({
    mailer: mailerOf(fields),
    idShape: idShape(fieldOf(fields, 'message-id')) ?? undefined,
    urlHosts: hosts.length === 0 ? undefined : hosts,
    bands: print?.bands ?? undefined,
    text: print?.hash,
    language: languageOf(`${fieldOf(fields, 'subject')}\n${words}`) ?? undefined,
  });
}

type Clearable = { readonly [K in keyof ReturnedTraits]: ReturnedTraits[K] | undefined };

const withoutAbsent = (traits: Clearable): ReturnedTraits =>
  Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined)) as ReturnedTraits; // what is undefined is gone

function mailerOf(fields: HeaderFields): string | undefined {
  // It is shown on terminals.
  const value = (fieldOf(fields, 'x-mailer') || fieldOf(fields, 'user-agent'))
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, longestValue);
  return value === '' ? undefined : value;
}

/** `<20261121.a3f9c2@pc7.spammer.example>` is `d8.h6@spammer.example`: digits, hexadecimal, letters, letters with digits. Null where it is none. */
export function idShape(messageId: string): string | null {
  const [, local = '', domain = ''] = /^<?([^<>@\s]{1,200})@([^<>@\s]{1,253})>?$/.exec(messageId.trim()) ?? [];
  if (local === '') return null;
  const pieces = local.replaceAll(/[A-Za-z0-9]+/g, (piece) => `${kindOf(piece)}${piece.length}`);
  return `${pieces}@${orgDomain(domain.toLowerCase())}`.replaceAll(/[^!-~]+/g, '?').slice(0, longestValue);
}

function kindOf(piece: string): 'd' | 'h' | 'a' | 'x' {
  if (/^\d+$/.test(piece)) return 'd';
  if (/^[A-Za-z]+$/.test(piece)) return 'a';
  return /^[0-9a-f]+$/i.test(piece) ? 'h' : 'x';
}

/** Namespaces that pages name and nobody follows. */
const named = new Set(['w3.org', 'xmlsoap.org', 'microsoft.com']);

function hostsIn(text: string): readonly string[] {
  const hosts = new Set<string>();
  for (const { 1: host = '' } of text.slice(0, linkOctets).matchAll(/(?:https?:\/\/|\bwww\.)(?:[^\s/@<>"']{1,100}@)?([a-z0-9.-]{3,253})/gi)) {
    const name = host.toLowerCase().replace(/\.+$/, '');
    if (!name.includes('.')) continue;
    const registered = canonicalIp(name) === '' ? orgDomain(name) : name;
    if (!named.has(registered)) hosts.add(registered.slice(0, longestValue));
    if (hosts.size === mostHosts) break;
  }
  return [...hosts];
}
