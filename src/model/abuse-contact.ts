// Who reads of abuse for a network.

/** Mailboxes are ASCII, the best one first, at least one; `network` is `address/bits`. */
export type AbuseContact =
  | {
      readonly kind: 'found';
      readonly mailboxes: readonly string[];
      readonly network: string;
      /** table: the operator's own. rdap: the registry of the network. */
      readonly source: 'table' | 'rdap';
      /** What was asked, in order: a file, web addresses. */
      readonly via: readonly string[];
    }
  /** Whoever should know has said that there is none. */
  | { readonly kind: 'none'; readonly network: string; readonly why: string }
  /** Could not be asked now: not the same as none. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Finds it; never rejects. */
export interface AbuseContacts {
  of(ip: string): Promise<AbuseContact>;
}

/** What may stand in an envelope and in a header of ours: ASCII, one address, nothing that needs quotes. */
export const isMailbox = (text: string): boolean =>
  text.length <= 254 && /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]*[a-z0-9]$/i.test(text) && !text.includes('..');

/** What the values of a table of contacts must be. */
export const mailboxValues = { isGood: isMailbox, wrong: 'holds something that is no mail address' } as const;
