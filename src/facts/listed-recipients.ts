// The recipients of domains in emergency intake: from a file, because their own server cannot be asked.
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/options.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import { parseRecipientList, type RecipientList } from '../model/recipient-list.ts';

export interface ListedRecipients {
  /** Null: no list speaks of the domain, or none that can be trusted to refuse anybody. */
  isListed(to: Mailbox): boolean | null;
}

/**
 * Reads the lists the configuration names. Rejects where one cannot be read. `check` refuses an empty list and one with wrong lines; a file
 * that has become so since then (a failed export, before a door is replaced) takes whom it names and refuses nobody.
 */
export async function openListedRecipients({ intake }: Pick<Config, 'intake'>): Promise<ListedRecipients> {
  const lists = new Map<string, RecipientList>();
  for (const { domain, recipients } of intake) if (recipients !== undefined) lists.set(domain, parseRecipientList(await readFile(recipients, 'utf8'), domain));
  return {
    isListed: (to) => {
      const list = lists.get(to.domain);
      if (list === undefined) return null;
      if (list.addresses.has(addressOf(to).toLowerCase())) return true;
      return list.addresses.size === 0 || list.wrong.length > 0 ? null : false;
    },
  };
}
