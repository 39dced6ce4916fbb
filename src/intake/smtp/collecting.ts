// The content of one message while it arrives (RFC 5321 4.1.1.4): decoded, scanned, kept. Only CRLF.CRLF ends it.
import type { Config } from '../../config/options.ts';
import type { Content, ContentFailure, ContentSink } from '../../model/delivery.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import { HeaderScan } from '../../wire/message/header-scan.ts';
import { ContentDecoder } from '../../wire/smtp/content-decoder.ts';

/** Why content that has come to its end is refused by the door itself. */
export type ContentFault = 'message-too-big' | 'header-too-big' | 'storage';

export class Collecting {
  readonly reference: string;
  readonly #decoder: ContentDecoder;
  readonly #scan: HeaderScan;
  readonly #sink: ContentSink;
  readonly #config: Config;
  readonly #startedAt: number;
  #bytes = 0;
  /** Set once nothing more is kept: what still comes is read and thrown away until the end of data. */
  #tooBig = false;

  constructor(reference: string, sink: ContentSink, config: Config, startedAt: number) {
    this.reference = reference;
    this.#sink = sink;
    this.#config = config;
    this.#startedAt = startedAt;
    this.#decoder = new ContentDecoder({ lineEnds: config.smtp.lineEnds });
    this.#scan = new HeaderScan({ maxBytes: config.limits.header, maxLines: config.limits.headerLines });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A sender at the floor rate never meets it: each byte buys time (engineering: 500 bytes a second). Infinity without a floor. */
  get deadline(): number {
    const { limits, timeouts } = this.#config;
    return limits.minBytesPerSecond === 0 ? Infinity : this.#startedAt + timeouts.data + (this.#bytes * 1000) / limits.minBytesPerSecond;
  }

  /** True when so much came beyond the limit that even reading on to the end is too kind. */
  get hopeless(): boolean {
    return this.#bytes > 2 * this.#config.limits.message + 65_536;
  }

  /** Takes a chunk. `wait` is the disk's wish to pause; `rest` (once done) are the bytes behind the end of data. */
  push(chunk: Buffer): { readonly done: boolean; readonly rest: Buffer | null; readonly wait: Promise<void> | null } {
    this.#bytes += chunk.length;
    const { out, done, rest } = this.#decoder.push(chunk);
    if (rest !== null) this.#bytes -= rest.length;
    if (this.#bytes > this.#config.limits.message) this.#tooBig = true;
    let wait: Promise<void> | null = null;
    if (!this.#tooBig) {
      for (const part of out) {
        if (!this.#scan.done) this.#scan.push(part);
        wait = this.#sink.write(part) ?? wait;
      }
    }
    return { done, rest, wait };
  }

  /** The end of data has come. A fault has already let go of what was kept. */
  async finish(): Promise<{ readonly content: Content; readonly summary: ContentSummary } | { readonly fault: ContentFault; readonly why: string }> {
    const fault = this.#tooBig ? 'message-too-big' : this.#scan.tooBig !== null ? 'header-too-big' : null;
    if (fault !== null) {
      this.#sink.abort();
      return { fault, why: fault === 'header-too-big' ? `header has too many ${this.#scan.tooBig ?? ''}` : 'larger than the limit' };
    }
    const content: Content | ContentFailure = await this.#sink.finish();
    if ('failed' in content) return { fault: 'storage', why: content.failed };
    return { content, summary: this.#summary(content) };
  }

  abort(): void {
    this.#sink.abort();
  }

  #summary(content: Content): ContentSummary {
    const { bareLineEnds, nulBytes, longestLine } = this.#decoder;
    return { bytes: content.wireBytes, ...this.#scan.summary(), bareLineEnds, nulBytes, longestLine, sha256: content.sha256 };
  }
}
