// Where a returned message came from: the first hop outside the site that returns it. Received lines (RFC 5321 4.4) are read with tolerance; the
// newest were written by the server that returns the message, and what stands below the first outside hop may be the sender's invention.
import { canonicalIp, networkOf } from '../../lib/ip.ts';
import { orgDomain } from '../../lib/org-domain.ts';

export interface OutsideHop {
  /** Canonical text. */
  readonly ip: string;
  /** The name it gave itself, or its reverse name, lower case; null where the line has none. */
  readonly name: string | null;
}

/** Hops looked at: nothing honest has more. */
const mostHops = 30;
/** Characters of one line that are looked at. */
const longestLine = 2000;

/** The first hop that is neither inside the returning site nor from one of its own hosts; null where no line tells. */
export function outsideHopOf(received: readonly string[]): OutsideHop | null {
  for (const line of received.slice(0, mostHops)) {
    const hop = readHop(line.slice(0, longestLine));
    if (hop === null || isInternal(hop.ip)) continue;
    // A host of the same organisation is a relay of the returning site, whose own line stands below.
    if (isOfOneSite(hop)) continue;
    return { ip: hop.ip, name: hop.name };
  }
  return null;
}

interface Hop extends OutsideHop {
  readonly by: string | null;
  /** The name that the writer of the line has looked up; null: it found none. Undefined where its kind of line has no such name. */
  readonly reverse: string | null | undefined;
  /** Address of the writer of the line, where it names it. */
  readonly byIp: string | null;
}

/**
 * What a client calls itself proves nothing: a spammer who says HELO with a name of the site that he writes to would pass for its relay, and the
 * line that he made up below for the truth. Its reverse name tells, and where lines have none, that both hosts are of one network.
 */
function isOfOneSite({ name, by, reverse, ip, byIp }: Hop): boolean {
  if (by === null) return false;
  if (reverse !== undefined) return reverse !== null && orgDomain(reverse) === orgDomain(by);
  return name !== null && orgDomain(name) === orgDomain(by) && byIp !== null && networkOf(ip, 16, 32) === networkOf(byIp, 16, 32);
}

/** `from NAME (REVERSE [IP]) by HOST ...` as Postfix, Sendmail, Exim, Exchange and most others write it; qmail: `from unknown (HELO x) (IP) by`. */
function readHop(line: string): Hop | null {
  const text = line.replaceAll(/\s+/g, ' ');
  const byAt = / by ([^\s;()]+)/i.exec(text);
  const from = byAt === null ? text : text.slice(0, byAt.index);
  const ip = addressesIn(from)[0];
  if (ip === undefined) return null;
  const by = byAt === null ? '' : text.slice(byAt.index);
  const name = nameOf(/^from ([^\s;()[\]]+)/i.exec(from)?.[1]);
  return { ip, name, by: byAt?.[1]?.toLowerCase() ?? null, reverse: reverseOf(from, by), byIp: addressesIn(by.slice(0, 200))[0] ?? null };
}

const addressesIn = (text: string): readonly string[] =>
  [...text.matchAll(/[[(@ ](?:IPv6:)?([0-9a-f.:]{3,45})[\])]/gi)].map(([, raw = '']) => canonicalIp(raw)).filter((found) => found !== '');

/** A host name in lower case; null for what is none. */
function nameOf(raw: string | undefined): string | null {
  const name = raw?.toLowerCase().replace(/\.$/, '') ?? '';
  return name.includes('.') && canonicalIp(name) === '' ? name : null;
}

/** Where the reverse name stands: in front of the address in the comment (Postfix, Sendmail), or first (Exim, qmail). */
function reverseOf(from: string, by: string): string | null | undefined {
  if (/may be forged/i.test(from)) return null;
  const inComment = /\(([^\s()[\]]+) \[/.exec(from)?.[1];
  if (inComment !== undefined) return nameOf(inComment);
  const first = /^from ([^\s;()[\]]+)/i.exec(from)?.[1];
  if (/\(Exim/i.test(by) || /\(HELO /.test(from)) return nameOf(first);
  return /\(\[/.test(from) ? null : undefined; // Sendmail found no name
}

/** Addresses that are of no use outside (RFC 1918, 3927, 4193, 4291, 6598). */
const isInternal = (ip: string): boolean =>
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.|::1?$|f[cd]|fe[89ab])/.test(ip);
