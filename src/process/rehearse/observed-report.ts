// The report of observe mode: what would have happened to the mail of a site that only looks on, by check and by automatic measure. A fold
// over the journal; findings keep what was held back (`wouldBe`).
import type { ReplayCounts, ReplayObserved } from '../../cli/replay-records.ts';
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Event } from '../../model/events.ts';
import type { Finding } from '../../model/verdict.ts';
import { reasonOf } from '../../events/catalogue.ts';
import type { Judged } from './past-session.ts';

/** What was held back of one check in the session or transaction under way. */
interface HeldBack {
  readonly row: Row;
  readonly sample: ReplayObserved['samples'][number];
}

interface Session {
  readonly ofSession: HeldBack[];
  ofTransaction: HeldBack[];
}

interface Row {
  readonly check: string;
  readonly detector: string | null;
  readonly would: string;
  decisions: number;
  goodMail: number;
  readonly samples: ReplayObserved['samples'][number][];
}

const mostSessions = 100_000;
/** Checks, rules and detectors are the site's own: this bounds a damaged journal. */
const mostRows = 2000;
const mostSamples = 10;
/** Held back in one session at most; a client may name a thousand recipients. */
const mostHeldBack = 50;
/** What mail gets through, however it is marked or slowed. */
const harmless: ReadonlySet<string> = new Set(['observe', 'tag', 'delay']);

export class ObservedReport {
  readonly #sessions = new KeyedStates<Session>(mostSessions, () => ({ ofSession: [], ofTransaction: [] }));
  readonly #rows = new Map<string, Row>();
  #events = 0;
  #decisions = 0;
  #delivered = 0;
  #touched = 0;
  #first: number | null = null;
  #last: number | null = null;

  take(event: Event): void {
    this.#events += 1;
    this.#first = Math.min(this.#first ?? event.at, event.at);
    this.#last = Math.max(this.#last ?? event.at, event.at);
    if (event.type === 'stage-judged') this.#judged(event);
    if (event.type === 'message-finished') this.#finished(event);
    if (event.type === 'session-closed') this.#sessions.delete(event.session);
  }

  /** Most good mail first. */
  rows(): readonly ReplayObserved[] {
    return [...this.#rows.values()]
      .toSorted((one, other) => other.goodMail - one.goodMail || other.decisions - one.decisions)
      .map((row) => ({ ...row, share: row.goodMail / Math.max(1, this.#delivered) }));
  }

  summary(): ReplayCounts {
    return {
      events: this.#events,
      decisions: this.#decisions,
      goodMail: this.#delivered,
      goodMailTouched: this.#touched,
      share: this.#touched / Math.max(1, this.#delivered),
      first: this.#first,
      last: this.#last,
    };
  }

  #judged(event: Judged): void {
    const session = this.#sessions.of(event.session);
    if (event.stage === 'mail') session.ofTransaction = [];
    for (const finding of event.findings) {
      if (finding.wouldBe === undefined) continue;
      const row = this.#rowOf(finding);
      if (row === null) continue;
      this.#decisions += 1;
      row.decisions += 1;
      const { from, to } = event.input;
      const sample = {
        at: event.at,
        session: event.session,
        reference: event.ref ?? null,
        client: { ip: event.ip },
        from: from ?? null,
        to: to ?? null,
        because: reasonOf(finding),
      };
      if (row.samples.length < mostSamples) row.samples.push(sample);
      const held = event.stage === 'connect' || event.stage === 'helo' ? session.ofSession : session.ofTransaction;
      if (held.length < mostHeldBack && !harmless.has(row.would)) held.push({ row, sample });
    }
  }

  #finished({ session: id, outcome }: Extract<Event, { readonly type: 'message-finished' }>): void {
    const session = this.#sessions.of(id);
    const rows = new Set([...session.ofSession, ...session.ofTransaction].map(({ row }) => row));
    session.ofTransaction = [];
    if (outcome !== 'delivered') return;
    this.#delivered += 1;
    if (rows.size > 0) this.#touched += 1;
    for (const row of rows) row.goodMail += 1;
  }

  #rowOf({ check, wouldBe, outcome }: Finding): Row | null {
    const by = outcome.kind === 'finding' ? outcome.evidence['by'] : null;
    const detector = check === 'standing-measure' && typeof by === 'string' ? by.replace(/^auto /, '') : null;
    const key = `${check} ${detector ?? ''} ${wouldBe ?? ''}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= mostRows) return null;
    const row: Row = { check, detector, would: wouldBe ?? '', decisions: 0, goodMail: 0, samples: [] };
    this.#rows.set(key, row);
    return row;
  }
}
