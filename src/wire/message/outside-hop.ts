// Where a returned message came from: the first hop outside the site that returns it. Received lines (RFC 5321 4.4) are read with tolerance; the
// newest were written by the server that returns the message, and what stands below the first outside hop may be the sender's invention.
import { canonicalIp } from '../../lib/ip.ts';
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
    if (hop.name !== null && hop.by !== null && orgDomain(hop.name) === orgDomain(hop.by)) continue;
    return { ip: hop.ip, name: hop.name };
  }
  return null;
}

interface Hop extends OutsideHop {
  readonly by: string | null;
}

/** `from NAME (REVERSE [IP]) by HOST ...` as Postfix, Sendmail, Exim, Exchange and most others write it; qmail: `from unknown (HELO x) (IP) by`. */
function readHop(line: string): Hop | null {
  const text = line.replaceAll(/\s+/g, ' ');
  const byAt = / by ([^\s;()]+)/i.exec(text);
  const from = byAt === null ? text : text.slice(0, byAt.index);
  const ip = [...from.matchAll(/[[(@ ](?:IPv6:)?([0-9a-f.:]{3,45})[\])]/gi)].map(([, raw = '']) => canonicalIp(raw)).find((found) => found !== '');
  if (ip === undefined) return null;
  const name = /^from ([^\s;()[\]]+)/i.exec(from)?.[1]?.toLowerCase() ?? null;
  return { ip, name: name === null || !name.includes('.') || canonicalIp(name) !== '' ? null : name, by: byAt?.[1]?.toLowerCase() ?? null };
}

/** Addresses that are of no use outside (RFC 1918, 3927, 4193, 4291, 6598). */
const isInternal = (ip: string): boolean =>
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.|::1?$|f[cd]|fe[89ab])/.test(ip);
