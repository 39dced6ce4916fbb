// One end of an SMTP connection: lines in, replies out, one thing at a time. Owns the socket, the output and the deadline;
// knows nothing of SMTP beyond "a line, or content". Nothing is awaited where the answer is at hand.
import type { Socket } from 'node:net';
import { LineReader, type LineResult } from '../../wire/smtp/line-reader.ts';

/** Unread input or unsent output above this makes the channel pause (engineering 4.6). */
const MAX_BACKLOG_BYTES = 65_536;
/** A client that was told goodbye has this long to go. */
const GOODBYE_MS = 5000;

export interface ChannelOwner {
  onLine(result: Exclude<LineResult, null>): void;
  onContent(chunk: Buffer): void;
  /** Bytes came although nothing may be read yet. */
  onEarlyBytes(): void;
  /** The client has closed its side and nothing is left to do. */
  onInputEnd(): void;
  /** The client has closed its side; what is under way goes on. */
  onHalfClosed(): void;
  /** The connection is gone; called once. */
  onClosed(): void;
  /** By when the client must act, counted from now: asked whenever replies have been sent. */
  nextDeadline(now: number): number;
  /** An exception of ours. */
  onFault(error: unknown): void;
}

/** hold: nothing is read yet. lines, content: what the next bytes are. closing: what comes is thrown away. */
export type ChannelMode = 'hold' | 'lines' | 'content' | 'closing';

export class Channel {
  /** Milliseconds since the epoch by which the client must have acted; Infinity while it is our turn. */
  deadline = Infinity;
  mode: ChannelMode = 'hold';
  bytesIn = 0;
  bytesOut = 0;
  closeReason = 'client closed';
  ended = false;
  readonly reader: LineReader;
  #socket: Socket;
  readonly #owner: ChannelOwner;
  readonly #now: () => number;
  #busy = false;
  #blocked = false;
  #pumping = false;
  /** What the disk asked us to wait for. */
  #disk: Promise<void> | null = null;
  #inputEnded = false;
  #out = '';

  constructor(socket: Socket, owner: ChannelOwner, settings: { readonly maxLineBytes: number; readonly now: () => number }) {
    this.#socket = socket;
    this.#owner = owner;
    this.#now = settings.now;
    this.reader = new LineReader(settings.maxLineBytes);
    this.#listen(socket);
  }

  /** Nobody listens any more: the connection is gone, or goodbye was said. What is still awaited may end, but changes nothing here. */
  get over(): boolean {
    return this.ended || this.mode === 'closing';
  }

  /** Queues reply text; it leaves with the next flush, so that pipelined commands are answered in one packet (RFC 2920 3.2). */
  say(text: string): void {
    if (!this.over) this.#out += text;
  }

  flush(): void {
    if (this.#out === '' || this.ended) return;
    const text = this.#out;
    this.#out = '';
    this.bytesOut += text.length;
    this.#socket.write(text, 'latin1'); // replies are ASCII; this is the shorter way into the kernel
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES && !this.#blocked) this.#waitForDrain();
    const now = this.#now();
    this.deadline = this.mode === 'closing' ? now + GOODBYE_MS : this.#owner.nextDeadline(now);
  }

  /** Runs `next` with the value, at once or when the promise has it; meanwhile no further line is read. */
  whenKnown<T>(value: T | Promise<T>, next: (value: T) => void): void {
    if (!(value instanceof Promise)) return next(value);
    this.#busy = true;
    this.flush();
    this.deadline = Infinity; // it is our turn; every service has a deadline of its own
    value
      .then((result) => {
        this.#busy = false;
        next(result);
      })
      .catch((error: unknown) => {
        this.#busy = false;
        this.#owner.onFault(error);
      })
      .finally(() => this.pump());
  }

  afterMs(ms: number, next: () => void): void {
    this.whenKnown(new Promise<void>((resolve) => void setTimeout(resolve, ms)), () => {
      if (!this.over) next();
    });
  }

  /** Stops reading content until the disk has caught up. */
  pauseUntil(ready: Promise<void>): void {
    this.#disk = ready;
    this.#socket.pause();
    void ready.then(() => {
      if (this.#disk !== ready) return;
      this.#disk = null;
      this.#balance();
    });
  }

  /** True where all that was said is with the kernel. */
  get isFlushed(): boolean {
    return this.#out === '' && this.#socket.writableLength === 0;
  }

  /** True while a promise is awaited. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Bytes to be taken as if they had just arrived. */
  feed(chunk: Buffer): void {
    if (this.mode === 'content') this.#owner.onContent(chunk);
    else this.reader.push(chunk);
  }

  /** Works through what has been read, until something must be waited for. */
  pump(): void {
    if (this.#pumping || this.ended) return;
    this.#pumping = true;
    try {
      while (!this.#busy && !this.#blocked && this.mode === 'lines') {
        const result = this.reader.next();
        if (result === null) break;
        this.#owner.onLine(result);
      }
    } catch (error) {
      this.#owner.onFault(error);
    }
    this.#pumping = false;
    this.flush();
    this.#balance();
    if (this.#inputEnded && !this.#busy && !this.#blocked && this.mode !== 'closing') this.#owner.onInputEnd();
  }

  /** The client's end is waited for: closing at once would reset what it may still be sending, and with that take back answers it has not read. */
  close(why: string): void {
    if (this.mode === 'closing') return;
    this.mode = 'closing';
    this.closeReason = why;
    this.flush();
    this.deadline = this.#now() + GOODBYE_MS;
    this.#socket.end();
    this.#socket.resume(); // what still comes is thrown away, so that the client hears us instead of a reset
  }

  destroy(why: string): void {
    this.closeReason = why;
    this.#socket.destroy();
  }

  /**
   * Puts TLS between us and the client: `upgrade` wraps the socket and says when it is secure. What came and was not read yet is the
   * beginning of the handshake; behind STARTTLS the caller makes sure that there is nothing (CVE-2011-0411).
   */
  secure(upgrade: (socket: Socket, secured: () => void) => Socket): void {
    this.flush();
    this.#busy = true;
    // One by one: Node resumes a socket whose listeners went all together, and what is put back would be lost.
    for (const [event, listener] of Object.entries(this.#listeners)) this.#socket.off(event, listener);
    this.#socket.pause();
    if (this.reader.buffered > 0) this.#socket.unshift(this.reader.takeRest()); // TLSSocket begins with what its socket holds
    this.#socket = upgrade(this.#socket, () => {
      this.#busy = false;
      this.pump();
    });
    this.#listen(this.#socket);
  }

  #listen(socket: Socket): void {
    const { data, end, error, close } = this.#listeners;
    socket.on('data', data).on('end', end).on('error', error).on('close', close);
  }

  readonly #listeners = {
    data: (chunk: Buffer): void => this.#onData(chunk),
    end: (): void => {
      this.#inputEnded = true;
      this.#owner.onHalfClosed();
      this.pump();
    },
    error: (error: Error): void => {
      this.closeReason = error.message;
    },
    close: (): void => {
      if (this.ended) return;
      this.ended = true;
      this.#owner.onClosed();
    },
  };

  #onData(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    if (this.mode === 'closing') return;
    if (this.mode === 'hold') this.#owner.onEarlyBytes();
    try {
      this.feed(chunk);
    } catch (error) {
      this.#owner.onFault(error);
    }
    this.pump();
  }

  #balance(): void {
    const mayRead = this.mode === 'content' ? this.#disk === null : this.mode === 'closing' || (this.reader.buffered <= MAX_BACKLOG_BYTES && !this.#blocked);
    if (!mayRead) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** A client that sends commands and reads no replies waits for itself. */
  #waitForDrain(): void {
    this.#blocked = true;
    this.#socket.once('drain', () => {
      this.#blocked = false;
      this.pump();
    });
  }
}
