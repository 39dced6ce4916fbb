// When letters go out: at an hour of the day, and at equal distances from it where more than once a day is wanted. A round that was missed
// because the gateway was down is made up for.

/** Times in milliseconds; `atMinute` is a local time of the day in minutes after midnight. */
export interface DigestSchedule {
  readonly everyMs: number;
  readonly atMinute: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** A day may be an hour shorter, and a round may be made up for late: that must not cost the next one. Less than a day, or weekly would not be weekly. */
const mostSlackMs = 20 * 3_600_000;

/** `07:30` as minutes after midnight. */
export function minuteOfDay(clock: string): number {
  const [hour = '0', minute = '0'] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}

/** The first moment after `after` (milliseconds since the epoch) at which a round may begin, when the one before began at `last` (null: never). */
export function nextRound({ everyMs, atMinute }: DigestSchedule, after: number, last: number | null): number {
  const times = everyMs >= dayMs ? [atMinute * minuteMs] : timesOfDay(everyMs, atMinute * minuteMs);
  const earliest = last === null || everyMs < dayMs ? after : Math.max(after, last + everyMs - Math.min(everyMs / 2, mostSlackMs));
  // The local midnight, day by day: days have not all the same length.
  for (let back = -1; ; back++) {
    const midnight = midnightOf(earliest, back);
    const found = times.find((time) => momentOf(midnight, time) > earliest);
    if (found !== undefined) return momentOf(midnight, found);
  }
}

/** Times of a day after midnight, in ms, ascending. */
function timesOfDay(everyMs: number, first: number): readonly number[] {
  const count = Math.floor(dayMs / everyMs);
  return Array.from({ length: count }, (_, n) => (first + n * everyMs) % dayMs).toSorted((a, b) => a - b);
}

function midnightOf(at: number, days: number): Date {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

/** A time by the clock on the wall, also on a day whose clocks are turned. */
const momentOf = (midnight: Date, time: number): number =>
  new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate(), 0, Math.floor(time / minuteMs), 0, time % minuteMs).getTime();
