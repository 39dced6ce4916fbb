// What the door wants to know of a message's header while the content passes (RFC 5322 2.1, 2.2), read with tolerance: what comes is
// often no proper header, and every message must still have an end of its header. Nothing is kept but two values.
import { isUtf8 } from 'node:buffer';
import { wordsSaid } from './encoded-word.ts';

const LF = 0x0a;
/** Octets kept of one value (RFC 5322 2.1.1: a line has at most 998). */
const MAX_VALUE_BYTES = 998;
/** Octets looked at of one line: a value and the name before it. */
const MAX_LINE_BYTES = MAX_VALUE_BYTES + 80;

export interface HeaderSummary {
  /** Octets of header lines in wire form, CRLFs included, the blank line left out. */
  readonly headerBytes: number;
  /** Lines as they stand, folded ones counted each. */
  readonly headerLines: number;
  /** Received fields: how many hops the message has behind it (RFC 5321 6.3). */
  readonly receivedLines: number;
  /** Of these the ones that we have written: how often the message was here before. */
  readonly passes: number;
  /** The first field of its name, unfolded, without control characters; null when there is none. */
  readonly messageId: string | null;
  /** It has a Date field. */
  readonly dated: boolean;
  readonly subject: string | null;
  /** The subject with its encoded words decoded; undefined where it has none. */
  readonly subjectText: string | undefined;
}

type Kept = 'message-id' | 'subject';

/** Takes the wire form of one message, chunk by chunk; once `done`, pushes cost nothing. */
export class HeaderScan {
  /** The header has ended, or has passed a limit. */
  done = false;
  /** The limit that was passed: more than `maxBytes` before the header had ended, blank line included, or more than `maxLines` lines. */
  tooBig: 'bytes' | 'lines' | null = null;
  readonly #limits: { readonly maxBytes: number; readonly maxLines: number };
  #headerBytes = 0;
  #headerLines = 0;
  #receivedLines = 0;
  #passes = 0;
  #dated = false;
  /** ` by our-name `, lower case, as a trace line says who took the message (RFC 5321 4.4). */
  readonly #ownMark: string;
  /** A Received field in which we have not been named so far. */
  #mayBeOurs = false;
  readonly #values = new Map<Kept, Buffer>();
  /** The field whose value is being kept, for its folded lines. */
  #field: Kept | null = null;
  /** The first octets of a line that an earlier chunk began, and how long it is so far. */
  #begun: Buffer | null = null;
  #begunBytes = 0;

  /** `hostname` is our own. */
  constructor(limits: { readonly maxBytes: number; readonly maxLines: number }, hostname: string) {
    this.#limits = limits;
    this.#ownMark = ` by ${hostname.toLowerCase()} `;
  }

  push(wireChunk: Buffer): void {
    let from = 0;
    while (!this.done && from < wireChunk.length) {
      const lf = wireChunk.indexOf(LF, from);
      const to = lf < 0 ? wireChunk.length : lf + 1;
      this.#take(wireChunk.subarray(from, to), lf >= 0);
      from = to;
    }
  }

  summary(): HeaderSummary {
    const subject = this.#valueOf('subject');
    return {
      headerBytes: this.#headerBytes,
      headerLines: this.#headerLines,
      receivedLines: this.#receivedLines,
      passes: this.#passes,
      dated: this.#dated,
      messageId: this.#valueOf('message-id'),
      subject,
      subjectText: wordsSaid(subject),
    };
  }

  /** Takes a line, or the next part of one. */
  #take(part: Buffer, complete: boolean): void {
    const bytes = this.#begunBytes + part.length;
    if (this.#headerBytes + bytes > this.#limits.maxBytes) return this.#end('bytes');
    if (complete) {
      const line = this.#begun === null ? part : Buffer.concat([this.#begun, part]);
      this.#begun = null;
      this.#begunBytes = 0;
      return this.#line(line, bytes);
    }
    const room = MAX_LINE_BYTES - (this.#begun?.length ?? 0);
    // A copy: a slice would keep the whole chunk. What a line has beyond the room is counted only.
    if (room > 0) this.#begun = Buffer.concat([this.#begun ?? Buffer.alloc(0), part.subarray(0, room)]);
    this.#begunBytes = bytes;
  }

  /** `raw` holds the first octets of a line of `bytes` octets, dots still stuffed. */
  #line(raw: Buffer, bytes: number): void {
    const line = raw.subarray(raw[0] === 0x2e ? 1 : 0, MAX_LINE_BYTES);
    const first = line[0];
    if (first === undefined || first === LF || (first === 0x0d && line[1] === LF)) return this.#end(null);
    const folded = first === 0x20 || first === 0x09;
    // RFC 5322 2.2.3: a line that begins with a blank goes on with the field above; as the first line it belongs to no header.
    const name = folded ? null : this.#fieldName(line);
    if (folded ? this.#headerLines === 0 : name === null) return this.#end(null);
    this.#headerBytes += bytes;
    this.#headerLines++;
    if (this.#headerLines > this.#limits.maxLines) return this.#end('lines');
    if (name !== null) this.#beginField(name, line);
    else if (this.#field !== null) this.#keep(this.#field, line);
    if (this.#mayBeOurs) this.#lookForUs(line);
  }

  #lookForUs(line: Buffer): void {
    if (
      !line
        .toString('latin1')
        .replace(/[\t\r\n]/g, ' ')
        .toLowerCase()
        .includes(this.#ownMark)
    )
      return;
    this.#passes++;
    this.#mayBeOurs = false; // once a field, whatever it says twice
  }

  /** The field's name in lower case with its colon; null where the line is no header line but already the body. */
  #fieldName(line: Buffer): string | null {
    const text = line.toString('latin1', 0, 80);
    // RFC 5322 2.2, 4.5: printable ASCII, in obsolete form blanks before the colon.
    const name = /^[!-9;-~]{1,77}[ \t]*:/.exec(text)?.[0];
    if (name !== undefined) return name.toLowerCase();
    // An mbox separator as the first line: left over by broken mailers, and the header follows.
    return this.#headerLines === 0 && /^>?From /.test(text) ? '' : null;
  }

  #beginField(nameAndColon: string, line: Buffer): void {
    const name = nameAndColon.slice(0, -1).trimEnd();
    this.#field = null;
    this.#mayBeOurs = name === 'received';
    if (name === 'received') this.#receivedLines++;
    else if (name === 'date') this.#dated = true;
    if ((name !== 'message-id' && name !== 'subject') || this.#values.has(name)) return;
    this.#field = name;
    this.#values.set(name, Buffer.alloc(0));
    this.#keep(name, line.subarray(nameAndColon.length));
  }

  #keep(field: Kept, line: Buffer): void {
    const before = this.#values.get(field) ?? Buffer.alloc(0);
    const room = MAX_VALUE_BYTES - before.length;
    if (room > 0) this.#values.set(field, Buffer.concat([before, line.subarray(0, room)]));
  }

  #valueOf(field: Kept): string | null {
    const octets = this.#values.get(field);
    if (octets === undefined) return null;
    // At the cap a character may have been cut: it is dropped, or the whole would pass for Latin-1.
    const cut = octets.length < MAX_VALUE_BYTES ? 0 : ([0, 1, 2, 3].find((less) => isUtf8(octets.subarray(0, octets.length - less))) ?? 0);
    const whole = octets.subarray(0, octets.length - cut);
    const text = whole.toString(isUtf8(whole) ? 'utf8' : 'latin1');
    // Unfolding (RFC 5322 2.2.3) takes CRLF away and leaves the blank; what goes to logs has no control character at all.
    return text
      .replaceAll('\t', ' ')
      .replace(/[\p{Cc}\u2028\u2029]/gu, '')
      .trim();
  }

  #end(tooBig: 'bytes' | 'lines' | null): void {
    this.done = true;
    this.tooBig = tooBig;
    this.#begun = null;
    this.#field = null;
  }
}
