// The recipients of domains in emergency intake: from a file, because their own server cannot be asked.
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/options.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';

export interface ListedRecipients {
  /** Null: no list speaks of the domain. */
  isListed(to: Mailbox): boolean | null;
}

/** Addresses of a file: one a line, `#` begins a comment; the case of a local part counts for nothing here, as on most servers. */
export const readRecipientLines = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.replace(/#.*$/, '').trim().toLowerCase())
      .filter((line) => line.includes('@')),
  );

/** Reads the lists the configuration names. Rejects where one cannot be read: all of its mail would be refused. */
export async function openListedRecipients({ intake }: Pick<Config, 'intake'>): Promise<ListedRecipients> {
  const lists = new Map<string, ReadonlySet<string>>();
  for (const { domain, recipients } of intake) if (recipients !== undefined) lists.set(domain, readRecipientLines(await readFile(recipients, 'utf8')));
  return { isListed: (to) => lists.get(to.domain)?.has(addressOf(to).toLowerCase()) ?? null };
}
