// The file that says which addresses a domain has, while its own server cannot be asked: whoever is not in it hears 550. So a line that
// cannot be read must be told, not dropped: it may have been somebody's mailbox.
import { domainToASCII } from 'node:url';
import { addressOf } from './mailbox.ts';

export interface RecipientList {
  /** In lower case: the case of a local part counts for nothing here, as on most servers. */
  readonly addresses: ReadonlySet<string>;
  /** Lines, from 1, that are no address of the domain. */
  readonly wrong: readonly number[];
}

/** A dot-atom, or quoted. A replacement character is what an address in another character set has become. */
const localPart =
  /^(?=.{1,66}$)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\ufffc\u{10000}-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\ufffc\u{10000}-\u{10ffff}-]+)*|"(?:[^"\\]|\\.)+")$/u;

/** The address as `addressOf` writes it, which leaves out quotes that say nothing. */
function readAddress(line: string): { readonly domain: string; readonly address: string } | null {
  const at = line.lastIndexOf('@');
  const written = line.slice(0, Math.max(0, at));
  if (!localPart.test(written)) return null;
  const domain = domainToASCII(line.slice(at + 1).replace(/\.$/, '')).toLowerCase();
  const unquoted = written.startsWith('"') ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1') : written;
  return { domain, address: addressOf({ localPart: unquoted, domain, text: line, sourceRoute: null }).toLowerCase() };
}

/** Reads the file's text: an address of `domain` a line; what follows a # is a comment, empty lines are nothing. */
export function parseRecipientList(text: string, domain: string): RecipientList {
  const addresses = new Set<string>();
  const wrong: number[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const read = readAddress(line);
    if (read?.domain === domain) addresses.add(read.address);
    else wrong.push(index + 1);
  }
  return { addresses, wrong };
}
