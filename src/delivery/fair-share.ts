// Nobody fills the spool or the quarantine alone: once half of it is taken, one network of strangers, or one recipient, that has had a tenth of it
// within a day gets no more than half of what is still free: a large sender is not put off while there is room, and somebody who fills it stops
// before it is full. What is over stays with its sender (452). Each door counts what it took itself, and for a share of its own.
import { LruMap } from '../lib/lru-map.ts';
import { networkOf } from '../lib/ip.ts';
import type { Stock } from '../lib/shared-stock.ts';
import type { DeliveryRequest } from '../model/delivery.ts';
import { addressOf } from '../model/mailbox.ts';

export interface FairShareParts {
  /** Doors that share the store. */
  readonly doors: number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
}

type Asking = Pick<DeliveryRequest, 'handover' | 'recipients' | 'content'>;

interface Level extends Stock {
  /** When it was so much, in ms. */
  readonly at: number;
}

const share = 0.1;
/** And of what is still free, which with one more message of one's own gets less. */
const ofTheRest = 0.5;
/** From there on, of pieces or bytes, shares are looked at. */
const pressure = 0.5;
/** What is taken is forgotten evenly: a whole share within a day, in ms. */
const dayMs = 86_400_000;
/** A share is never less: small stores must not turn away what is usual. */
const leastPieces = 100;
const leastBytes = 64 * 1024 ** 2;
/** Networks and recipients remembered; beyond it the one that took something longest ago is forgotten. */
const capacity = 20_000;

export class FairShare {
  readonly #parts: FairShareParts;
  readonly #levels: LruMap<string, Level>;

  constructor(parts: FairShareParts) {
    this.#parts = parts;
    this.#levels = new LruMap({ capacity, now: () => parts.steady() });
  }

  /** Whose share is used up; null where it may be taken. `stock` is what is there now, `most` the limits of all. */
  usedUp(asking: Asking, stock: Stock, most: Stock): string | null {
    if (stock.pieces < most.pieces * pressure && stock.bytes < most.bytes * pressure) return null;
    const mine = this.#shareOf(most);
    const { doors } = this.#parts;
    const free = { pieces: ((most.pieces - stock.pieces) * ofTheRest) / doors, bytes: ((most.bytes - stock.bytes) * ofTheRest) / doors };
    const isOver = (key: string): boolean => {
      const { pieces, bytes } = this.#levelOf(key, mine);
      return pieces + 1 > Math.max(mine.pieces, free.pieces) || bytes + asking.content.wireBytes > Math.max(mine.bytes, free.bytes);
    };
    const { network, recipients } = keysOf(asking);
    // One answer goes to all recipients: the others of one who is bombed get their mail.
    const over = network !== null && isOver(network) ? network : recipients.every(isOver) ? recipients[0] : undefined;
    return over === undefined ? null : `${over} has taken its share of a store that is more than half full`;
  }

  /** It was taken. */
  count(asking: Asking, most: Stock): void {
    const mine = this.#shareOf(most);
    const { network, recipients } = keysOf(asking);
    for (const key of [...(network === null ? [] : [network]), ...recipients]) {
      const { pieces, bytes, at } = this.#levelOf(key, mine);
      this.#levels.set(key, { pieces: pieces + 1, bytes: bytes + asking.content.wireBytes, at }, dayMs * 2);
    }
  }

  #shareOf({ pieces, bytes }: Stock): Stock {
    const { doors } = this.#parts;
    return { pieces: Math.max(leastPieces, (pieces * share) / doors), bytes: Math.max(leastBytes, (bytes * share) / doors) };
  }

  #levelOf(key: string, mine: Stock): Level {
    const at = this.#parts.steady();
    const before = this.#levels.get(key);
    if (before === undefined) return { pieces: 0, bytes: 0, at };
    const gone = (at - before.at) / dayMs;
    return { pieces: Math.max(0, before.pieces - gone * mine.pieces), bytes: Math.max(0, before.bytes - gone * mine.bytes), at };
  }
}

/** Our own people and machines have quotas; who receives is asked of everybody's mail. */
const keysOf = ({ handover: { client, user }, recipients }: Asking): { readonly network: string | null; readonly recipients: readonly string[] } => ({
  network: user !== null || client.inside ? null : networkOf(client.ip, 24, 48),
  recipients: recipients.map((each) => addressOf(each)),
});
