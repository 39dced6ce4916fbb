// A message whose client goes while the next hop still has it: until that hop has answered nobody knows whether it was delivered, and a
// retry that comes meanwhile would be a second copy. While the client stays it hears the answer itself, and nothing is told to anyone.
import type { UnconfirmedFinals } from './services.ts';

type Told = Pick<UnconfirmedFinals, 'leaveUnderWay' | 'endUnderWay'>;

export class UnderWay {
  #clientGone = false;
  /** Of the message that is being delivered. */
  #key: (() => string) | null = null;
  /** Keys the others were told: several where a client that has gone had pipelined its messages. */
  #left: string[] = [];

  /** The message goes to the next hop now. */
  begin(key: () => string, finals: Told): void {
    this.#key = key;
    if (this.#clientGone) this.#leave(finals);
  }

  /** The client has closed its side: a retry may come from now on. */
  clientGone(finals: Told): void {
    this.#clientGone = true;
    this.#leave(finals);
  }

  /** The answer is known. Of a client that has gone it is told when it is kept: see end(). */
  answered(): void {
    this.#key = null;
  }

  /** Every answer is known, and kept where the client may not have heard it. */
  end(finals: Told): void {
    for (const key of this.#left) finals.endUnderWay(key);
    this.#left = [];
    this.#key = null;
  }

  #leave(finals: Told): void {
    if (this.#key === null) return;
    const key = this.#key();
    this.#key = null;
    this.#left.push(key);
    finals.leaveUnderWay(key);
  }
}
