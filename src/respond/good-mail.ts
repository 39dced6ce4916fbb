// The good mail of the last day, as a sample of fixed size: before an automatic measure is put in force it is tried on it (engineering 2.12).
import { networkOf } from '../lib/ip.ts';
import type { MeasureScope } from '../model/measure.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { isNeedle, isSubscriptionMail } from '../model/subscription-mail.ts';

interface GoodMail {
  readonly at: number;
  readonly ip: string;
  /** Confirmed name; null where there is none. */
  readonly name: string | null;
  readonly user: string | null;
  readonly from: string;
  readonly to: string;
  readonly out: boolean;
  readonly content: MeasureScope['content'] | null;
  readonly source: string;
}

export interface BlastRadius {
  /** Good messages of the last day in the sample, and how many of them the measure would have touched. */
  readonly looked: number;
  readonly touched: number;
  /** Where some of those can be looked up. */
  readonly samples: readonly string[];
}

/** Messages kept: one day of a site of middle size, or the latest hours of a large one. */
const mostKept = 50_000;
const dayMs = 24 * 3_600_000;
/** Mail of the key that is being alarmed about is no witness for it: what came since so long before is left out by the caller's `before`. */
const mostSamples = 10;

export class GoodMailRing {
  readonly #ring: GoodMail[] = [];
  #next = 0;

  get size(): number {
    return this.#ring.length;
  }

  /** Takes a message that was delivered. */
  note(sighting: MessageSighting): void {
    if (!isGoodMail(sighting)) return;
    const mail = rememberedOf(sighting);
    if (this.#ring.length < mostKept) this.#ring.push(mail);
    else {
      this.#ring[this.#next] = mail;
      this.#next = (this.#next + 1) % mostKept;
    }
  }

  /** What a scope would have touched of the mail between a day before `at` and `before` (ms since the epoch): the attack itself is not good mail. */
  touchedBy(scope: MeasureScope, before: number, at: number): BlastRadius {
    let looked = 0;
    let touched = 0;
    const samples: string[] = [];
    for (const mail of this.#ring) {
      if (mail.at < at - dayMs || mail.at >= before) continue;
      looked++;
      if (!isTouched(scope, mail)) continue;
      touched++;
      if (samples.length < mostSamples) samples.push(mail.source);
    }
    return { looked, touched, samples };
  }
}

/** It was delivered and nothing speaks against it. */
export const isGoodMail = ({ outcome, traits }: MessageSighting): boolean => outcome === 'delivered' && traits?.virus === undefined;

/** Whether a measure of this scope would have touched the message. */
export const touches = (scope: MeasureScope, sighting: MessageSighting): boolean => isTouched(scope, rememberedOf(sighting));

function rememberedOf({ at, caller, from, to, direction, traits, source }: MessageSighting): GoodMail {
  const content =
    traits === null ? null : traits.returned === 'forged' ? 'forged-bounce' : isSubscriptionMail(traits) && !isNeedle(traits) ? 'subscription' : null;
  return { at, ip: caller.ip, name: caller.name, user: caller.user, from, to, out: direction !== 'in', content, source };
}

function isTouched({ client, hostname, sender, recipient, user, direction, content }: MeasureScope, mail: GoodMail): boolean {
  return (
    (user === undefined || user === mail.user) &&
    (direction === undefined || (direction === 'out') === mail.out) &&
    (recipient === undefined || addressFits(recipient, mail.to)) &&
    (sender === undefined || addressFits(sender, mail.from)) &&
    (content === undefined || content === mail.content) &&
    (hostname === undefined || (mail.name !== null && addressFits(hostname, mail.name))) &&
    (client === undefined || isInNetwork(client, mail.ip))
  );
}

/** A pattern as in lists: an address, a domain, `.domain` for all below it, `<>` for the null sender. */
function addressFits(pattern: string, address: string): boolean {
  if (pattern === '<>') return address === '';
  if (pattern.includes('@')) return pattern === address;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return pattern.startsWith('.') ? domain.endsWith(pattern) : domain === pattern;
}

function isInNetwork(network: string, ip: string): boolean {
  const bits = Number(network.slice(network.indexOf('/') + 1));
  return networkOf(ip, bits, bits) === network;
}
