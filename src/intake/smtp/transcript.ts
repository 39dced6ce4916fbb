// The last lines a client said, for the record of a fault of ours: what led to it, without a password and without a token that releases held mail.
import { withoutTokens } from '../../model/release.ts';

const KEPT_LINES = 8;
const KEPT_LENGTH = 200;

export class Transcript {
  /** Null in most sessions' first moments: an idle session holds no memory for it. */
  #lines: string[] | null = null;

  /** Passwords never reach the record: neither responses to AUTH nor its initial response. */
  add(line: string, inAuth: boolean): void {
    this.#lines ??= [];
    if (this.#lines.length === KEPT_LINES) this.#lines.shift();
    this.#lines.push(inAuth || /^\s*auth/i.test(line) ? 'AUTH ...' : withoutTokens(line).slice(0, KEPT_LENGTH));
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines ?? [];
  }
}
