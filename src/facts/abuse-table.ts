// The operator's own table of networks and who reads of abuse there: lines like `45.0.2.0/24: abuse@isp.example, noc@isp.example`.
import { parseNetworkLines } from '../lib/network-lines.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import { mailboxValues } from '../model/abuse-contact.ts';
import type { LineNote } from './users-file.ts';

export interface AbuseTable {
  /** Of the most specific network that holds the address; null where none does. */
  of(ip: string): { readonly network: string; readonly mailboxes: readonly string[] } | null;
  /** Lines that are left out of it. */
  readonly errors: readonly LineNote[];
}

/** Reads the file's text; empty lines and lines with # are comments. A wrong line takes nothing from the good ones. */
export function parseAbuseTable(text: string): AbuseTable {
  const { rows, errors } = parseNetworkLines(text, mailboxValues);
  const set = PrefixSet.build(rows.map(({ network }) => network));
  return {
    of: (ip) => {
      const row = rows[set.match(ip)];
      return row === undefined ? null : { network: row.network, mailboxes: row.values };
    },
    errors,
  };
}
