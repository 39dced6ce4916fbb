// The seam between a door and whatever looks at a message's content before it is judged.
import type { Client } from './client.ts';
import type { Content } from './delivery.ts';
import type { Mailbox, Sender } from './mailbox.ts';
import type { MessageTraits } from './message-traits.ts';

/** A message that is complete and not judged yet. */
export interface MessageToRead {
  /** Id of the session. */
  readonly session: string;
  readonly client: Client;
  /** Name said in EHLO or HELO. */
  readonly helo: string;
  /** The authenticated user; null where there is none. */
  readonly user: string | null;
  readonly from: Sender;
  readonly recipients: readonly Mailbox[];
  readonly content: Content;
}

/** Looks at content. Null where it was not looked at. Never rejects, and has an end in time; answers at once where it can. */
export interface ContentReader {
  read(message: MessageToRead): MessageTraits | null | Promise<MessageTraits | null>;
}

/** What SPF, DKIM and DMARC say of a message, in the words of RFC 8601 2.7; what is absent was not looked at. */
export interface SenderProof {
  readonly spf?: string;
  readonly dmarc?: string;
  /** The author (From) whom DMARC proves, lower case; absent where it does not pass, or passes for several. */
  readonly author?: string;
  /** By signature, in the order of the message: the domain and the result. */
  readonly dkim?: readonly { readonly domain: string; readonly mark: string; readonly result: string }[];
}

/** Looks SPF, DKIM and DMARC up; null at once where that is too much just now. What took too long is not in it. Never rejects. */
export interface SenderAuthentication {
  prove(message: MessageToRead): Promise<SenderProof> | null;
}
