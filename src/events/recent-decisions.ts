// The last decisions in memory, for the page that shows them every two seconds: the journal is not read for that.
import type { Event } from '../model/events.ts';
import { importanceOfLine, importanceOfTyped } from './importance.ts';
import type { JournalLines } from './journal-lines.ts';

export interface RecentDecisions {
  /** Looks at a batch on its way into the journal. Cheap: of a large batch only the end is looked at. */
  take(batch: JournalLines): void;
  /** The newest, oldest first. */
  read(limit: number): readonly Event[];
}

/** Lines looked at in one batch, from its end: in a flood nobody reads more. */
const linesPerBatch = 100;

/** Types a person wants to see although they may be lost before a verdict. */
const alsoShown: ReadonlySet<string> = new Set(['command-refused', 'transaction-aborted', 'auth-tried', 'hub-failed']);

/** Whether a journal line tells of a decision: a refusal, a finding, a finished message, or trouble. */
export function isDecisionLine(line: string): boolean {
  return isDecision(importanceOfLine(line).type, line);
}

const isDecision = (type: string, line: string): boolean => alsoShown.has(type) || importanceOfTyped(type, line) === 2;
/** Nothing that its line could tell makes it less than it is by its type. */
const mayBeDecision = (type: string): boolean => isDecision(type, '');

/** Keeps `most` decisions. */
export function createRecentDecisions(most = 200): RecentDecisions {
  let lines: string[] = [];
  return {
    take: (batch) => {
      const found: string[] = [];
      for (let index = Math.max(0, batch.length - linesPerBatch); index < batch.length; index++) {
        const type = batch.type(index) ?? '';
        if (!mayBeDecision(type)) continue;
        const line = batch.line(index);
        if (isDecision(type, line)) found.push(line);
      }
      if (found.length > 0) lines = [...lines, ...found].slice(-most);
    },
    // The recorder wrote these lines, so each is an event.
    read: (limit) => lines.slice(-limit).map((line) => JSON.parse(line) as Event),
  };
}
