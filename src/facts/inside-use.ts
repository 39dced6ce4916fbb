// How inside addresses are used, as one door sees it: notes for the detector of lost client addresses, and its word on whom not to trust.
import { LruMap } from '../lib/lru-map.ts';
import type { RcptInput } from '../model/stage-input.ts';

/** A foreign sender, without authentication, writes to a recipient of ours through an inside address. The words of the detector. */
export interface InsideUse {
  readonly ip: string;
  readonly helo: string;
  readonly senderDomain: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An inside address that is not trusted until then, in milliseconds since the epoch. */
export interface DistrustedAddress {
  readonly ip: string;
  readonly untilMs: number;
}

export interface InsideWatch {
  /** Looks at a recipient that a client inside has named. */
  look(input: RcptInput): void;
  isDistrusted(ip: string): boolean;
  /** The keeper's list, whole. */
  replace(addresses: readonly DistrustedAddress[]): void;
}

export interface InsideWatchParts {
  /** Our own and our customers' domains. */
  readonly domains: () => ReadonlySet<string>;
  /** Shared by many hosts on purpose: never looked at. */
  readonly isShared: (ip: string) => boolean;
  note(use: InsideUse): void;
  now(): number;
}

/** The same use is noted once in so many ms: the detector counts differences, not messages. */
const noteAgainMs = 600_000;
const mostNoted = 4096;

export function createInsideWatch({ domains, isShared, note, now }: InsideWatchParts): InsideWatch {
  const noted = new LruMap<string, true>({ capacity: mostNoted, now });
  let distrusted = new Map<string, number>();
  return {
    look: ({ client, user, helo, from, to }) => {
      // Bounces have no sender to tell by; a smart-host listener takes whoever reaches it.
      if (user !== null || from === null || client.role === 'smarthost' || isShared(client.ip)) return;
      const ours = domains();
      if (ours.has(from.domain) || !ours.has(to.domain)) return;
      const use = { ip: client.ip, helo: helo.toLowerCase(), senderDomain: from.domain, at: now() };
      const key = `${use.ip} ${use.helo} ${use.senderDomain}`;
      if (noted.get(key) !== undefined) return;
      noted.set(key, true, noteAgainMs);
      note(use);
    },
    isDistrusted: (ip) => distrusted.size > 0 && (distrusted.get(ip) ?? 0) > now(),
    replace: (addresses) => {
      distrusted = new Map(addresses.map(({ ip, untilMs }) => [ip, untilMs]));
    },
  };
}
