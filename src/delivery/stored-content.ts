// The content of one message while it arrives and while it waits: blocks in memory, from a size on a temporary file.
import { createHash, hash, randomUUID, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Content, ContentFailure, ContentSink } from '../model/delivery.ts';
import type { ContentBudget } from './content-budget.ts';
import { ContentFile } from './content-file.ts';

export interface StoredContentOptions {
  /** Directory of the temporary files. */
  readonly dir: string;
  /** Content larger than so many bytes goes to a file. */
  readonly memoryBytes: number;
  /** Creates a file for writing and reading; default creates it exclusively, mode 0600. */
  openFile?(path: string): Promise<FileHandle>;
}

/** How the names of our temporary files end. */
export const contentFileSuffix = '.part';

/** Bytes: block sizes. In file mode a session has one largest block in hand besides those that wait for the disk. */
const smallestBlock = 1024;
const largestBlock = 65_536;

/** A chunk of this size that fills most of the buffer it was read into is kept as it is. */
const keptChunk = 2048;

/**
 * Small chunks are copied into blocks of our own: a client that sends a byte a packet would otherwise cost a buffer object a byte,
 * and a slice would keep alive the whole buffer that it was read into. Large ones are not: each copy is memory outside the heap, and
 * enough of that makes the collector go through the whole heap (every 90 messages of 64 KiB, a quarter of their CPU time).
 */
export class StoredContent implements ContentSink {
  readonly #options: StoredContentOptions;
  readonly #budget: ContentBudget;
  /** All but the last are full. */
  #blocks: Buffer[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #total = 0;
  /** Bytes taken from the budget. */
  #kept = 0;
  #hash: Hash | null = null;
  #file: ContentFile | null = null;

  constructor(options: StoredContentOptions, budget: ContentBudget) {
    this.#options = options;
    this.#budget = budget;
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#total += chunk.length;
    if (this.#file === null && this.#total > this.#options.memoryBytes) this.#moveToFile();
    if (this.#file === null && chunk.length >= keptChunk && chunk.length * 2 >= chunk.buffer.byteLength) return this.#keepChunk(chunk);
    for (let at = 0; at < chunk.length;) {
      const last = this.#blocks.at(-1);
      const block = last === undefined || this.#used === last.length ? this.#addBlock(chunk.length - at) : last;
      const copied = chunk.copy(block, this.#used, at);
      this.#used += copied;
      at += copied;
    }
    return this.#file?.busy;
  }

  finish(): Content | Promise<Content | ContentFailure> {
    if (this.#file !== null) return this.#finishFile(this.#file);
    this.#trim();
    const blocks = this.#blocks;
    const sha256 = this.#sha256();
    return { wireBytes: this.#total, sha256, chunks: () => blocks, dispose: () => this.#letGo() };
  }

  abort(): void {
    if (this.#file === null) this.#letGo();
    else void this.#file.remove();
  }

  async #finishFile(file: ContentFile): Promise<Content | ContentFailure> {
    this.#trim();
    const sha256 = this.#sha256();
    for (const block of this.#blocks) file.push(block);
    this.#blocks = [];
    const failed = await file.flush();
    if (failed !== null) {
      await file.remove();
      return { failed };
    }
    return { wireBytes: this.#total, sha256, chunks: () => file.read(this.#total), dispose: () => void file.remove() };
  }

  #keepChunk(chunk: Buffer): void {
    this.#trim();
    this.#takeRoom(chunk.buffer.byteLength);
    this.#closeBlock();
    this.#blocks.push(chunk);
    this.#used = chunk.length;
  }

  /** Room in the budget of all sessions, or else on the disk. */
  #takeRoom(bytes: number): void {
    if (this.#budget.keep(bytes)) this.#kept += bytes;
    else this.#moveToFile();
  }

  #addBlock(wanted: number): Buffer {
    // Doubling, so that a chunk of 4 KiB has one block and 256 KiB in small pieces a dozen.
    const grown = Math.max(smallestBlock, wanted, this.#file === null ? this.#total - wanted : largestBlock);
    const length = Math.min(largestBlock, Math.ceil(grown / smallestBlock) * smallestBlock);
    if (this.#file === null) this.#takeRoom(length);
    this.#closeBlock();
    const block = Buffer.allocUnsafeSlow(length);
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }

  /** The last block is full: hash it, and give it to the file where there is one. */
  #closeBlock(): void {
    const full = this.#blocks.at(-1);
    if (full === undefined) return;
    this.#hash ??= createHash('sha256');
    this.#hash.update(full);
    if (this.#file === null) return;
    this.#file.push(full);
    this.#blocks = [];
  }

  #moveToFile(): void {
    const path = join(this.#options.dir, `${process.pid}-${randomUUID()}${contentFileSuffix}`);
    this.#file = new ContentFile(this.#options.openFile?.(path) ?? open(path, 'wx+', 0o600), path, this.#budget);
    // The last block may have room; the bytes in it are hashed and written when it is full, like any other.
    for (const full of this.#blocks.splice(0, this.#blocks.length - 1)) this.#file.push(full);
    this.#letGoOfContentBudget();
  }

  #trim(): void {
    const last = this.#blocks.pop();
    if (last !== undefined && this.#used > 0) this.#blocks.push(last.subarray(0, this.#used));
  }

  /** In one go for the usual message of one block: half the time of a hash object. After `#trim`. */
  #sha256(): string {
    const last = this.#blocks.at(-1);
    if (this.#hash === null) return hash('sha256', last ?? '', 'hex');
    if (last !== undefined) this.#hash.update(last);
    return this.#hash.digest('hex');
  }

  #letGo(): void {
    this.#blocks = [];
    this.#letGoOfContentBudget();
  }

  #letGoOfContentBudget(): void {
    this.#budget.letGo(this.#kept);
    this.#kept = 0;
  }
}
