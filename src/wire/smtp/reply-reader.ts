// The hub's replies out of its byte stream (RFC 5321 4.2.1). Tolerant in form (missing text, LF alone), firm in size and in sense:
// what is no reply ends the conversation, because nobody knows any more which answer belongs to which command.
import type { Reply } from '../../model/reply.ts';

/** Generous: RFC 5321 4.5.3.1.5 allows 512 octets a line; some servers write essays. A hub beyond these bounds is broken. */
const bounds = { lineBytes: 4096, lines: 128, replyBytes: 65_536 } as const;

export interface ReplyFault {
  readonly kind: 'bad';
  readonly why: 'no-reply' | 'codes-differ' | 'line-too-long' | 'too-many-lines' | 'too-big';
}

/** Collects pushed chunks into replies. After a fault nothing more is kept, and `next` tells the fault again. */
export class ReplyReader {
  /** Bytes of whole and unfinished lines, as pushed. */
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** In the unread bytes no LF stands before this position. */
  #scanned = 0;
  #code = 0;
  #lines: string[] = [];
  #replyBytes = 0;
  #fault: ReplyFault | null = null;

  /** Bytes and parts of replies that were pushed and not given out as a whole reply: at a quiet moment 0, or the hub says too much. */
  get buffered(): number {
    return this.#buffered + this.#replyBytes;
  }

  push(chunk: Buffer): void {
    if (this.#fault !== null || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
  }

  /** The next whole reply, null when none is complete. */
  next(): Reply | ReplyFault | null {
    for (;;) {
      if (this.#fault !== null) return this.#fault;
      const line = this.#takeLine();
      if (line === null) return this.#fault;
      const reply = this.#addLine(line);
      if (reply !== null) return reply;
    }
  }

  #takeLine(): string | null {
    if (this.#buffered === 0) return null;
    const bytes = this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#buffered);
    const lf = bytes.indexOf(0x0a, this.#scanned);
    if ((lf < 0 ? bytes.length : lf + 1) > bounds.lineBytes) {
      this.#fail('line-too-long');
      return null;
    }
    const rest = lf < 0 ? bytes : bytes.subarray(lf + 1);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#buffered = rest.length;
    this.#scanned = lf < 0 ? rest.length : 0;
    if (lf < 0) return null;
    this.#replyBytes += lf + 1;
    // Bytes that are not UTF-8 are shown as such, not refused: the code is what counts.
    return bytes.toString('utf8', 0, lf > 0 && bytes[lf - 1] === 0x0d ? lf - 1 : lf);
  }

  /** Takes a line into the reply under way; the reply when that was its last line. */
  #addLine(line: string): Reply | null {
    // RFC 5321 4.2: the text may be missing, and then often its blank as well.
    const match = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line);
    if (match === null) return this.#fail('no-reply');
    const code = Number(match[1]);
    // RFC 5321 4.2.1: the code is the same on every line.
    if (this.#lines.length > 0 && code !== this.#code) return this.#fail('codes-differ');
    this.#code = code;
    this.#lines.push(match[3] ?? '');
    if (this.#lines.length > bounds.lines) return this.#fail('too-many-lines');
    if (this.#replyBytes > bounds.replyBytes) return this.#fail('too-big');
    return match[2] === '-' ? null : this.#finish();
  }

  #finish(): Reply {
    const lines = this.#lines;
    this.#lines = [];
    this.#replyBytes = 0;
    return withEnhanced(this.#code, lines);
  }

  #fail(why: ReplyFault['why']): null {
    this.#fault = { kind: 'bad', why };
    this.#chunks = [];
    this.#lines = [];
    this.#buffered = 0;
    this.#replyBytes = 0;
    return null;
  }
}

/** Splits the enhanced code off (RFC 2034 4), where its class is that of the reply. */
function withEnhanced(code: number, lines: readonly string[]): Reply {
  const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?= |$)/.exec(lines[0] ?? '')?.[1];
  if (enhanced === undefined || Number(enhanced[0]) !== Math.floor(code / 100)) return { code, enhanced: null, lines };
  const bare = lines.map((line) => (line === enhanced ? '' : line.startsWith(`${enhanced} `) ? line.slice(enhanced.length + 1) : line));
  return { code, enhanced, lines: bare };
}
