// A next hop for tests on a real loopback socket: SMTP or LMTP, scripted a step at a time, that writes down every byte.
// Its parser is its own, so that a fault of ours is not cancelled by the same fault here.
//
//   await using hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : undefined) } });
//   ... deliver to hub.host, hub.port ...
//   await hub.until(() => hub.messages.length === 1);
//   hub.messages[0].data    the content as it stood on the wire, dots stuffed, without the final dot line
//   hub.sessions[0].lines   'S: 220 ...', 'C: EHLO ...', ...
import { createHash } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { listenOn } from './scratch.ts';
import { patienceMs, within } from './until.ts';

/** Where a script may interfere: the verbs, `connect` (the greeting), `content` (each piece of content) and `dot` (the end of data; LMTP: once a recipient). */
export type FakeHubStep =
  | 'connect'
  | 'EHLO'
  | 'HELO'
  | 'LHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'XCLIENT'
  | 'XFORWARD'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'content'
  | 'dot'
  | 'RSET'
  | 'NOOP'
  | 'QUIT';

export interface FakeHubMoment {
  /** The command line without CRLF; '' at `connect`, `content` and `dot`. */
  readonly line: string;
  /** Number of the session, from 0. */
  readonly session: number;
  /** How often this step has come before, in all sessions. */
  readonly earlier: number;
  /** At `dot` of LMTP: the argument of this recipient's RCPT. */
  readonly recipient: string;
  /** Content bytes of this message so far. */
  readonly bytes: number;
}

/** A reply line or several (separated by \n; the hyphens are put in where missing), or finer orders. */
export type FakeHubAnswer =
  | string
  | {
      /** Bytes to send as they are; CRLF is up to the script. Takes the place of `reply`. */
      readonly raw?: string | Buffer;
      readonly reply?: string;
      /** Waits for this before it answers. */
      readonly hold?: Promise<unknown>;
      /** Writes so many bytes at a time. */
      readonly split?: number;
      /** After the reply (if any) the connection ends: orderly, or by a reset. */
      readonly drop?: 'fin' | 'rst';
      /** Says nothing and keeps the connection. */
      readonly silent?: true;
      /** Reads nothing from now on: what the other side sends fills the kernel's buffers, and then it must wait. */
      readonly deaf?: true;
    };

/** One step's script; undefined as answer: the usual one. */
export type FakeHubScript = { [step in FakeHubStep]?: FakeHubAnswer | ((moment: FakeHubMoment) => FakeHubAnswer | undefined) };

export interface FakeHubOptions {
  readonly protocol?: 'smtp' | 'lmtp';
  /** EHLO keywords; default PIPELINING, 8BITMIME, SMTPUTF8, SIZE 50000000, ENHANCEDSTATUSCODES. */
  readonly capabilities?: readonly string[];
  /** PEM; adds STARTTLS to the keywords. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly script?: FakeHubScript;
}

export interface FakeHubMessage {
  readonly session: number;
  /** Arguments of MAIL and RCPT behind the colon, parameters and all. */
  readonly from: string;
  readonly recipients: readonly string[];
  readonly data: Buffer;
  readonly sha256: string;
  /** Arguments of XFORWARD and XCLIENT since the transaction before. */
  readonly forwarded: readonly string[];
}

export interface FakeHubSession {
  readonly lines: string[];
  open: boolean;
  secure: boolean;
  /** Says something (CRLF included) that nobody asked for. */
  blurt(raw: string): void;
}

export interface FakeHub extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** May be changed while it runs. */
  script: FakeHubScript;
  capabilities: readonly string[];
  readonly sessions: FakeHubSession[];
  /** Complete messages: the final dot came, whatever the answer to it was. */
  readonly messages: FakeHubMessage[];
  /** Most sessions open at the same time. */
  readonly peak: number;
  /** Resolves when the condition holds; looked at again after everything that happens. */
  until(condition: () => boolean): Promise<void>;
  /** Cuts every connection by a reset. */
  resetAll(): void;
  close(): Promise<void>;
}

const usualCapabilities = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 50000000', 'ENHANCEDSTATUSCODES'];
const endOfData = Buffer.from('\r\n.\r\n');

/** Starts a hub on a free port of loopback (or on `port`). */
export async function startFakeHub(options: FakeHubOptions = {}, port = 0): Promise<FakeHub> {
  const sockets = new Set<net.Socket>();
  const waiting = new Set<() => void>();
  const counts = new Map<FakeHubStep, number>();
  let peak = 0;
  const stage: Stage = {
    options,
    happened: () => waiting.forEach((look) => look()),
    answer(step, moment) {
      const earlier = counts.get(step) ?? 0;
      counts.set(step, earlier + 1);
      const script = hub.script[step];
      return typeof script === 'function' ? script({ line: '', recipient: '', bytes: 0, ...moment, earlier }) : script;
    },
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      stage.happened();
    });
    peak = Math.max(peak, sockets.size);
    new Session(hub, stage, socket).begin();
  });
  await listenOn(server, port);
  const address = server.address() as net.AddressInfo;
  const hub: FakeHub = {
    host: '127.0.0.1',
    port: address.port,
    script: options.script ?? {},
    capabilities: options.capabilities ?? usualCapabilities,
    sessions: [],
    messages: [],
    get peak() {
      return peak;
    },
    until: (condition) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (condition() && waiting.delete(look)) resolve();
      };
      waiting.add(look);
      look();
      return within(patienceMs, `the hub to see that ${String(condition)}`, promise);
    },
    resetAll: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
    [Symbol.asyncDispose]: () => hub.close(),
  };
  return hub;
}

interface Stage {
  readonly options: FakeHubOptions;
  happened(): void;
  answer(step: FakeHubStep, moment: Partial<FakeHubMoment> & { readonly session: number }): FakeHubAnswer | undefined;
}

class Session {
  readonly #hub: FakeHub;
  readonly #stage: Stage;
  readonly #number: number;
  readonly #record: FakeHubSession = { lines: [], open: true, secure: false, blurt: (raw) => this.blurt(raw) };
  #socket: net.Socket;
  #pending: Buffer = Buffer.alloc(0);
  #content: Buffer[] | null = null;
  #contentBytes = 0;
  #tail: Buffer = Buffer.alloc(0);
  #from: string | null = null;
  #recipients: string[] = [];
  #forwarded: string[] = [];
  #working = false;

  constructor(hub: FakeHub, stage: Stage, socket: net.Socket) {
    this.#hub = hub;
    this.#stage = stage;
    this.#socket = socket;
    this.#number = hub.sessions.push(this.#record) - 1;
    this.#attach(socket);
  }

  begin(): void {
    void this.#work(() => this.#say('connect', {}, '220 hub.example ESMTP'));
  }

  /** Says something that nobody asked for. */
  blurt(raw: string): void {
    this.#record.lines.push(`S: ${raw.trimEnd()}`);
    this.#socket.write(raw);
  }

  #attach(socket: net.Socket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#record.open = false;
      this.#stage.happened();
    });
    socket.on('data', (chunk) => {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      void this.#work(() => this.#consume());
    });
  }

  /** One thing at a time: what arrives while a scripted wait lasts stays in `pending`. */
  async #work(job: () => Promise<void>): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    await job();
    while (this.#canGoOn()) await this.#consume();
    this.#working = false;
    this.#stage.happened();
  }

  #canGoOn(): boolean {
    if (!this.#record.open || this.#pending.length === 0) return false;
    return this.#content !== null || this.#pending.includes('\r\n');
  }

  async #consume(): Promise<void> {
    if (this.#pending.length === 0) return;
    if (this.#content !== null) return this.#takeContent();
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return;
    const line = this.#pending.subarray(0, end).toString();
    this.#pending = this.#pending.subarray(end + 2);
    this.#record.lines.push(`C: ${line}`);
    await this.#command(line);
  }

  async #command(line: string): Promise<void> {
    const verb = (/^[A-Za-z]*/.exec(line)?.[0] ?? '').toUpperCase();
    const argument = line.slice(line.indexOf(':') + 1);
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        return this.#say(verb, { line }, ['250-hub.example', ...this.#keywords().map((keyword) => `250-${keyword}`)].join('\n'));
      case 'HELO':
        return this.#say(verb, { line }, '250 hub.example');
      case 'STARTTLS':
        return this.#startTls(line);
      case 'AUTH':
        return this.#say(verb, { line }, '535 5.7.8 Wrong');
      case 'XCLIENT':
        this.#forwarded.push(line);
        return this.#say(verb, { line }, '220 hub.example ESMTP again');
      case 'XFORWARD':
        this.#forwarded.push(line);
        return this.#say(verb, { line }, '250 2.0.0 Ok');
      case 'MAIL':
        return this.#say(verb, { line }, '250 2.1.0 Ok', () => {
          this.#from = argument;
          this.#recipients = [];
        });
      case 'RCPT':
        return this.#say(verb, { line }, this.#from === null ? '503 5.5.1 MAIL first' : '250 2.1.5 Ok', () => this.#recipients.push(argument));
      case 'DATA':
        return this.#say(verb, { line }, this.#recipients.length === 0 ? '554 5.5.1 No valid recipients' : '354 Go on', () => {
          this.#content = [];
          this.#contentBytes = 0;
          this.#tail = Buffer.from('\r\n'); // a dot in the first line counts
        });
      case 'RSET':
        return this.#say(verb, { line }, '250 2.0.0 Ok', () => this.#forget());
      case 'NOOP':
        return this.#say(verb, { line }, '250 2.0.0 Ok');
      case 'QUIT':
        return this.#say(verb, { line }, { reply: '221 2.0.0 Bye', drop: 'fin' });
      default:
        return this.#send('500 5.5.2 Unknown');
    }
  }

  #keywords(): readonly string[] {
    const offersTls = this.#stage.options.tls !== undefined && !this.#record.secure;
    return offersTls ? [...this.#hub.capabilities, 'STARTTLS'] : this.#hub.capabilities;
  }

  async #takeContent(): Promise<void> {
    const chunk = this.#pending;
    // The mark may lie across the border of two chunks: look from up to four bytes before it.
    const window = Buffer.concat([this.#tail, chunk]);
    const at = window.indexOf(endOfData);
    const taken = at < 0 ? chunk.length : at + endOfData.length - this.#tail.length;
    this.#content?.push(chunk.subarray(0, taken));
    this.#contentBytes += taken;
    this.#tail = window.subarray(Math.max(0, window.length - 4));
    this.#pending = chunk.subarray(taken);
    const interference = this.#stage.answer('content', { session: this.#number, bytes: this.#contentBytes });
    if (interference !== undefined) await this.#send(interference);
    if (at >= 0) await this.#finish();
    else this.#stage.happened();
  }

  async #finish(): Promise<void> {
    const data = Buffer.concat(this.#content ?? []).subarray(0, -3); // without `.CRLF`
    const recipients = this.#recipients;
    this.#content = null;
    this.#hub.messages.push({
      session: this.#number,
      from: this.#from ?? '',
      recipients,
      data,
      sha256: createHash('sha256').update(data).digest('hex'),
      forwarded: this.#forwarded,
    });
    this.#record.lines.push(`C: (${data.length} bytes of content)`);
    this.#stage.happened(); // the answer may be held back; the message is there already
    const perRecipient = this.#stage.options.protocol === 'lmtp' ? recipients : [''];
    for (const recipient of perRecipient) await this.#say('dot', { recipient, bytes: data.length }, `250 2.0.0 Ok: queued as FAKE${this.#hub.messages.length}`);
    this.#forget();
  }

  #forget(): void {
    this.#from = null;
    this.#recipients = [];
    this.#forwarded = [];
  }

  async #startTls(line: string): Promise<void> {
    const { tls: pem } = this.#stage.options;
    if (pem === undefined) return this.#say('STARTTLS', { line }, '502 5.5.1 No TLS');
    const plain = this.#socket;
    await this.#say('STARTTLS', { line }, '220 2.0.0 Ready', () => {
      plain.removeAllListeners('data');
      this.#record.secure = true;
      this.#pending = Buffer.alloc(0);
      this.#attach(new tls.TLSSocket(plain, { isServer: true, cert: pem.cert, key: pem.key }));
    });
  }

  /** Answers as the script says, else as usual; `done` runs when the answer was positive, before it is written where that matters to nobody. */
  async #say(step: FakeHubStep, moment: Partial<FakeHubMoment>, usual: FakeHubAnswer, done?: () => void): Promise<void> {
    const answer = this.#stage.answer(step, { ...moment, session: this.#number }) ?? usual;
    await this.#send(answer);
    const text = typeof answer === 'string' ? answer : (answer.reply ?? '');
    if (/^[23]/.test(text)) done?.();
  }

  async #send(answer: FakeHubAnswer): Promise<void> {
    const { raw, reply, hold, split, drop, deaf }: Exclude<FakeHubAnswer, string> = typeof answer === 'string' ? { reply: answer } : answer;
    if (deaf) this.#socket.pause();
    if (hold !== undefined) await hold;
    const text = raw ?? (reply === undefined ? '' : formatted(reply));
    if (text.length > 0) {
      this.#record.lines.push(
        ...text
          .toString()
          .split('\r\n')
          .filter((line) => line !== '')
          .map((line) => `S: ${line}`),
      );
      await this.#write(Buffer.from(text), split ?? text.length);
    }
    if (drop === 'rst') this.#socket.resetAndDestroy();
    if (drop === 'fin') this.#socket.end();
    if (drop !== undefined) this.#record.open = false;
    this.#stage.happened();
  }

  async #write(bytes: Buffer, step: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += step) {
      if (this.#socket.destroyed) return;
      this.#socket.write(bytes.subarray(at, at + step));
      if (step < bytes.length) await new Promise(setImmediate);
    }
  }
}

/** `250-a\n250 b` on the wire: hyphens in all lines but the last. */
function formatted(reply: string): string {
  const lines = reply.split('\n');
  return lines.map((line, index) => `${line.slice(0, 3)}${index === lines.length - 1 ? ' ' : '-'}${line.slice(4)}\r\n`).join('');
}
