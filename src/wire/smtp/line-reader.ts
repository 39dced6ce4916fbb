// Command lines out of a byte stream (RFC 5321 2.3.8): only CRLF ends a line. Results do not depend on how the bytes were cut into
// chunks, and a connection on which nothing is pending holds no memory here.
import { isUtf8 } from 'node:buffer';

const CR = 0x0d;
const LF = 0x0a;
/** A chunk up to this size is kept as it is while a line in it waits for its end. */
const SMALL_BYTES = 1024;

export type LineResult =
  /** `line` is without its CRLF; `bytes` counts what it took on the wire, CRLF included. */
  | { readonly kind: 'line'; readonly line: string; readonly bytes: number }
  /** Told as soon as the limit is passed; the rest of the line is thrown away up to its CRLF. */
  | { readonly kind: 'too-long' }
  /** A bare LF or CR is told as soon as it is seen; what follows is thrown away up to the next CRLF, so it is never taken for a command. */
  | { readonly kind: 'bad'; readonly why: 'bare-lf' | 'bare-cr' | 'nul' | 'not-utf8' }
  /** No whole line yet. */
  | null;

/** Cuts pushed chunks into lines. The caller bounds how much it pushes before it takes lines out; one unfinished line is bounded here. */
export class LineReader {
  /** The longest line in octets, CRLF included (RFC 5321 4.5.3.1.4). May be changed between lines, as AUTH needs. */
  maxBytes: number;
  /** Bytes from `#start` to `#end` are pending; null when none are. */
  #pending: Buffer | null = null;
  #start = 0;
  #end = 0;
  /** Up to here no CR or LF was found. */
  #scanned = 0;
  /** We own `#pending` and may write behind `#end`; otherwise it is the caller's chunk. */
  #owned = false;
  /** The rest of a line already told as too long or bad is on its way. */
  #skipping = false;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes pushed and not yet given out. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.#pending === null) {
      this.#hold(chunk, false);
      return;
    }
    const bytes = this.buffered + chunk.length;
    // Doubled room: a line that comes a byte at a time must not cost a copy of everything a byte.
    if (!this.#owned || this.#pending.length - this.#end < chunk.length) this.#move(Math.max(64, bytes * 2));
    chunk.copy(this.#pending, this.#end);
    this.#end += chunk.length;
  }

  next(): LineResult {
    if (this.#skipping && !this.#skip()) return null;
    const pending = this.#pending;
    if (pending === null) return null;
    const at = this.#lineBreak(pending);
    const limit = this.#start + this.maxBytes;
    if (at === -1) return this.buffered >= this.maxBytes ? this.#tooLong(this.#end) : this.#wait();
    if (pending[at] === LF) return at < limit ? this.#bad('bare-lf', at + 1) : this.#tooLong(at);
    if (at + 1 >= limit) return this.#tooLong(at);
    if (at + 1 === this.#end) return this.#wait();
    return pending[at + 1] === LF ? this.#line(pending, at) : this.#bad('bare-cr', at + 1);
  }

  /** Hands over everything pending, for what is no lines: content, or the bytes behind a PROXY header. */
  takeRest(): Buffer {
    const rest = this.#pending === null ? Buffer.alloc(0) : this.#pending.subarray(this.#start, this.#end);
    this.#release();
    this.#skipping = false;
    return rest;
  }

  /** Position of the first CR or LF; -1 when there is none. */
  #lineBreak(pending: Buffer): number {
    let at = this.#scanned;
    // A loop: commands are short, and two native searches would cost more.
    for (; at < this.#end; at++) {
      const byte = pending[at];
      if (byte === LF || byte === CR) {
        this.#scanned = at;
        return at;
      }
    }
    this.#scanned = at;
    return -1;
  }

  #tooLong(from: number): LineResult {
    this.#skipping = true;
    this.#advance(from);
    return { kind: 'too-long' };
  }

  #bad(why: 'bare-lf' | 'bare-cr', from: number): LineResult {
    this.#skipping = true;
    this.#advance(from);
    return { kind: 'bad', why };
  }

  #line(pending: Buffer, end: number): LineResult {
    const start = this.#start;
    const line = pending.toString('utf8', start, end);
    // U+FFFD in the text may have been sent as such: only then the bytes are looked at.
    const broken = line.includes('\ufffd') && !isUtf8(pending.subarray(start, end));
    this.#advance(end + 2);
    if (line.includes('\0')) return { kind: 'bad', why: 'nul' };
    if (broken) return { kind: 'bad', why: 'not-utf8' };
    return { kind: 'line', line, bytes: end + 2 - start };
  }

  /** Throws away up to and including the next CRLF; false when it has not come yet. */
  #skip(): boolean {
    const pending = this.#pending;
    if (pending === null) return false;
    const end = pending.subarray(this.#start, this.#end).indexOf('\r\n', 0, 'latin1');
    if (end >= 0) {
      this.#skipping = false;
      this.#advance(this.#start + end + 2);
      return true;
    }
    const half = pending[this.#end - 1] === CR ? 1 : 0;
    this.#advance(this.#end - half);
    this.#wait();
    return false;
  }

  /** Waits for more: a few bytes of an unfinished line must not keep a large chunk alive (10,000 idle connections). */
  #wait(): null {
    const room = this.#pending?.buffer.byteLength ?? 0;
    if (room > SMALL_BYTES && this.buffered * 4 < room) this.#move(this.buffered);
    return null;
  }

  /** Moves what is pending into room of our own. */
  #move(room: number): void {
    const pending = this.#pending;
    if (pending === null) return;
    const own = Buffer.allocUnsafeSlow(room); // not of the shared pool: a slice of that would keep all of it
    const scanned = this.#scanned - this.#start;
    const bytes = pending.copy(own, 0, this.#start, this.#end);
    this.#hold(own, true);
    this.#end = bytes;
    this.#scanned = scanned;
  }

  #hold(buffer: Buffer, owned: boolean): void {
    this.#pending = buffer;
    this.#start = 0;
    this.#end = buffer.length;
    this.#scanned = 0;
    this.#owned = owned;
  }

  #advance(to: number): void {
    this.#start = to;
    this.#scanned = to;
    if (this.#start >= this.#end) this.#release();
  }

  #release(): void {
    this.#pending = null;
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
  }
}
