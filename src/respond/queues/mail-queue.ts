// A mail queue as the desk sees it, whichever program it belongs to: list, look into, hold, release, remove, bring back. What an operator
// does is decided in desk.ts; a store only knows how its program does it.

/** Stores by name, in the order in which they are asked. */
export const storeNames = ['quarantine', 'floodgate', 'postfix', 'exim', 'sendmail'] as const;
export type StoreName = (typeof storeNames)[number];
/** Those of mail servers on this machine; the others are the gateway's own and asked through its daemon. */
export type ServerStore = Exclude<StoreName, 'quarantine' | 'floodgate'>;

/** A message that waits. */
export interface QueueItem {
  readonly id: string;
  readonly store: StoreName;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** Envelope sender; '' is the null sender. */
  readonly from: string;
  /** Envelope recipients that have not got it yet. */
  readonly to: readonly string[];
  /** Octets of the message. */
  readonly size: number;
  /** Why it waits, in the words of the program; '' where it does not say. */
  readonly reason: string;
  readonly incident: string | null;
  /** Not tried until somebody releases it. */
  readonly held: boolean;
}

/** What a look into a message gives. */
export interface OpenedMessage {
  /** Authenticated or local user who handed it in; null where the queue does not say. */
  readonly user: string | null;
  /** Address of the client that brought it; '' where it came from the machine itself. */
  readonly ip: string;
  /** Header and the beginning of the body, in the line ends of the queue. */
  readonly beginning: Buffer;
}

/** What became of one message: null, or why it was not done. */
export interface Handled {
  readonly id: string;
  readonly error: string | null;
}

/** A file in which a queue has a message, or a part of one. */
export interface QueueFile {
  /** Name within the kept message. */
  readonly name: string;
  readonly path: string;
}

/** A kept file, and what it must be like in the queue again. */
export interface KeptFile extends QueueFile {
  /** Where it was in the queue; `path` is where it is kept. */
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
}

/** Says, before it happens, under which id a message comes back; what was announced in an attempt that was cut off is given in `before`. */
export interface Announcement {
  readonly before: string | null;
  announce(id: string): Promise<void>;
}

/** How removed messages come back: by the queue's own files, kept by us; or by the store itself. */
export type Undoing =
  | {
      readonly kind: 'files';
      /** Files of a held message, in the order in which they are put back. */
      filesOf(id: string): Promise<readonly QueueFile[]>;
      /** Puts a message back, held; resolves to its id, which may be another. Done twice it is there once. */
      putBack(id: string, files: readonly KeptFile[], announcement: Announcement): Promise<string>;
    }
  | { readonly kind: 'store'; bringBack(ids: readonly string[]): Promise<readonly Handled[]> };

/** A queue; every promise rejects with one clear sentence where its program cannot be asked. */
export interface MailQueue {
  readonly name: StoreName;
  list(): AsyncIterable<QueueItem>;
  /** Null where it is no longer there. */
  open(id: string, maxBytes: number): Promise<OpenedMessage | null>;
  /** `why` is a short plain text for programs that write one down. */
  hold(ids: readonly string[], why: string): Promise<readonly Handled[]>;
  /** What the program itself will do with held messages in the end, in one sentence; null: nothing. */
  endOfHold(): Promise<string | null>;
  release(ids: readonly string[]): Promise<readonly Handled[]>;
  /** Takes held messages out; one that is not held (any more) stays. */
  remove(ids: readonly string[]): Promise<readonly Handled[]>;
  readonly undoing: Undoing;
}

/** Trouble with a queue or its program, in one sentence for the operator. */
export class QueueTrouble extends Error {}
