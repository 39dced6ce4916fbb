// Keeps the door threads alive: starts them, replaces one that dies, speaks to all of them, and lets them finish at the end.
import { Worker } from 'node:worker_threads';
import { Pulse, PulseWatch } from '../lib/pulse.ts';
import { doorHeap, prepareDoorHeaps } from './heap-room.ts';
import type { DoorFigures, DoorStart, FromDoor, OpenListener, ToDoor } from './messages.ts';

export interface SupervisorParts {
  /** The thread's program. */
  readonly entry: URL;
  readonly doors: number;
  /** What door `number` is started with, asked anew at each start so that a replacement gets the settings in force. */
  startOf(number: number): Omit<DoorStart, 'pulse'>;
  /** A door that shows no sign of life for so long hangs, in milliseconds; asked before each look. */
  silenceMs(): number;
  onBatch(number: number, message: Extract<FromDoor, { kind: 'batch' }>): void;
  onFinal(number: number, message: Extract<FromDoor, { kind: 'final' }>): void;
  onMeasureHits(message: Extract<FromDoor, { kind: 'measure-hits' }>): void;
  onReputes(number: number, message: Extract<FromDoor, { kind: 'correspondents' }>): void;
  onQuotaAccount(message: Extract<FromDoor, { kind: 'quota-account' }>): void;
  onInsideUse(message: Extract<FromDoor, { kind: 'inside-use' }>): void;
  onSpooled(message: Extract<FromDoor, { kind: 'spooled' }>): void;
  onQuarantined(message: Extract<FromDoor, { kind: 'quarantined' }>): void;
  onReleaseOrdered(message: Extract<FromDoor, { kind: 'release-ordered' }>): void;
  onListenFailed(message: Extract<FromDoor, { kind: 'listen-failed' }>): void;
  /** A door has gone without being asked to, or was ended because it hung; it is started again by itself, unless `willReturn` is false. */
  onDied(number: number, why: string): void;
  /** False where a replacement could not listen: its inherited socket died with it. */
  readonly mayReplace: boolean;
}

/** A door that keeps dying is started again ever more slowly, up to this. */
const MAX_RESTART_MS = 5000;
/** A door that lived so long had a good start. */
const HEALTHY_MS = 60_000;

/** A door that is too busy to ship is not waited for longer. */
const FLUSH_PATIENCE_MS = 1000;

interface Door {
  readonly number: number;
  worker: Worker | null;
  startedAt: number;
  deaths: number;
  figures: DoorFigures | null;
  restart: NodeJS.Timeout | null;
  drained: (() => void) | null;
  /** From its readiness to its end. */
  watch: PulseWatch | null;
  /** Why it was ended. */
  hung: string | null;
}

export class DoorSupervisor {
  readonly #parts: SupervisorParts;
  readonly #doors: Door[];
  #stopping = false;
  #asks = 0;
  #look: NodeJS.Timeout | null = null;
  readonly #flushes = new Map<number, { waiting: number; done(): void }>();

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#doors = Array.from({ length: parts.doors }, (_, number) => ({
      number,
      worker: null,
      startedAt: 0,
      deaths: 0,
      figures: null,
      restart: null,
      drained: null,
      watch: null,
      hung: null,
    }));
  }

  /** Starts every door; resolves to the listeners, which are the same for all. Rejects when the first cannot listen. */
  async start(): Promise<readonly OpenListener[]> {
    prepareDoorHeaps();
    this.#lookIn();
    const [listeners = []] = await Promise.all(this.#doors.map((door) => this.#startDoor(door)));
    return listeners;
  }

  broadcast(message: ToDoor, except?: number): void {
    for (const door of this.#doors) if (door.number !== except) door.worker?.postMessage(message);
  }

  send(number: number, message: ToDoor): void {
    this.#doors[number]?.worker?.postMessage(message);
  }

  /** Resolves when every living door has shipped what it held, or after a second. */
  flush(): Promise<void> {
    const ask = ++this.#asks;
    const waiting = this.#doors.filter(({ worker }) => worker !== null).length;
    if (waiting === 0) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FLUSH_PATIENCE_MS);
      this.#flushes.set(ask, {
        waiting,
        done: () => {
          clearTimeout(timer);
          resolve();
        },
      });
      this.broadcast({ kind: 'flush', ask });
    }).then(() => void this.#flushes.delete(ask));
  }

  /** The latest figures of each door; null before its first second. */
  figures(): readonly { readonly door: number; readonly alive: boolean; readonly figures: DoorFigures | null }[] {
    return this.#doors.map(({ number, worker, figures }) => ({ door: number, alive: worker !== null, figures }));
  }

  /** Lets every door finish its messages, then ends the threads. One that hangs is not waited for longer than it may be silent. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#doors.map(async (door) => {
        if (door.restart !== null) clearTimeout(door.restart);
        const { worker } = door;
        if (worker === null) return;
        await new Promise<void>((resolve) => {
          door.drained = resolve;
          worker.once('exit', () => resolve());
          worker.postMessage({ kind: 'drain', patienceMs } satisfies ToDoor);
        });
        await worker.terminate();
      }),
    );
    if (this.#look !== null) clearTimeout(this.#look);
  }

  /** Ends doors that hang: what they held is lost either way, and their share of the new connections waits in vain. */
  #lookIn(): void {
    const silenceMs = this.#parts.silenceMs();
    this.#look = setTimeout(() => {
      for (const door of this.#doors) {
        if (door.worker === null || door.watch?.isHung() !== true) continue;
        door.watch = null;
        door.hung = `hung: no sign of life for ${Math.round(silenceMs / 1000)} s`;
        void door.worker.terminate(); // its exit tells, and starts another
      }
      this.#lookIn();
    }, PulseWatch.lookEveryMs(silenceMs));
  }

  #startDoor(door: Door): Promise<readonly OpenListener[]> {
    const pulse = Pulse.allocate();
    const worker = new Worker(this.#parts.entry, {
      workerData: { ...this.#parts.startOf(door.number), pulse },
      name: `smtp-${door.number + 1}`,
      resourceLimits: doorHeap,
    });
    door.worker = worker;
    door.startedAt = Date.now();
    let why = 'ended';
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromDoor) => {
        if (message.kind === 'ready') {
          door.watch = new PulseWatch(pulse);
          resolve(message.listeners);
        } else if (message.kind === 'listen-failed' && message.fatal && door.deaths === 0) reject(new Error(`listener ${message.listener}: ${message.why}`));
        else this.#onMessage(door, message);
      });
      worker.on('error', (error) => {
        why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
      worker.on('exit', () => {
        const reason = door.hung ?? why;
        reject(new Error(reason));
        this.#onExit(door, reason);
      });
    });
  }

  #onMessage(door: Door, message: Exclude<FromDoor, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'batch':
        return this.#parts.onBatch(door.number, message);
      case 'correspondents':
        return this.#parts.onReputes(door.number, message);
      case 'final':
        return this.#parts.onFinal(door.number, message);
      case 'figures':
        door.figures = message.figures;
        return;
      case 'inside-use':
        return this.#parts.onInsideUse(message);
      case 'quota-account':
        return this.#parts.onQuotaAccount(message);
      case 'quarantined':
        return this.#parts.onQuarantined(message);
      case 'release-ordered':
        return this.#parts.onReleaseOrdered(message);
      case 'spooled':
        return this.#parts.onSpooled(message);
      case 'measure-hits':
        return this.#parts.onMeasureHits(message);
      case 'listen-failed':
        return this.#parts.onListenFailed(message);
      case 'flushed': {
        const flush = this.#flushes.get(message.ask);
        if (flush !== undefined && --flush.waiting === 0) flush.done();
        return;
      }
      case 'drained':
        return door.drained?.();
      default:
        return message satisfies never;
    }
  }

  #onExit(door: Door, why: string): void {
    door.worker = null;
    door.figures = null;
    door.watch = null;
    door.hung = null;
    if (this.#stopping) return;
    this.#parts.onDied(door.number, why);
    if (!this.#parts.mayReplace) return;
    door.deaths = Date.now() - door.startedAt > HEALTHY_MS ? 1 : door.deaths + 1;
    const wait = door.deaths === 1 ? 0 : Math.min(MAX_RESTART_MS, 100 * 2 ** door.deaths);
    door.restart = setTimeout(() => {
      this.#startDoor(door).catch(() => {}); // its exit has been told and counted above
    }, wait);
  }
}
