// The recipients of domains in emergency intake: from a file, because their own server cannot be asked.
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/options.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import { parseRecipientList, type RecipientList } from '../model/recipient-list.ts';

type Intake = Pick<Config['intake'][number], 'domain' | 'recipients' | 'recipientDelimiter'>;

export interface ListedRecipients {
  /** Null: no list speaks of the domain, or none that can be trusted to refuse anybody. */
  isListed(to: Mailbox): boolean | null;
}

/**
 * Reads the lists the configuration names; never rejects. `check` refuses a list that cannot be read, is empty or has wrong lines; a file that has
 * become so since then (a failed export, before a door is replaced) takes whom it names and refuses nobody, and the watch of the files tells of it.
 */
export async function openListedRecipients({ intake }: { readonly intake: readonly Intake[] }): Promise<ListedRecipients> {
  const lists = new Map<string, RecipientList & { readonly delimiters: string }>();
  for (const { domain, recipients, recipientDelimiter } of intake) {
    // A door that is replaced must come up: without the list its mail is taken as without one.
    const text = recipients === undefined ? null : await readFile(recipients, 'utf8').catch(() => null);
    if (text !== null) lists.set(domain, { ...parseRecipientList(text, domain), delimiters: recipientDelimiter });
  }
  return {
    isListed: (to) => {
      const list = lists.get(to.domain);
      if (list === undefined) return null;
      const isNamed = (local: string): boolean => list.addresses.has(addressOf({ ...to, localPart: local }).toLowerCase());
      if (isNamed(to.localPart) || isNamed(withoutAddition(to.localPart, list.delimiters))) return true;
      // RFC 5321 4.5.1: a server has a postmaster, and exports of directories rarely do.
      if (isPostmaster(to)) return true;
      return list.addresses.size === 0 || list.wrong.length > 0 ? null : false;
    },
  };
}

/** `anna+shop` is Anna's (RFC 5233): what stands before the first delimiter, unless nothing does. */
function withoutAddition(local: string, delimiters: string): string {
  for (let at = 1; at < local.length; at++) if (delimiters.includes(local.charAt(at))) return local.slice(0, at);
  return local;
}

const isPostmaster = ({ localPart }: Mailbox): boolean => localPart.toLowerCase() === 'postmaster';
