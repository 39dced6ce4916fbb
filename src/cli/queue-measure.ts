// A standing order for what still arrives, where the gateway sees it: a measure that holds it in the quarantine, from where it can be had back.
import type { ShownMeasure } from '../facts/measure-desk.ts';
import type { Selection, SelectionWords } from '../respond/queues/selection.ts';
import { CliError } from './command-line.ts';
import { askDaemon, NoDaemon } from './daemon.ts';

/** A measure's scope for a selection; null where a measure cannot say it and would hold more than was meant. */
export function scopeOf({ words, ids, before, like, incident }: Selection): Readonly<Record<string, string>> | null {
  if (ids !== null || before !== null || like !== null || incident?.words === null) return null;
  // Where both say something of the same, one alone would hold too much.
  const both = incident !== null && Object.keys(incident.words).some((name) => words[name as keyof SelectionWords] !== undefined);
  const { sender, recipient, user, origin, subject } = { ...incident?.words, ...words };
  if (both || subject !== undefined || [sender, recipient].some((pattern) => pattern?.includes('*'))) return null;
  const scope = {
    ...(sender === undefined ? {} : { sender }),
    ...(recipient === undefined ? {} : { recipient }),
    ...(user === undefined ? {} : { user }),
    ...(origin === undefined ? {} : { client: origin }),
  };
  return Object.keys(scope).length === 0 ? null : scope;
}

/** Puts the measure in force until a moment in milliseconds; says why not where it cannot be. */
export async function holdInGateway(
  stateDir: string,
  selection: Selection,
  { action, until }: { readonly action: string; readonly until: number },
): Promise<{ readonly measure: string } | { readonly why: string }> {
  const scope = scopeOf(selection);
  if (scope === null) return { why: 'a measure cannot say what is selected, so the gateway lets it pass to the queues' };
  const body = {
    scope,
    action: 'quarantine',
    reason: `floodgate queue ${action}`,
    expiresAt: new Date(until).toISOString(),
    ...(selection.incident === null ? {} : { incident: selection.incident.id }),
  };
  try {
    const answer = (await askDaemon(stateDir, 'POST', '/api/v1/measures', body)) as { readonly measure: ShownMeasure }; // our own daemon answers: facts/measure-desk.ts
    return { measure: answer.measure.id };
  } catch (error) {
    if (error instanceof NoDaemon) return { why: 'no gateway runs here' };
    if (error instanceof CliError) return { why: `the gateway says: ${error.message}` };
    throw error;
  }
}

/** Ends the measure; says why not where it could not be. */
export async function letThrough(stateDir: string, measure: string): Promise<string | null> {
  try {
    await askDaemon(stateDir, 'DELETE', `/api/v1/measures/${encodeURIComponent(measure)}`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
