// An SMTP client that says exactly what a test wants: any bytes in any pieces, from a chosen address, with or without TLS,
// and that can go away in every impolite manner. Its reply parser is its own.
import net from 'node:net';
import tls from 'node:tls';
import assert from 'node:assert/strict';
import { onTheWire } from './letter.ts';
import { atEnd, type Owner } from './scratch.ts';
import { patienceMs as usualPatienceMs, within } from './until.ts';

export interface SmtpReply {
  readonly code: number;
  /** The last line's text behind the code. */
  readonly text: string;
  /** All lines with their codes, without line ends. */
  readonly lines: readonly string[];
}

export interface ClientOptions {
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The client's own address: 127.0.0.1 plays an insider, 127.0.0.2 a stranger. */
  readonly from?: string;
  /** TLS from the first byte. */
  readonly implicitTls?: boolean;
  /** Waits no longer than this for one reply, in milliseconds. */
  readonly patienceMs?: number;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  /** Not dot-stuffed; see letter.ts. */
  readonly content: Buffer;
}

/** The client's side of a finished transaction. */
export interface Answers {
  readonly mail: SmtpReply;
  readonly rcpt: readonly SmtpReply[];
  /** The reply to DATA (not 354: nothing was sent) or to the final dot; null when no recipient was accepted. */
  readonly end: SmtpReply | null;
}

const replyPattern = /^(\d{3})([ -])(.*)$/;

export class SmtpClient {
  #socket: net.Socket;
  #buffer = '';
  #lines: string[] = [];
  readonly #replies: SmtpReply[] = [];
  readonly #waiting: { resolve: (reply: SmtpReply) => void; reject: (error: Error) => void }[] = [];
  readonly #patienceMs: number;
  #over: string | null = null;
  #resolveClosed: (why: string) => void = () => undefined;
  /** Everything the server said, as it came. */
  received = '';
  /** Resolves when the connection is over: 'end' (the server closed it orderly) or an error code such as ECONNRESET. */
  readonly closed: Promise<string>;

  private constructor(socket: net.Socket, patienceMs: number) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#attach(socket);
  }

  /** Connects; the greeting is not yet read. */
  static async connect(owner: Owner, options: ClientOptions): Promise<SmtpClient> {
    const { port, host = '127.0.0.1', patienceMs = usualPatienceMs } = options;
    const socket = net.connect({ port, host, ...(options.from === undefined ? {} : { localAddress: options.from }), allowHalfOpen: true });
    await within(patienceMs, `a connection to ${host}:${port}`, new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject)));
    socket.setNoDelay(true);
    const client = new SmtpClient(socket, patienceMs);
    if (options.implicitTls === true) await client.beginTls();
    atEnd(owner, () => client.reset());
    return client;
  }

  /** Connects, reads the greeting and says EHLO. */
  static async greet(owner: Owner, options: ClientOptions & { readonly helo?: string }): Promise<SmtpClient> {
    const client = await SmtpClient.connect(owner, options);
    const greeting = await client.reply();
    assert.equal(greeting.code, 220, `greeting: ${greeting.lines.join(' / ')}`);
    const hello = await client.ask(`EHLO ${options.helo ?? 'client.example'}`);
    assert.equal(hello.code, 250, hello.text);
    return client;
  }

  #attach(socket: net.Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#finish(error.code ?? error.message));
    socket.on('end', () => this.#finish('end'));
    socket.on('close', () => this.#finish('close'));
  }

  #take(text: string): void {
    this.received += text;
    this.#buffer += text;
    for (let end = this.#buffer.indexOf('\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n')) {
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 2);
      this.#lines.push(line);
      const parts = replyPattern.exec(line);
      if (parts?.[2] === '-') continue;
      this.#deliver({ code: Number(parts?.[1] ?? 0), text: parts?.[3] ?? line, lines: this.#lines });
      this.#lines = [];
    }
  }

  #deliver(reply: SmtpReply): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(reply);
    else this.#replies.push(reply);
  }

  #finish(why: string): void {
    if (this.#over !== null) return;
    this.#over = why;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`connection over (${why}) while a reply was awaited`));
    this.#resolveClosed(why);
  }

  /** The next reply that has not been read yet. Rejects when the connection is over. */
  reply(): Promise<SmtpReply> {
    const known = this.#replies.shift();
    if (known) return Promise.resolve(known);
    if (this.#over !== null) return Promise.reject(new Error(`connection over (${this.#over}): no more replies`));
    return within(
      this.#patienceMs,
      `a reply after ${JSON.stringify(this.received.slice(-80))}`,
      new Promise((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
  }

  /** Replies that have come and were not read. */
  get unread(): readonly SmtpReply[] {
    return this.#replies;
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  /** Sends bytes as they are; resolves when the kernel has them (or the connection is over). */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes, () => resolve()));
  }

  /** Sends two or more pieces, each in a packet of its own. */
  async sendPieces(pieces: readonly (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      await this.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Sends a command line and reads its reply. */
  async ask(line: string): Promise<SmtpReply> {
    void this.send(`${line}\r\n`);
    return this.reply();
  }

  /** STARTTLS and the handshake; EHLO is up to the caller. Certificates are not checked: the test made them. */
  async startTls(): Promise<void> {
    const answer = await this.ask('STARTTLS');
    assert.equal(answer.code, 220, answer.text);
    await this.beginTls();
  }

  /** The handshake alone. */
  async beginTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close').removeAllListeners('error');
    this.#buffer = '';
    const secure = tls.connect({ socket: plain, rejectUnauthorized: false });
    await within(this.#patienceMs, 'the TLS handshake', new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject)));
    this.#attach(secure);
  }

  /** A whole transaction, command by command. Recipients that are refused are left out, as a real client does. */
  async transact({ from, to, content }: Envelope): Promise<Answers> {
    const mail = await this.ask(`MAIL FROM:<${from}>`);
    if (mail.code !== 250) return { mail, rcpt: [], end: null };
    const rcpt: SmtpReply[] = [];
    for (const recipient of to) rcpt.push(await this.ask(`RCPT TO:<${recipient}>`));
    if (!rcpt.some(({ code }) => code === 250)) {
      await this.ask('RSET');
      return { mail, rcpt, end: null };
    }
    const data = await this.ask('DATA');
    if (data.code !== 354) return { mail, rcpt, end: data };
    void this.send(onTheWire(content));
    return { mail, rcpt, end: await this.reply() };
  }

  /**
   * A dialogue, one line each: `C: text` is sent with CRLF, `S: 250` awaits a reply of that code (`S: 5` any of that class),
   * `S: 250 text` one that also contains the text, `D: text` sends just this, with \r\n written out. Indentation and empty lines do not count.
   */
  async converse(dialogue: string): Promise<void> {
    for (const line of dialogue.split('\n').map((one) => one.trim())) {
      if (line === '') continue;
      const words = line.slice(3);
      if (line.startsWith('C:')) await this.send(`${words}\r\n`);
      else if (line.startsWith('S:')) await this.#expect(words);
      else if (line.startsWith('D:')) await this.send(words.replaceAll('\\r', '\r').replaceAll('\\n', '\n'));
      else throw new Error(`not a line of a dialogue: ${line}`);
    }
  }

  async #expect(words: string): Promise<void> {
    const answer = await this.reply();
    const heard = answer.lines.join(' / ');
    const [code = ''] = words.split(' ', 1);
    assert.ok(String(answer.code).startsWith(code) && heard.includes(words.slice(code.length + 1)), `expected ${words}, heard ${heard}`);
  }

  async quit(): Promise<void> {
    await this.ask('QUIT');
    this.#socket.end();
    await this.closed;
  }

  /** Says that nothing more will come, and still listens. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Stops reading: the server's replies fill up the buffers of the kernel. */
  deaf(): void {
    this.#socket.pause();
  }

  /** Cuts the connection with a reset. */
  reset(): void {
    if (this.#socket instanceof tls.TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}

/** The reference in a refusal, for `floodgate explain`; null when there is none. */
export const referenceIn = (reply: SmtpReply): string | null => /\(ref ([^)\s]+)\)/.exec(reply.lines.join(' '))?.[1] ?? null;

/** One session, one transaction, QUIT. */
export async function deliverOnce(owner: Owner, options: ClientOptions & { readonly helo?: string }, envelope: Envelope): Promise<Answers> {
  const client = await SmtpClient.greet(owner, options);
  const answers = await client.transact(envelope);
  await client.quit();
  return answers;
}
