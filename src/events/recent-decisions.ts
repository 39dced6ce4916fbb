// The last decisions in memory, for the page that shows them every two seconds: the journal is not read for that.
import type { Event } from '../model/events.ts';
import { importanceOfLine } from './importance.ts';

export interface RecentDecisions {
  /** Looks at a batch on its way into the journal. Cheap: of a large batch only the end is looked at. */
  take(journal: string): void;
  /** The newest, oldest first. */
  read(limit: number): readonly Event[];
}

/** Lines looked at in one batch, from its end: in a flood nobody reads more. */
const linesPerBatch = 100;

/** Types a person wants to see although they may be lost before a verdict. */
const alsoShown: ReadonlySet<string> = new Set(['command-refused', 'transaction-aborted', 'auth-tried', 'hub-failed']);

/** Whether a journal line tells of a decision: a refusal, a finding, a finished message, or trouble. */
export function isDecisionLine(line: string): boolean {
  const { type, importance } = importanceOfLine(line);
  return importance === 2 || alsoShown.has(type);
}

/** Keeps `most` decisions. */
export function createRecentDecisions(most = 200): RecentDecisions {
  let lines: string[] = [];
  return {
    take: (journal) => {
      const found: string[] = [];
      let end = journal.length - 1;
      for (let looked = 0; end > 0 && looked < linesPerBatch; looked++) {
        const start = journal.lastIndexOf('\n', end - 1) + 1;
        const line = journal.slice(start, end);
        if (isDecisionLine(line)) found.unshift(line);
        end = start - 1;
      }
      if (found.length > 0) lines = [...lines, ...found].slice(-most);
    },
    // The recorder wrote these lines, so each is an event.
    read: (limit) => lines.slice(-limit).map((line) => JSON.parse(line) as Event),
  };
}
