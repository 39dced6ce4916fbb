// Appends messages to segments, many with one flush to the disk. A message is kept when its batch is flushed, and the folder too where
// the segment is new; whoever was told otherwise has been told wrong.
import { join } from 'node:path';
import type { Content } from '../../model/delivery.ts';
import type { SpoolEnvelope, SpoolSpot } from '../../model/spool.ts';
import { isReadable, newSign, recordHead, segmentHead } from './record.ts';
import { diskSteps, nextSegmentNumber, segmentName, type SegmentFile, type SegmentSteps } from './segment-file.ts';

export interface SegmentWriterOptions {
  readonly dir: string;
  /** The writer's own name: nobody else writes segments of that name. */
  readonly name: string;
  /** A segment that has so many bytes is followed by another; and so many are written in one batch, or one message. */
  readonly segmentBytes: number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
  readonly steps?: SegmentSteps;
  /** These are on the disk, all by one flush; called before any of their promises goes on. */
  kept(records: readonly KeptRecord[]): void;
}

/** A message on the disk, and where it stands there. */
export interface KeptRecord {
  readonly envelope: SpoolEnvelope;
  readonly spot: SpoolSpot;
}

interface Waiting {
  readonly envelope: SpoolEnvelope;
  readonly content: Pick<Content, 'chunks'>;
  kept(): void;
  failed(error: unknown): void;
}

interface OpenSegment {
  readonly file: SegmentFile;
  readonly name: string;
  /** With which each head begins. */
  readonly sign: Buffer;
  /** Bytes that are on the disk. */
  bytes: number;
}

/** One batch at most: those behind it wait for the next flush. */
const mostMessages = 512;
/** Content is handed to the system in pieces of this many bytes. */
const pieceBytes = 1024 ** 2;
/** After a failure the next attempt with a fresh segment is made so many ms later: a dying disk is not hammered. */
const pauseMs = 10_000;

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #steps: SegmentSteps;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #open: OpenSegment | null = null;
  #number: number | null = null;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#steps = options.steps ?? diskSteps;
  }

  /** Resolves when the message is on the disk; rejects when it is not, or when nobody knows. */
  add(envelope: SpoolEnvelope, content: Pick<Content, 'chunks'>): Promise<void> {
    if (!isReadable(envelope)) return Promise.reject(new Error(`the envelope is too long with ${envelope.recipients.length} recipients`));
    return new Promise((kept, failed) => {
      this.#waiting.push({ envelope, content, kept, failed });
      this.#running ??= this.#run().finally(() => (this.#running = null));
    });
  }

  /** Ends what is under way and closes the segment. */
  async close(): Promise<void> {
    await this.#running;
    await this.#open?.file.close();
    this.#open = null;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // those of the same turn come along
    while (this.#waiting.length > 0) {
      // Whoever came while the last one was flushed: to wait for more as well was measured, and only made everybody wait together.
      const batch = this.#waiting.splice(0, this.#batchSize());
      try {
        const records = await this.#write(batch);
        for (const { kept } of batch) kept();
        this.#options.kept(records);
      } catch (error) {
        await this.#poison();
        for (const { failed } of batch) failed(error);
      }
    }
  }

  /** Messages of the next batch: without a bound in bytes a few large ones at one moment make a segment that nobody can hold. */
  #batchSize(): number {
    let bytes = 0;
    const isBeyond = ({ envelope }: Waiting): boolean => (bytes += envelope.wireBytes) > this.#options.segmentBytes;
    const beyond = this.#waiting.findIndex((each, index) => index === mostMessages || isBeyond(each));
    return beyond < 0 ? this.#waiting.length : Math.max(1, beyond);
  }

  async #write(batch: readonly Waiting[]): Promise<readonly KeptRecord[]> {
    const open = await this.#segment();
    const { file, name, sign } = open;
    const records: KeptRecord[] = [];
    let pieces: Buffer[] = open.bytes === 0 ? [segmentHead(sign)] : [];
    let piecesBytes = pieces[0]?.length ?? 0;
    let at = open.bytes + piecesBytes;
    for (const { envelope, content } of batch) {
      const head = recordHead(envelope, sign);
      records.push({ envelope, spot: { segment: name, at, headBytes: head.length } });
      at += head.length + envelope.wireBytes;
      pieces.push(head);
      piecesBytes += head.length;
      let wireBytes = 0;
      for await (const chunk of content.chunks()) {
        pieces.push(chunk);
        piecesBytes += chunk.length;
        wireBytes += chunk.length;
        if (piecesBytes < pieceBytes) continue;
        await file.write(pieces);
        [pieces, piecesBytes] = [[], 0];
      }
      if (wireBytes !== envelope.wireBytes) throw new Error(`${envelope.id} has ${wireBytes} bytes instead of ${envelope.wireBytes}`);
    }
    if (pieces.length > 0) await file.write(pieces);
    await file.flush();
    open.bytes = at;
    return records;
  }

  async #segment(): Promise<OpenSegment> {
    const { dir, name, segmentBytes, steady } = this.#options;
    if (this.#open !== null && this.#open.bytes < segmentBytes) return this.#open;
    if (steady() < this.#pausedUntil) throw new Error('the disk of the spool has failed a moment ago');
    await this.#open?.file.close();
    this.#open = null;
    this.#number ??= await nextSegmentNumber(dir, name);
    const fileName = segmentName(name, this.#number);
    this.#number += 1;
    const file = await this.#steps.create(join(dir, fileName));
    this.#open = { file, name: fileName, sign: newSign(), bytes: 0 };
    // Without this the file's name can be gone after a crash, and with it all that was acknowledged.
    await this.#steps.flushFolder(dir);
    return this.#open;
  }

  /** A flush that failed is not tried again: the system may have thrown the pages away and say that all is well (engineering 4.5). */
  async #poison(): Promise<void> {
    const { steady } = this.#options;
    if (steady() >= this.#pausedUntil) this.#pausedUntil = steady() + pauseMs;
    const poisoned = this.#open;
    this.#open = null;
    if (poisoned === null) return;
    await poisoned.file.cutTo(poisoned.bytes).catch(() => {}); // what nobody was promised need not be delivered
    await poisoned.file.close().catch(() => {});
  }
}
