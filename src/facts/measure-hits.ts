// How often each measure had a word, counted in a door from what it records and handed to the keeper in portions.
import type { EventBody } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';

/** What to add to the counts of one measure. */
export interface HitCount {
  readonly id: string;
  readonly hits: number;
  readonly probes: number;
  /** Of what was only recorded: a dry run, observe mode, somebody who is never blocked. */
  readonly recorded: number;
}

export interface MeasureHits {
  /** Looks at an event that is about to be recorded; nearly all are none of its business. */
  note(event: EventBody): void;
  /** What was counted since the last time; empty most of the time. */
  take(): readonly HitCount[];
}

const none: readonly HitCount[] = [];
const checkId = 'standing-measure';

export function createMeasureHits(): MeasureHits {
  // Bounded by the number of measures in force.
  let counts = new Map<string, { hits: number; probes: number; recorded: number }>();
  const add = (id: string, kind: 'hits' | 'probes' | 'recorded'): void => {
    const count = counts.get(id) ?? { hits: 0, probes: 0, recorded: 0 };
    count[kind] += 1;
    counts.set(id, count);
  };
  return {
    note: (event) => {
      if (event.type !== 'stage-judged' && event.type !== 'connection-refused') return;
      for (const finding of event.findings) {
        if (finding.check !== checkId || finding.outcome.kind === 'unsure' || wasCountedAtRcpt(event, finding)) continue;
        const { measure, also, recorded, probe } = finding.outcome.evidence;
        if (typeof measure === 'string') add(measure, probe === true ? 'probes' : isOnlyRecorded(finding) ? 'recorded' : 'hits');
        if (typeof also === 'string') for (const id of also.split(' ')) add(id, 'hits');
        if (typeof recorded === 'string') for (const id of recorded.split(' ')) add(id, 'recorded');
      }
    },
    take: () => {
      if (counts.size === 0) return none;
      const taken = Array.from(counts, ([id, count]) => ({ id, ...count }));
      counts = new Map();
      return taken;
    },
  };
}

const isOnlyRecorded = ({ action, wouldBe }: Finding): boolean => action === 'observe' && wouldBe !== undefined;

/** What refuses and was only recorded at RCPT is only recorded again at the end of the message. */
const wasCountedAtRcpt = (event: EventBody, { action, wouldBe }: Finding): boolean =>
  event.type === 'stage-judged' && event.stage === 'message' && action === 'observe' && wouldBe !== 'tag' && wouldBe !== 'divert';
