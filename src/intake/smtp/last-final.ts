// The last 250 of a session, kept until it is known whether the client heard it (engineering 4.2): bytes that come after it was said prove
// that, and so does a connection that the client closes in order afterwards; a kernel that holds unread words for a program that has gone
// resets it instead. Unheard it is remembered, so that the client's retry is not delivered twice; heard, a deliberate repetition is.
import type { FinalAnswer } from './finishing.ts';
import type { UnconfirmedFinals } from './services.ts';

export class LastFinal {
  #said: { readonly final: FinalAnswer; readonly bytesIn: number } | null = null;

  /** A final answer was said when so many bytes had come. One before it that nobody has proven to have heard is remembered. */
  say(final: FinalAnswer, bytesIn: number, finals: UnconfirmedFinals): void {
    this.#keep(finals);
    this.#said = { final, bytesIn };
  }

  /** So many bytes have come by now: those behind the answer prove that it was heard. */
  notice(bytesIn: number, finals: UnconfirmedFinals): void {
    if (this.#said !== null && bytesIn > this.#said.bytesIn) this.#heard(finals);
  }

  /**
   * The client has closed its side in order, and all that was said is on its way. NOTE: should both have crossed on the line, its client gave
   * up as we answered: the retry is a second copy then. To take it for unheard would lose what devices that never say QUIT send next.
   */
  clientDone(finals: UnconfirmedFinals): void {
    this.#heard(finals);
  }

  /** The client has gone. */
  end(bytesIn: number, finals: UnconfirmedFinals): void {
    this.notice(bytesIn, finals);
    this.#keep(finals);
  }

  #heard(finals: UnconfirmedFinals): void {
    if (this.#said === null) return;
    const { unconfirmedKey, answeredBefore } = this.#said.final;
    if (answeredBefore && unconfirmedKey !== null) finals.forget(unconfirmedKey());
    this.#said = null;
  }

  #keep(finals: UnconfirmedFinals): void {
    const final = this.#said?.final;
    this.#said = null;
    final?.rememberUnheard?.(finals);
    if (final === undefined || final.unconfirmedKey === null || final.answeredBefore) return;
    finals.remember(final.unconfirmedKey(), final.reply);
  }
}
