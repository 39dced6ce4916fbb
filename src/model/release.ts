// Recipients release their own held mail: the words that doors, keeper and web share. See docs/digest.md.
import type { Mailbox } from './mailbox.ts';

/** Languages in which recipients are written to. */
export const digestLanguages = ['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];

/** What could be a token behind the plus sign of a release address; in ORCPT the sign is `+2B`, whose characters could be part of one (RFC 3461 4). */
const tokenLike = /\+[a-z2-7]{44,}/gi;

/** A line or an address for the record, without the tokens in it: whoever reads the record must not be able to use them. */
export const withoutTokens = (text: string): string => (text.includes('+') ? text.replaceAll(tokenLike, '') : text);

/** How a recipient asked. */
export type ReleaseWay = 'link' | 'reply';

/** What a token is worth: `forged` is whatever carries no signature of ours; the others are told to whoever holds a signed one only. */
export type TokenWorth =
  | 'valid'
  | 'forged'
  | 'expired'
  /** It has released already. */
  | 'used'
  /** The message is held no more: released or discarded by somebody else, or its time was over. */
  | 'gone'
  /** Listed, but never released by its recipient: it holds a virus. */
  | 'not-offered';

/** One recipient's order to release one held message to him alone. It is on the disk before anybody hears yes. */
export interface ReleaseOrder {
  readonly format: 1;
  /** The letter that offered it, and the line in that letter, from 1. */
  readonly letter: string;
  readonly line: number;
  /** Id of the held message. */
  readonly id: string;
  /** The recipient as a keyed print: which of the message's recipients it is, the keeper finds out. */
  readonly recipient: string;
  readonly way: ReleaseWay;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Address of who asked. */
  readonly asker: string;
}

/** Who asks, and for which lines of a letter where the token stands for all of it; null: he named none. */
export interface ReleaseAsking {
  readonly way: ReleaseWay;
  readonly asker: string;
  readonly lines: readonly number[] | null;
}

/** What came of it. `which`: the token stands for several messages, and none was named. */
export type ReleaseAsked =
  | { readonly kind: 'ordered'; readonly orders: readonly ReleaseOrder[] }
  | { readonly kind: 'refused'; readonly why: Exclude<TokenWorth, 'valid'> | 'which' };

/** What a door needs to take orders by mail. */
export interface ReleaseDesk {
  /** The token in a recipient; null where it is no address of this kind. */
  tokenIn(to: Mailbox): string | null;
  /** Reads the disk; rejects where that fails. */
  worth(token: string): Promise<TokenWorth>;
  /** Uses the token up, so that it survives a crash; rejects where the disk fails, and nothing was used up then. */
  order(token: string, asking: ReleaseAsking): Promise<ReleaseAsked>;
}
