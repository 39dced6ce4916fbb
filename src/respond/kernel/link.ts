// The gateway's end of the way to the kernel helper: keeps the kernel's sets as the measures are. The helper may be gone at any time;
// then the same measures are refused at the banner, and the whole set is sent again when it is back.
import { connect, type Socket } from 'node:net';
import { socketPath } from '../../lib/socket-path.ts';
import type { Recorder } from '../../model/events.ts';
import type { DropEntry } from '../drop-plan.ts';
import { maxLine, maxNetworks, maxSeconds, notInSet, orderText, readAnswer, type Answer } from './protocol.ts';

export interface KernelLinkParts {
  /** The helper's socket. */
  readonly path: string;
  /** What the kernel should drop now: networks apart from one another. Asked whenever the set is sent. */
  wanted(): readonly DropEntry[];
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Times in ms, for tests. */
  readonly times?: Partial<LinkTimes>;
}

export interface LinkTimes {
  /** The kernel forgets an entry that was not confirmed for so long: a gateway that is gone blocks nobody for good. */
  readonly leaseMs: number;
  /** Everything is sent, and the counter read, so often. */
  readonly confirmMs: number;
  /** A helper that is gone is looked for so often. */
  readonly retryMs: number;
  /** The helper answers within this, or counts as gone. */
  readonly answerMs: number;
  /** Changes of one moment go together. */
  readonly gatherMs: number;
}

export interface KernelState {
  /** kept: the kernel has the set. lost: it may not. */
  readonly state: 'kept' | 'lost';
  /** Why it is lost; null while it is kept. */
  readonly why: string | null;
  /** Networks that the kernel was told of. */
  readonly networks: number;
  /** Of these left out by the helper's own guard, and the first reason. */
  readonly leftOut: number;
  readonly leftOutWhy: string | null;
  /** Dropped since the helper began, as of the last look. */
  readonly packets: number;
  readonly bytes: number;
}

/** What was dropped of one network since `since` (milliseconds since the epoch), when its entry was sent last. */
export interface NetworkCount {
  readonly packets: number;
  readonly bytes: number;
  readonly since: number;
}

export interface KernelLink {
  /** The measures are no longer what they were. */
  changed(): void;
  state(): KernelState;
  /** Of a network as the kernel was told of it. absent: it does not have it, whatever it was told; uncounted: nobody counts. Never rejects. */
  count(text: string): Promise<NetworkCount | 'absent' | 'uncounted'>;
  /** Lets go; the kernel forgets within the lease. */
  close(): void;
}

const usual: LinkTimes = { leaseMs: 300_000, confirmMs: 60_000, retryMs: 1000, answerMs: 45_000, gatherMs: 50 };

/** Connects, and goes on trying. */
export function openKernelLink(parts: KernelLinkParts): KernelLink {
  const link = new Link(parts);
  link.look();
  return { changed: () => link.changed(), state: () => link.state(), count: (text) => link.count(text), close: () => link.close() };
}

/** Milliseconds before its end in which an entry is left to end by itself: the kernel's clock and ours need not agree. */
const closeMs = 2000;
/** nft 1.0 takes about a millisecond an element to remove from some thousands, and all of them anew in a tenth of a second. */
const maxRemoved = 32;
/** A helper that stays away is looked for less often, up to so many times `retryMs` apart. */
const slowest = 10;

/** One network as the kernel was told of it; moments in ms since the epoch. */
interface Sent {
  readonly text: string;
  readonly seconds: number;
  readonly sentAt: number;
  /** When the kernel forgets it. */
  readonly end: number;
  /** When its measures end. */
  readonly expiresAt: number;
}

class Link {
  readonly #parts: KernelLinkParts;
  readonly #times: LinkTimes;
  #socket: Socket | null = null;
  #isOver = false;
  /** Null until the first look has ended one way or the other: so that a start without a helper is told once. */
  #state: KernelState['state'] | null = null;
  #why: string | null = 'not asked yet';
  /** What went wrong with this connection. */
  #trouble: string | null = null;
  #tries = 0;
  #last: Pick<KernelState, 'networks' | 'leftOut' | 'leftOutWhy' | 'packets' | 'bytes'> = { networks: 0, leftOut: 0, leftOutWhy: null, packets: 0, bytes: 0 };
  /** What the kernel has, by network; as many as are wanted. */
  #sent = new Map<string, Sent>();
  #isSending = false;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #answered: ((answer: Answer | Error) => void) | null = null;
  /** One question at a time. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(parts: KernelLinkParts) {
    this.#parts = parts;
    this.#times = { ...usual, ...parts.times };
  }

  state(): KernelState {
    return { state: this.#state ?? 'lost', why: this.#why, ...this.#last };
  }

  look(): void {
    if (this.#isOver) return;
    this.#trouble = null;
    let place: ReturnType<typeof socketPath>;
    try {
      place = socketPath(this.#parts.path);
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error)); // its directory is not there
      return;
    }
    const socket = connect(place.path);
    this.#socket = socket;
    socket.unref();
    socket.once('close', place.release);
    socket.setEncoding('latin1');
    let rest = '';
    socket.on('connect', () => this.#later(0));
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLine) socket.destroy(new Error('it speaks another language'));
      for (const line of lines) this.#answered?.(readAnswer(line) ?? new Error('it speaks another language'));
    });
    socket.on('error', (error) => (this.#trouble ??= error.message));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#answered?.(new Error('it hung up'));
      this.#lose(this.#trouble ?? 'it hung up');
    });
  }

  changed(): void {
    if (this.#isOver || this.#state !== 'kept') return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#send('changes');
    }, this.#times.gatherMs).unref();
  }

  async count(text: string): Promise<NetworkCount | 'absent' | 'uncounted'> {
    const sent = this.#sent.get(text);
    if (this.#state !== 'kept' || sent === undefined) return 'absent';
    // A helper of an earlier version hangs up; it is found again.
    const answer = await this.#ask(`count ${text}\n`).catch(() => null);
    if (answer?.kind === 'counted') return { packets: answer.packets, bytes: answer.bytes, since: this.#sent.get(text)?.sentAt ?? sent.sentAt };
    return answer?.kind === 'no' && answer.why === notInSet ? 'absent' : 'uncounted';
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#gathering);
    this.#socket?.destroy();
  }

  /** Everything is sent after so many ms. */
  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send('all'), ms).unref();
  }

  async #send(what: 'all' | 'changes'): Promise<void> {
    if (this.#isOver || this.#socket === null) return;
    if (this.#isSending) {
      this.#isStale = true;
      return;
    }
    this.#isSending = true;
    try {
      const isDone = what === 'changes' && (await this.#sendChanges());
      if (!isDone) await this.#sendAll();
      this.#keep();
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#socket?.destroy();
    } finally {
      this.#isSending = false;
    }
    if (!this.#isStale) return;
    this.#isStale = false;
    this.changed();
  }

  async #sendAll(): Promise<void> {
    const entries = this.#timed(this.#parts.wanted().slice(0, maxNetworks));
    const answer = await this.#ask(orderText('replace', entries));
    if (answer.kind !== 'done') throw new Error(answer.kind === 'no' ? answer.why : 'it answers something else');
    this.#sent = new Map(entries.map((each) => [each.text, each]));
    this.#last = { ...this.#last, networks: answer.taken, leftOut: answer.leftOut, leftOutWhy: answer.leftOut === 0 ? null : answer.why };
    const counts = await this.#ask('report\n');
    if (counts.kind === 'counted') this.#last = { ...this.#last, packets: counts.packets, bytes: counts.bytes };
  }

  /** What came and what went; false where that is not enough: then everything is sent. */
  async #sendChanges(): Promise<boolean> {
    const wanted = this.#parts.wanted();
    const kept = new Map(wanted.map(({ text, expiresAt }) => [text, expiresAt]));
    const isRedated = wanted.some(({ text, expiresAt }) => (this.#sent.get(text)?.expiresAt ?? expiresAt) !== expiresAt);
    // What the helper left out was never there and cannot be removed.
    if (isRedated || this.#last.leftOut > 0 || wanted.length > maxNetworks) return false;
    const gone = [...this.#sent].filter(([text]) => !kept.has(text));
    // Nor can what has ended by itself; what is about to is left to that.
    const removed = this.#timed(gone.filter(([, { end }]) => end > this.#parts.now() + closeMs).map(([text, { expiresAt }]) => ({ text, expiresAt })));
    const added = this.#timed(wanted.filter(({ text }) => !this.#sent.has(text)));
    if (removed.length > maxRemoved) return false;
    if (removed.length > 0 && (await this.#ask(orderText('remove', removed))).kind !== 'done') return false;
    for (const [text] of gone) this.#sent.delete(text);
    if (added.length > 0) {
      const answer = await this.#ask(orderText('add', added));
      if (answer.kind !== 'done' || answer.leftOut > 0) return false;
      for (const each of added) this.#sent.set(each.text, each);
    }
    this.#last = { ...this.#last, networks: this.#sent.size };
    return true;
  }

  #timed(wanted: readonly Pick<DropEntry, 'text' | 'expiresAt'>[]): readonly Sent[] {
    const now = this.#parts.now();
    return wanted.map(({ text, expiresAt }) => {
      const end = Math.min(expiresAt, now + this.#times.leaseMs);
      return { text, expiresAt, end, sentAt: now, seconds: Math.min(maxSeconds, Math.max(1, Math.ceil((end - now) / 1000))) };
    });
  }

  #ask(text: string): Promise<Answer> {
    const next = this.#asking.then(() => this.#askNow(text));
    this.#asking = next.catch(() => undefined);
    return next;
  }

  #askNow(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket === null) return reject(new Error('it hung up'));
      const late = setTimeout(() => this.#answered?.(new Error('it does not answer')), this.#times.answerMs).unref();
      this.#answered = (answer) => {
        clearTimeout(late);
        this.#answered = null;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#socket?.write(text, 'latin1');
    });
  }

  #keep(): void {
    const wasKept = this.#state === 'kept';
    [this.#state, this.#why, this.#tries] = ['kept', null, 0];
    if (!wasKept) this.#parts.record({ type: 'kernel-helper-found', socket: this.#parts.path, networks: this.#last.networks });
    this.#later(this.#times.confirmMs);
  }

  #lose(why: string): void {
    if (this.#isOver) return;
    const wasLost = this.#state === 'lost';
    [this.#state, this.#why] = ['lost', why];
    this.#sent = new Map();
    this.#last = { ...this.#last, networks: 0 };
    if (!wasLost) this.#parts.record({ type: 'kernel-helper-lost', socket: this.#parts.path, why });
    clearTimeout(this.#timer);
    this.#tries = Math.min(slowest, this.#tries + 1);
    this.#timer = setTimeout(() => this.look(), this.#times.retryMs * this.#tries).unref();
  }
}
