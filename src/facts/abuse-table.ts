// The operator's own table of networks and who reads of abuse there: lines like `45.0.2.0/24: abuse@isp.example, noc@isp.example`.
import { cidrText, parseCidr } from '../lib/ip.ts';
import { parseNamedLines } from '../lib/named-lines.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import { isMailbox } from '../wire/rdap/answer.ts';
import type { LineNote } from './users-file.ts';

export interface AbuseTable {
  /** Of the most specific network that holds the address; null where none does. */
  of(ip: string): { readonly network: string; readonly mailboxes: readonly string[] } | null;
  readonly errors: readonly LineNote[];
}

/** Reads the file's text; empty lines and lines with # are comments. */
export function parseAbuseTable(text: string): AbuseTable {
  const rows: { readonly network: string; readonly mailboxes: readonly string[] }[] = [];
  const errors: LineNote[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const { values, wrong } = parseNamedLines(line);
    for (const [name, mailboxes] of values) {
      const network = parseCidr(name);
      const bad = mailboxes.find((mailbox) => !isMailbox(mailbox));
      if (network === null) errors.push({ line: index + 1, message: 'does not begin with a network' });
      else if (bad !== undefined) errors.push({ line: index + 1, message: 'holds something that is no mail address' });
      else rows.push({ network: cidrText(network), mailboxes });
    }
    if (wrong.length > 0) errors.push({ line: index + 1, message: 'is not network: address' });
  }
  const set = PrefixSet.build(rows.map(({ network }) => network));
  return { of: (ip) => rows[set.match(ip)] ?? null, errors };
}
