// What a hub offers in its answer to EHLO (RFC 5321 4.1.1.1).
import type { Reply } from '../../model/reply.ts';

export interface EhloCapabilities {
  /** The first line: the hub's name and what it says behind it. */
  readonly greeting: string;
  /** Keyword in upper case to its parameters as written, '' without. */
  readonly keywords: ReadonlyMap<string, string>;
  readonly pipelining: boolean;
  /** Bytes; null when the hub states no limit (RFC 1870 4: no number, or 0). */
  readonly size: number | null;
  readonly eightBitMime: boolean;
  readonly smtputf8: boolean;
  readonly startTls: boolean;
  readonly chunking: boolean;
  readonly dsn: boolean;
  readonly prdr: boolean;
  readonly enhancedStatusCodes: boolean;
  readonly requireTls: boolean;
  /** Attributes or mechanisms in upper case; empty when the extension is not offered. */
  readonly xclient: ReadonlySet<string>;
  readonly xforward: ReadonlySet<string>;
  readonly auth: ReadonlySet<string>;
}

/** Reads a positive reply to EHLO; a reply to HELO gives the greeting and nothing else. */
export function parseEhlo(reply: Reply): EhloCapabilities {
  const [greeting = '', ...lines] = reply.lines;
  const keywords = readKeywords(lines);
  const words = (keyword: string): ReadonlySet<string> =>
    new Set(
      (keywords.get(keyword) ?? '')
        .toUpperCase()
        .split(/\s+/)
        .filter((word) => word !== ''),
    );
  return {
    greeting,
    keywords,
    pipelining: keywords.has('PIPELINING'),
    size: readSize(keywords.get('SIZE')),
    eightBitMime: keywords.has('8BITMIME'),
    smtputf8: keywords.has('SMTPUTF8'),
    startTls: keywords.has('STARTTLS'),
    chunking: keywords.has('CHUNKING'),
    dsn: keywords.has('DSN'),
    prdr: keywords.has('PRDR'),
    enhancedStatusCodes: keywords.has('ENHANCEDSTATUSCODES'),
    requireTls: keywords.has('REQUIRETLS'),
    xclient: words('XCLIENT'),
    xforward: words('XFORWARD'),
    auth: words('AUTH'),
  };
}

/** `AUTH=LOGIN` is the form of before RFC 2554, still sent beside the right one; both count. */
function readKeywords(lines: readonly string[]): ReadonlyMap<string, string> {
  const keywords = new Map<string, string>();
  for (const line of lines) {
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ \t=]+(.*?))?\s*$/.exec(line);
    const keyword = match?.[1]?.toUpperCase();
    if (keyword === undefined) continue;
    const parameters = match?.[2] ?? '';
    const before = keywords.get(keyword);
    keywords.set(keyword, before === undefined || before === '' ? parameters : `${before} ${parameters}`.trimEnd());
  }
  return keywords;
}

function readSize(parameter: string | undefined): number | null {
  const size = parameter !== undefined && /^\d{1,20}$/.test(parameter) ? Number(parameter) : 0;
  return size === 0 ? null : size;
}
