// A real mail server as the hub behind the gateway: what every one of the four can be asked.
import { mkdirSync, readdirSync, readFileSync, chownSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { tokenOf } from '../letter.ts';
import type { OutsideWorld } from '../outside-world.ts';
import type { Overlay } from '../private-mounts.ts';
import { until } from '../until.ts';

export interface HubOptions {
  /** First one is the hub's own name; all are delivered locally to the same users. */
  readonly domains?: readonly string[];
  readonly users?: readonly string[];
  /** Networks whose mail the hub relays to the world; default all of loopback, the worst case behind a gateway. */
  readonly networks?: readonly string[];
  /** Of its users those whose mailboxes have no room, which is found only when the message is delivered: the hub has taken it by then. */
  readonly full?: readonly string[];
  readonly maxBytes?: number;
  /** Further lines of its configuration, in its own language; they win over ours (Exim and Sendmail; Postfix has `set`). */
  readonly lines?: readonly string[];
  /** Exim, OpenSMTPD, Sendmail: port on loopback where all that is not for its own users goes; null: the outside world. */
  readonly wayOut?: number | null;
  /** Postfix, Exim: the network namespace to run in, reachable there on all addresses; null: the machine's own, on loopback. */
  readonly netns?: string | null;
  /** Exim: host where `wayOut` is. */
  readonly wayOutHost?: string;
  /** Exim, OpenSMTPD, Sendmail: further files of the machine that are others for it. */
  readonly overlays?: readonly Overlay[];
}

/** What a test gets by default. */
export const hubDefaults = {
  domains: ['hub.example', 'customer.example'],
  users: ['anna', 'bert', 'postmaster'],
  networks: ['127.0.0.0/8', '::1/128'],
  full: [],
  maxBytes: 60_000_000,
  lines: [],
  wayOut: null,
  netns: null,
  wayOutHost: '127.0.0.1',
  overlays: [],
} as const satisfies Required<HubOptions>;

export interface Hub {
  readonly product: 'postfix' | 'exim' | 'opensmtpd' | 'sendmail';
  readonly port: number;
  /** host:port for the gateway's configuration. */
  readonly address: string;
  readonly domain: string;
  readonly users: readonly string[];
  /** Where all that is not for its own users goes. */
  readonly outside: OutsideWorld;
  /** Messages in a user's mailbox, as delivered. */
  messages(user: string): readonly Buffer[];
  /** Tokens of the messages in a user's mailbox, one a message. */
  deliveredTokens(user: string): readonly string[];
  /** Resolves when the user has a message with each of these tokens. */
  delivery(user: string, ...tokens: readonly string[]): Promise<void>;
  log(): string;
  /** Where it writes of its doings. */
  readonly logFile: string;
  /** Stops it and starts it again on the same port with the same queue. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The mailboxes of a hub: one Maildir a user below a directory that the delivering user owns. */
export class Mailboxes {
  readonly path: string;

  constructor(path: string, users: readonly string[], owner: { readonly uid: number; readonly gid: number }) {
    this.path = path;
    for (const folder of ['', ...users, ...users.flatMap((user) => ['new', 'cur', 'tmp'].map((part) => join(user, part)))]) {
      const whole = join(path, folder);
      mkdirSync(whole, { recursive: true, mode: 0o700 });
      chownSync(whole, owner.uid, owner.gid);
    }
  }

  messages(user: string): Buffer[] {
    return ['new', 'cur'].flatMap((part) => {
      const folder = join(this.path, user, part);
      return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name))) : [];
    });
  }

  deliveredTokens(user: string): string[] {
    return this.messages(user).flatMap((message) => tokenOf(message) ?? []);
  }

  async delivery(user: string, tokens: readonly string[], log: () => string): Promise<void> {
    const missing = (): string[] => {
      const there = new Set(this.deliveredTokens(user));
      return tokens.filter((token) => !there.has(token));
    };
    try {
      await until(`delivery to ${user}`, () => missing().length === 0, 30_000);
    } catch {
      throw new Error(
        `${missing().length} of ${tokens.length} messages did not reach ${user}; the hub's log ends:\n${log().split('\n').slice(-25).join('\n')}`,
      );
    }
  }
}
