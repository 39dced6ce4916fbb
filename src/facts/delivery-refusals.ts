// What the next hop said of single recipients at a delivery whose client could be told one answer only: it heard 451 and comes again, and is
// then told at RCPT. Made for that retry and for nobody else's mail: a sender can be forged, so it is kept for the message's declared size, which a
// forger does not know, and a refusal is said once. Large senders come again from other networks: theirs is asked only where a refusal is kept without a size.
import { LruMap } from '../lib/lru-map.ts';
import { networkOf } from '../lib/ip.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../model/delivery.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import { isPermanent, type Reply } from '../model/reply.ts';
import type { MailParameters, RcptInput } from '../model/stage-input.ts';

/** A refusal waits so long for its retry, in ms: longer than the usual steps between a sender's tries. */
const refusalMs = 4 * 3_600_000;
/** A recipient deferred at delivery beside others is deferred at RCPT for so long, in ms, or the others would wait for it for ever. */
const deferralMs = 900_000;
/** Beyond it the one used longest ago goes: its retry is delivered together again. */
const capacity = 10_000;

export type RefusedDelivery = Pick<DeliveryRequest, 'from' | 'recipients' | 'route' | 'parameters' | 'handover'>;

interface Kept {
  readonly hubReply: Reply;
  /** The next hop judged the content: another message may be welcome. */
  readonly ofContent: boolean;
}

export class DeliveryRefusals {
  readonly #kept: LruMap<string, Kept>;

  /** `now` in milliseconds. */
  constructor({ now }: { now(): number }) {
    this.#kept = new LruMap({ capacity, now });
  }

  note({ from, parameters, handover: { client } }: RefusedDelivery, { at, perRecipient }: Extract<DeliveryOutcome, { kind: 'mixed' }>): void {
    for (const { to, hubReply } of perRecipient) {
      if (hubReply.code < 400) continue;
      const about = { ip: client.ip, from, to, parameters };
      const key = isPermanent(hubReply) && parameters.size === null ? keyOfNetwork(about) : keyOf(about);
      this.#kept.set(key, { hubReply, ofContent: at === 'dot' }, isPermanent(hubReply) ? refusalMs : deferralMs);
    }
  }

  /** The answer to the retry; undefined where this is none. A refusal is used up. */
  take({ client, from, to, parameters }: Pick<RcptInput, 'client' | 'from' | 'to' | 'parameters'>): Reply | undefined {
    if (this.#kept.size === 0) return undefined;
    const about = { ip: client.ip, from, to, parameters };
    const key = this.#kept.get(keyOf(about)) === undefined ? keyOfNetwork(about) : keyOf(about);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (!isPermanent(kept.hubReply)) return kept.hubReply;
    this.#kept.delete(key);
    // Without SIZE (RFC 1870) nobody knows whether it is that message: the others get theirs now, and this one hears its own answer by itself.
    return kept.ofContent && parameters.size === null ? asDeferral(kept.hubReply) : kept.hubReply;
  }

  clear(): void {
    this.#kept.clear();
  }
}

interface Try {
  readonly ip: string;
  readonly from: Sender;
  readonly to: Mailbox;
  readonly parameters: Pick<MailParameters, 'size'>;
}

const keyOf = ({ from, to, parameters: { size } }: Try): string => `${addressOf(from)} ${addressOf(to)} ${size ?? ''}`;
const keyOfNetwork = (about: Try): string => `${networkOf(about.ip, 24, 56)} ${keyOf(about)}`;

const asDeferral = ({ enhanced, lines }: Reply): Reply => ({ code: 450, enhanced: enhanced === null ? null : `4${enhanced.slice(1)}`, lines });
