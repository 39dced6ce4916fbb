// Notices of banks, shops and accounts of the last half hour, by mailbox: a fraud is done some minutes before or after the flood that is to
// hide its notices begins (engineering 0, decision 4), so they must be known when the flood is noticed.
import { KeyedStates } from '../lib/keyed-states.ts';
import type { Needle } from '../model/alarm.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { isNeedle } from '../model/subscription-mail.ts';

/** How long before the flood one looks back, in ms. */
export const lookBackMs = 30 * 60_000;
/** Mailboxes with notices, and notices of each: a flood made to look like notices must not fill the memory. */
const mostMailboxes = 5000;
const mostNeedles = 50;

export class RecentNeedles {
  readonly #needles = new KeyedStates<{ list: Needle[] }>(mostMailboxes, () => ({ list: [] }));

  get size(): number {
    return this.#needles.size;
  }

  /** Keeps a message if it may be a needle. The newest stay where there are too many. */
  note(mailbox: string, { traits, source, at, from, subject }: MessageSighting): void {
    if (traits === null || !isNeedle(traits)) return;
    const state = this.#needles.of(mailbox);
    state.list = [...state.list.filter((each) => each.at > at - 24 * 3_600_000), { source, at, from, subject, sort: traits.transaction ?? '' }].slice(
      -mostNeedles,
    );
  }

  /** Those of a mailbox since half an hour before the onset of a flood (ms). */
  since(mailbox: string, onsetAt: number): readonly Needle[] {
    return (this.#needles.peek(mailbox)?.list ?? []).filter(({ at }) => at >= onsetAt - lookBackMs);
  }
}
