// Counted content (BDAT, RFC 3030 2) into the wire form in which it goes on by DATA. Every octet is content: nothing is deleted, and no
// dot ends anything. The rules for the output are those of content-decoder.ts: its only line end is CRLF, no line of it is a lone dot,
// also when NULs are taken out, and read by the standard it says what the input said, a bare CR or LF taken as a line end.
import type { DecodeStep } from './content-decoder.ts';

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

const lf = Buffer.from('\n');
const cr = Buffer.from('\r');
const crlf = Buffer.from('\r\n');
const dot = Buffer.from('.');
const zeros = Buffer.alloc(4096);

/**
 * - line-start: an octet that is a dot gets one more in front.
 * - nuls: only NULs so far in this line; held back, because a dot behind them makes them need one in front: without NULs it would lead.
 * - text: anywhere behind; `text-cr` has just given out a CR and owes it an LF.
 */
type Place = 'line-start' | 'nuls' | 'text' | 'text-cr';

/** Encodes one message; made anew for each. Where it was cut into chunks makes no difference. Memory is constant. */
export class ContentEncoder {
  /** Bare CRs and bare LFs so far, each made a CRLF. */
  bareLineEnds = 0;
  nulBytes = 0;
  /** Octets of the longest line so far, without line end. */
  longestLine = 0;
  #place: Place = 'line-start';
  /** Octets of the unfinished line in earlier chunks. */
  #lineBytes = 0;
  #nulsHeld = 0;

  // The chunk at hand: reset by each push.
  #chunk: Buffer = zeros;
  #out: Buffer[] = [];
  /** From here on nothing of the chunk was given out. */
  #from = 0;
  /** Where the line began, less than 0 when that was in an earlier chunk. */
  #lineFrom = 0;

  /** Slices of the chunk wherever it was clean. Never done: the count of octets ends the content. */
  push(chunk: Buffer): DecodeStep {
    this.#chunk = chunk;
    this.#out = [];
    this.#from = 0;
    this.#lineFrom = -this.#lineBytes;
    let at = 0;
    while (at < chunk.length) at = this.#place === 'text' ? this.#text(at) : this.#octet(at);
    if (this.#place !== 'nuls') this.#give(chunk.length);
    this.#lineBytes = chunk.length - this.#lineFrom;
    return { out: this.#taken(), done: false, rest: null };
  }

  /** What is still owed at the end. Content need not end with a line end (RFC 3030 2), wire form must. */
  finish(): readonly Buffer[] {
    const place = this.#place;
    if (place === 'nuls') this.#giveNuls();
    if (place === 'text-cr') {
      this.bareLineEnds++;
      this.#out.push(lf);
    } else if (place !== 'line-start') this.#out.push(crlf);
    this.#noteLine(this.#lineBytes - (place === 'text-cr' ? 1 : 0));
    this.#place = 'line-start';
    this.#lineBytes = 0;
    return this.#taken();
  }

  /** Lets go of the chunk, so that an idle encoder does not keep it alive. */
  #taken(): readonly Buffer[] {
    const out = this.#out;
    this.#out = [];
    this.#chunk = zeros;
    return out;
  }

  /** The fast path: text and clean line ends are only looked at; stops where care is needed. NOTE: never reads beyond the chunk, as in content-decoder.ts. */
  #text(from: number): number {
    const chunk = this.#chunk;
    const end = chunk.length;
    let at = from;
    for (;;) {
      while (at < end && (chunk[at] ?? 0) > CR) at++;
      if (at >= end) return end;
      const octet = chunk[at];
      if (octet === CR) {
        if (at + 1 >= end || chunk[at + 1] !== LF) {
          this.#place = 'text-cr';
          return at + 1;
        }
        this.#noteLine(at - this.#lineFrom);
        at += 2;
        this.#lineFrom = at;
        if (at >= end || needsCare(chunk[at])) {
          this.#place = 'line-start';
          return at;
        }
        continue;
      }
      if (octet === LF) return this.#bareLf(at);
      if (octet === NUL) this.nulBytes++;
      at++;
    }
  }

  /** One octet outside plain text; returns the position of the next to look at, the same one when only the place changed. */
  #octet(at: number): number {
    const octet = this.#chunk[at];
    switch (this.#place) {
      case 'line-start':
        return this.#atLineStart(at, octet);
      case 'nuls':
        return this.#behindNuls(at, octet);
      case 'text-cr':
        return octet === LF ? this.#endLine(at - 1, at + 1) : this.#bareCr(at);
      case 'text':
        return this.#text(at);
      default:
        return this.#place satisfies never;
    }
  }

  #atLineStart(at: number, octet: number | undefined): number {
    if (octet === NUL) {
      this.#give(at);
      this.#place = 'nuls';
      return at;
    }
    if (octet === DOT) {
      this.#give(at);
      this.#out.push(dot); // RFC 5321 4.5.2
    }
    this.#place = 'text';
    return octet === DOT ? at + 1 : at;
  }

  #behindNuls(at: number, octet: number | undefined): number {
    if (octet === NUL) {
      this.nulBytes++;
      this.#nulsHeld++;
      return at + 1;
    }
    if (octet === DOT) this.#out.push(dot);
    this.#giveNuls();
    this.#from = at;
    this.#place = 'text';
    return at;
  }

  #giveNuls(): void {
    for (let left = this.#nulsHeld; left > 0; left -= zeros.length) this.#out.push(left >= zeros.length ? zeros : zeros.subarray(0, left));
    this.#nulsHeld = 0;
  }

  #bareCr(at: number): number {
    this.bareLineEnds++;
    this.#give(at);
    this.#out.push(lf);
    return this.#endLine(at - 1, at);
  }

  #bareLf(at: number): number {
    this.bareLineEnds++;
    this.#give(at);
    this.#out.push(cr);
    return this.#endLine(at, at + 1);
  }

  #endLine(end: number, next: number): number {
    this.#noteLine(end - this.#lineFrom);
    this.#lineFrom = next;
    this.#place = 'line-start';
    return next;
  }

  #noteLine(octets: number): void {
    if (octets > this.longestLine) this.longestLine = octets;
  }

  /** Gives out what of the chunk stands before `to`. */
  #give(to: number): void {
    if (to > this.#from) this.#out.push(this.#chunk.subarray(this.#from, to));
    this.#from = to;
  }
}

/** At the start of a line. */
const needsCare = (octet: number | undefined): boolean => octet === DOT || octet === NUL;
