// A temporary file for content that is too large for memory: written a block after the other in the background, read by chunks, removed.
import { unlink, type FileHandle } from 'node:fs/promises';

/** Counts the bytes that wait for the disk. */
export interface WriteMeter {
  send(bytes: number): void;
  sent(bytes: number): void;
}

const readBytes = 65_536;

export class ContentFile {
  readonly #path: string;
  readonly #meter: WriteMeter;
  readonly #handle: Promise<FileHandle | null>;
  #waiting: Buffer[] = [];
  #writing: Promise<void> | null = null;
  #failed: string | null = null;
  #removed = false;

  constructor(handle: Promise<FileHandle>, path: string, meter: WriteMeter) {
    this.#path = path;
    this.#meter = meter;
    this.#handle = handle.catch((error: unknown) => {
      this.#failed = String(error);
      return null;
    });
  }

  /** A promise while blocks wait for the disk: stop reading until it resolves. */
  get busy(): Promise<void> | undefined {
    return this.#writing ?? undefined;
  }

  /** Takes over the block. */
  push(block: Buffer): void {
    if (this.#failed !== null || this.#removed) return; // what is lost already is not kept
    this.#meter.send(block.length);
    this.#waiting.push(block);
    this.#writing ??= this.#writeAll();
  }

  /** Waits until all is written; null or why it failed. */
  async flush(): Promise<string | null> {
    await this.#writing;
    await this.#handle;
    return this.#failed;
  }

  /** Reads the first `length` bytes from the start; may be called again. */
  async *read(length: number): AsyncGenerator<Buffer> {
    const handle = await this.#handle;
    if (handle === null) throw new Error(this.#failed ?? 'no file');
    for (let at = 0; at < length;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(readBytes), 0, Math.min(readBytes, length - at), at);
      if (bytesRead === 0) throw new Error(`${this.#path} is shorter than what was written`);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Closes and removes the file, once. */
  async remove(): Promise<void> {
    if (this.#removed) return;
    this.#removed = true;
    await this.#writing;
    const handle = await this.#handle;
    if (handle === null) return;
    // Neither matters to anybody any more: what stays is swept at the next start.
    await unlink(this.#path).catch(() => {});
    await handle.close().catch(() => {});
  }

  async #writeAll(): Promise<void> {
    const handle = await this.#handle;
    while (this.#waiting.length > 0) {
      const blocks = this.#waiting;
      this.#waiting = [];
      if (handle !== null && this.#failed === null) await this.#write(handle, blocks);
      for (const block of blocks) this.#meter.sent(block.length);
    }
    this.#writing = null;
  }

  async #write(handle: FileHandle, blocks: Buffer[]): Promise<void> {
    try {
      for (const block of blocks) await writeWhole(handle, block);
    } catch (error) {
      this.#failed = String(error); // ENOSPC, EIO: the client hears 452 and keeps its message
    }
  }
}

/** A write may take less than asked for: on a full disk the rest fails at the next one. */
async function writeWhole(handle: FileHandle, block: Buffer): Promise<void> {
  for (let at = 0; at < block.length;) {
    const { bytesWritten } = await handle.write(block, at, block.length - at);
    at += bytesWritten;
  }
}
