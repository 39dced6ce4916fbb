// Detector: an address inside the site behind which the world stands. Address translation or a load balancer in front of the gateway
// makes every stranger look like one inside address, and relay control then protects nobody (mission R13).
//
// One host has one name and sends its own domains' mail. Behind a lost address many names greet us, with senders of many foreign domains,
// and they write to our own users: that is what arrives from the world. (A site's customers behind one address have many names too,
// but they write to the world.) A pure fold: time comes with what is noted.

/** One thing noted about a recipient of ours that an unauthenticated client inside addressed with a foreign sender. */
export interface InboundFromInside {
  readonly ip: string;
  /** As the client said it, lower case. */
  readonly helo: string;
  readonly senderDomain: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The alarm, with the numbers it rests on. */
export interface LostClientAddress {
  readonly ip: string;
  readonly heloNames: number;
  readonly senderDomains: number;
  /** A few of each, for the operator's eyes. */
  readonly samples: readonly string[];
  /** Milliseconds since the epoch until which the address is not trusted; moved on while the world keeps coming. */
  readonly untilMs: number;
}

/** Different names and domains within the window at which the alarm is raised: a mail filter or a list server of the house shows one name. */
export const enoughNames = 8;
/** How long evidence counts, and an address stays distrusted after the last of it, in ms. */
export const windowMs = 24 * 3_600_000;
/** Distinct values kept of an address, and addresses: both are the site's own, the bound is for a mistaken `networks`. */
const mostValues = 64;
const mostAddresses = 4096;
const sampleSize = 5;

interface Seen {
  readonly heloNames: Map<string, number>;
  readonly senderDomains: Map<string, number>;
  lastAt: number;
}

export class LostClientAddresses {
  readonly #seen = new Map<string, Seen>();

  /** Takes a note; the alarm when this note completes or renews one, else null. */
  note({ ip, helo, senderDomain, at }: InboundFromInside): LostClientAddress | null {
    const seen = this.#seenOf(ip, at);
    seen.lastAt = at;
    remember(seen.heloNames, helo, at);
    remember(seen.senderDomains, senderDomain, at);
    if (seen.heloNames.size < enoughNames || seen.senderDomains.size < enoughNames) return null;
    const samples = [...seen.heloNames.keys()].slice(-sampleSize).concat([...seen.senderDomains.keys()].slice(-sampleSize));
    return { ip, heloNames: seen.heloNames.size, senderDomains: seen.senderDomains.size, samples, untilMs: at + windowMs };
  }

  #seenOf(ip: string, at: number): Seen {
    const known = this.#seen.get(ip);
    if (known !== undefined) return known;
    if (this.#seen.size >= mostAddresses) this.#forgetOldest(at);
    const fresh = { heloNames: new Map<string, number>(), senderDomains: new Map<string, number>(), lastAt: at };
    this.#seen.set(ip, fresh);
    return fresh;
  }

  #forgetOldest(at: number): void {
    let oldest: string | null = null;
    let oldestAt = at;
    for (const [ip, { lastAt }] of this.#seen) {
      if (lastAt > oldestAt) continue;
      oldest = ip;
      oldestAt = lastAt;
    }
    if (oldest !== null) this.#seen.delete(oldest);
  }
}

/** Keeps values by the time they were last seen; what is older than the window, and beyond the bound the oldest, is forgotten. */
function remember(values: Map<string, number>, value: string, at: number): void {
  values.delete(value);
  values.set(value, at);
  for (const [old, seenAt] of values) {
    if (seenAt > at - windowMs && values.size <= mostValues) break;
    values.delete(old);
  }
}
