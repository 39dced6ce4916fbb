// A score that grows with each offence and leaks away with time: many small things at once are as much as one large, and spread over a day
// they are nothing. The time comes with the call.

/** What is kept of a key. */
export interface LeakyScore {
  score: number;
  /** Time of the last change in ms. */
  at: number;
}

export const startScore = (): LeakyScore => ({ score: 0, at: 0 });

/** The score at a moment in ms; `perMinute` is what leaks. */
export const scoreAt = ({ score, at }: LeakyScore, perMinute: number, now: number): number => Math.max(0, score - (perMinute * Math.max(0, now - at)) / 60_000);

/** Adds to a score (or takes off, never below 0) and gives what it is then. It holds at most `most`: who stops is forgiven in time. */
export function addScore(
  kept: LeakyScore,
  weight: number,
  { at, perMinute, most }: { readonly at: number; readonly perMinute: number; readonly most: number },
): number {
  kept.score = Math.min(most, Math.max(0, scoreAt(kept, perMinute, at) + weight));
  kept.at = Math.max(kept.at, at);
  return kept.score;
}
