// The content of one message while it arrives (RFC 5321 4.1.1.4, RFC 3030): brought into wire form, scanned, kept.
import type { Config } from '../../config/options.ts';
import type { ContentLimits } from '../../policy/content-room.ts';
import type { Content, ContentFailure, ContentSink } from '../../model/delivery.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import { HeaderScan } from '../../wire/message/header-scan.ts';
import { ContentDecoder } from '../../wire/smtp/content-decoder.ts';
import { ContentEncoder } from '../../wire/smtp/content-encoder.ts';

/** Why content that has come to its end is refused by the door itself. */
export type ContentFault = 'message-too-big' | 'header-too-big' | 'storage';

export interface CollectingParts {
  readonly reference: string;
  readonly sink: ContentSink;
  readonly config: Config;
  /** Those of the client that brings it. */
  readonly limits: ContentLimits;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** dot: by DATA, only CRLF.CRLF ends it. counted: by BDAT, somebody else counts the octets. */
  readonly by: 'dot' | 'counted';
}

/** By when so many octets that began at `startedAt` must have gone on: each byte buys time (engineering: 500 bytes a second). */
export function floorDeadline({ limits, timeouts }: Config, startedAt: number, bytes: number): number {
  return startedAt + timeouts.data + (bytes * 1000) / limits.minBytesPerSecond;
}

/** So much came beyond the limit that even reading on to the end is too kind. */
export const isHopeless = ({ message }: ContentLimits, bytes: number): boolean => bytes > 2 * message + 65_536;

export class Collecting {
  readonly reference: string;
  readonly #codec: ContentDecoder | ContentEncoder;
  readonly #scan: HeaderScan;
  readonly #sink: ContentSink;
  readonly #config: Config;
  readonly #limits: ContentLimits;
  readonly #startedAt: number;
  #bytes = 0;
  /** As it is handed on: bare line ends and dots make it grow. */
  #wireBytes = 0;
  /** Set once nothing more is kept: what still comes is read and thrown away until the end of data. */
  #tooBig = false;

  constructor({ reference, sink, config, limits, startedAt, by }: CollectingParts) {
    this.reference = reference;
    this.#sink = sink;
    this.#config = config;
    this.#limits = limits;
    this.#startedAt = startedAt;
    this.#codec = by === 'dot' ? new ContentDecoder({ lineEnds: config.smtp.lineEnds }) : new ContentEncoder();
    this.#scan = new HeaderScan({ maxBytes: limits.header, maxLines: limits.headerLines }, config.site.hostname);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get tooBig(): boolean {
    return this.#tooBig;
  }

  /** A sender at the floor rate never meets it. */
  get deadline(): number {
    return floorDeadline(this.#config, this.#startedAt, this.#bytes);
  }

  get hopeless(): boolean {
    return isHopeless(this.#limits, this.#bytes);
  }

  /** Takes a chunk. `wait` is the disk's wish to pause; `rest` (once done) are the bytes behind the end of data. */
  push(chunk: Buffer): { readonly done: boolean; readonly rest: Buffer | null; readonly wait: Promise<void> | null } {
    this.#bytes += chunk.length;
    const { out, done, rest } = this.#codec.push(chunk);
    if (rest !== null) this.#bytes -= rest.length;
    if (this.#bytes > this.#limits.message) this.#tooBig = true;
    const wait = this.#tooBig ? null : this.#keep(out);
    if (this.#wireBytes > this.#limits.message) this.#tooBig = true; // or padding that grows behind the limit is more than scanners look at
    return { done, rest, wait };
  }

  /** The end of data has come. A fault has already let go of what was kept. */
  async finish(): Promise<{ readonly content: Content; readonly summary: ContentSummary } | { readonly fault: ContentFault; readonly why: string }> {
    if (this.#codec instanceof ContentEncoder && !this.#tooBig) await this.#keep(this.#codec.finish());
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

  #keep(parts: readonly Buffer[]): Promise<void> | null {
    let wait: Promise<void> | null = null;
    for (const part of parts) {
      if (!this.#scan.done) this.#scan.push(part);
      this.#wireBytes += part.length;
      wait = this.#sink.write(part) ?? wait;
    }
    return wait;
  }

  #summary(content: Content): ContentSummary {
    const { bareLineEnds, nulBytes, longestLine } = this.#codec;
    return { bytes: content.wireBytes, ...this.#scan.summary(), bareLineEnds, nulBytes, longestLine, sha256: content.sha256 };
  }
}
