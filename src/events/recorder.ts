// Where a door says what happened. One call stamps the event, writes it as a journal line, a log line and counts; batches go to
// the keeper, which only appends. Never throws, never waits; what the keeper does not take is dropped by importance and counted.
import type { EventBody, Recorder } from '../model/events.ts';
import { BatchCounts } from './batch-counts.ts';
import { entryOf, events, type LogLevel } from './catalogue.ts';
import { countEvent } from './counting.ts';
import { hasRoomFor, importanceOf, tellsNothing } from './importance.ts';
import { JournalBox, type JournalBytes } from './journal-bytes.ts';
import { LogFocus, noDetail, type LogDetail } from './log-focus.ts';
import { logLine, severityOf, type LogFormat } from './log-line.ts';
import type { Count, CounterName, Observation } from './metric-catalogue.ts';
import { shortJson } from './short-json.ts';

/** What a door hands to the keeper: plain values and memory, ready for a structured clone. */
export interface EventBatch {
  /** Journal lines; their memory may be handed over. */
  readonly journal: JournalBytes;
  /** Log lines, each ended by a line feed; '' when there are none. */
  readonly log: string;
  readonly counts: readonly Count[];
  readonly observations: readonly Observation[];
  /** Events in `journal`. */
  readonly events: number;
  /** To be given back to `taken` when the keeper has the batch. */
  readonly cost: number;
}

export interface RecorderOptions {
  /** Name of the door, as it stands in every event. */
  readonly door: string;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  ship(batch: EventBatch): void;
  /** Bytes that may wait for the keeper before events are dropped. Default 8 MiB: some 20,000 events, two seconds of a flood at one door. */
  readonly maxQueued?: number;
  /** Log lines a second; the rest is counted and stays in the journal only. Default 1000: a flood must not fill the disk of the system's log. */
  readonly logLinesPerSecond?: number;
}

export interface DoorRecorder {
  readonly record: Recorder;
  /** Adds to a counter that no event stands for. */
  count(name: CounterName, labels: readonly string[], by?: number): void;
  /** Ships what is pending. To be called about every 50 ms, and before the door ends. */
  flush(): void;
  /** The keeper has taken batches of this cost in all. */
  taken(cost: number): void;
  setLog(format: LogFormat, level: LogLevel): void;
  /** Who is logged in full, and whether debug lines may be. */
  setDetail(detail: LogDetail): void;
  /** Sequence number of the next event. */
  nextSeq(): number;
}

/** A batch is shipped at this size: large enough that posting, taking and writing it costs little an event, small enough to copy at once. */
const batchBytes = 256 * 1024;
/** Observations one batch may carry. */
const maxObservations = 1000;
/** Of the log lines of a second, those that may be beyond the configured level: what an incident concerns must not keep out a warning. */
const detailShare = 0.2;

export function createRecorder(options: RecorderOptions): DoorRecorder {
  const box = new Outbox(options);
  return {
    record: (body) => box.record(body),
    count: (name, labels, by = 1) => box.count(name, labels, by),
    flush: () => box.flush(),
    taken: (cost) => box.taken(cost),
    setLog: (format, level) => box.setLog(format, level),
    setDetail: (detail) => box.setDetail(detail),
    nextSeq: () => box.seq,
  };
}

class Outbox {
  seq = 1;
  readonly #options: RecorderOptions;
  readonly #maxQueued: number;
  readonly #doorPart: string;
  readonly #counts = new BatchCounts();
  readonly #addCount = (name: CounterName, labels: readonly string[], by = 1): void => this.count(name, labels, by);
  #logFormat: LogFormat;
  #logSeverity: number;
  #focus = new LogFocus([]);
  #mayDebug = noDetail.mayDebug;
  readonly #journal = new JournalBox();
  #log = '';
  #recorded = 0;
  #observations: Observation[] = [];
  /** Cost of the batches the keeper has not taken yet. */
  #inFlight = 0;
  #dropped = new Map<string, number>();
  #second = 0;
  #secondText = '';
  #linesThisSecond = 0;
  #detailsThisSecond = 0;
  #suppressed = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#maxQueued = options.maxQueued ?? 8 * 1024 * 1024;
    this.#doorPart = `,"door":${JSON.stringify(options.door)},"seq":`;
    this.#logFormat = options.logFormat;
    this.#logSeverity = severityOf[options.logLevel];
  }

  record(body: EventBody): void {
    const at = this.#options.now();
    this.#recorded++;
    try {
      countEvent(body, this.#addCount);
      if (body.type === 'message-finished' && body.hubMs > 0 && this.#observations.length < maxObservations) {
        this.#observations.push(['floodgate_hub_latency_seconds', [body.route], body.hubMs / 1000]);
      }
      this.#writeLog(at, body);
      this.#writeJournal(at, body);
    } catch (error) {
      // An event that cannot be written (a value JSON does not know) is our fault, and must not end the session it tells of.
      this.#drop(`${body.type} (${error instanceof Error ? error.message : 'not JSON'})`);
    }
    if (this.#journal.length + this.#log.length >= batchBytes) this.flush();
  }

  #writeJournal(at: number, body: EventBody): void {
    const seq = this.seq++; // a dropped event uses up its number: the gap shows
    const importance = importanceOf(body);
    if (!hasRoomFor(importance, this.#queued(), this.#maxQueued)) return this.#drop(body.type);
    // Stamp and body are joined as text: spreading the body into a new object costs more than the rest of this function.
    this.#journal.add(`{"at":${at}${this.#doorPart}${seq},${shortJson(body).slice(1)}\n`, { type: body.type, importance, isQuiet: tellsNothing(body) });
  }

  #writeLog(at: number, body: EventBody): void {
    const level = entryOf(body).level(body);
    const isInView = this.#focus.concerns(body); // asked of each event: a session in view stays so
    const isDetail = severityOf[level] > this.#logSeverity;
    if ((isDetail && !isInView) || (level === 'debug' && !this.#mayDebug)) return;
    const second = Math.floor(at / 1000);
    if (second !== this.#second) this.#startSecond(second);
    if (!this.#hasRoomToLog(isDetail)) {
      this.#suppressed++;
      return this.count('floodgate_log_lines_suppressed_total', [], 1);
    }
    const time = `${this.#secondText}${String(at % 1000).padStart(3, '0')}Z`;
    this.#log += `${logLine(this.#logFormat, { time, door: this.#options.door }, level, body)}\n`;
  }

  #hasRoomToLog(isDetail: boolean): boolean {
    const most = this.#options.logLinesPerSecond ?? 1000;
    if (this.#linesThisSecond >= most || (isDetail && this.#detailsThisSecond >= Math.ceil(detailShare * most)) || this.#queued() >= this.#maxQueued)
      return false;
    this.#linesThisSecond++;
    if (isDetail) this.#detailsThisSecond++;
    return true;
  }

  #startSecond(second: number): void {
    this.#second = second;
    this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    this.#linesThisSecond = 0;
    this.#detailsThisSecond = 0;
  }

  count(name: CounterName, labels: readonly string[], by: number): void {
    this.#counts.add(name, labels, by);
  }

  #queued(): number {
    return this.#inFlight + this.#journal.length + this.#log.length;
  }

  #drop(type: string): void {
    this.#dropped.set(type, (this.#dropped.get(type) ?? 0) + 1);
  }

  taken(cost: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - cost);
  }

  setLog(format: LogFormat, level: LogLevel): void {
    this.#logFormat = format;
    this.#logSeverity = severityOf[level];
  }

  setDetail({ keys, mayDebug }: LogDetail): void {
    this.#focus = new LogFocus(keys);
    this.#mayDebug = mayDebug;
  }

  /** Tells of losses as soon as there is room again to tell of them. */
  #tellLosses(): void {
    if (this.#dropped.size === 0 || !hasRoomFor(0, this.#queued(), this.#maxQueued)) return;
    const dropped = Object.fromEntries(this.#dropped);
    this.#dropped = new Map();
    const body = events.journalDropped({ dropped, why: 'the keeper did not take events fast enough' });
    countEvent(body, this.#addCount);
    this.#writeLog(this.#options.now(), body);
    this.#writeJournal(this.#options.now(), body);
  }

  flush(): void {
    this.#tellLosses();
    if (this.#recorded > 0) this.count('floodgate_events_total', [], this.#recorded);
    if (this.#suppressed > 0) this.#log += `${this.#secondText}999Z warn ${this.#options.door} log lines left out: ${this.#suppressed} (see the journal)\n`;
    if (this.#journal.length === 0 && this.#log === '' && this.#counts.size === 0 && this.#observations.length === 0) return;
    const counts = this.#counts.take();
    const cost = this.#journal.length + this.#log.length;
    const lines = this.#journal.lines;
    const batch: EventBatch = { journal: this.#journal.take(), log: this.#log, counts, observations: this.#observations, events: lines, cost };
    this.#inFlight += cost;
    this.#log = '';
    this.#observations = [];
    this.#recorded = 0;
    this.#suppressed = 0;
    this.#options.ship(batch);
  }
}
