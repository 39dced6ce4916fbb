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
