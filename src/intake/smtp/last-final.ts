// The last 250 of a session, kept until it is known whether the client heard it (engineering 4.2): only bytes that come after it was
// said prove that. Unheard it is remembered, so that the client's retry is not delivered twice; heard, a deliberate repetition is.
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
    if (this.#said === null || bytesIn <= this.#said.bytesIn) return;
    const { unconfirmedKey, answeredBefore } = this.#said.final;
    if (answeredBefore && unconfirmedKey !== null) finals.forget(unconfirmedKey());
    this.#said = null;
  }

  /** The client has gone. */
  end(bytesIn: number, finals: UnconfirmedFinals): void {
    this.notice(bytesIn, finals);
    this.#keep(finals);
  }

  #keep(finals: UnconfirmedFinals): void {
    const final = this.#said?.final;
    this.#said = null;
    final?.rememberUnheard?.(finals);
    if (final === undefined || final.unconfirmedKey === null || final.answeredBefore) return;
    finals.remember(final.unconfirmedKey(), final.reply);
  }
}
